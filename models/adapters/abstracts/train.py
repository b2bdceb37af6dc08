"""Teaches a generator to write abstracts: an activated low-rank adapter (aLoRA) for `depeche`.

    python train.py --name MODEL --model model.gguf --pairs pairs.jsonl [--dev dev.jsonl] [--start DIR] --work DIR --output DIR

Reads pairs of token ids (`prompt`, `answer`; written by pairs.rs) and writes adapter_config.json and
adapter_model.safetensors in the format of Hugging Face PEFT, and recipe.json: what it was made from. `make
abstracts-adapter` runs it with pinned packages. A training that was stopped goes on from WORK/checkpoint.pt.

The base is the quantised GGUF file (architecture qwen2), unpacked: what the program runs is what is adapted. The adapter
acts on the tokens from the beginning of the answer on, not on the prompt (Greenewald et al. 2025, "Activated LoRA",
arXiv 2504.12397): the prompt's keys and values are the base's, computed once here for all epochs, and in the program
shared by every attempt, with the adapter and without.
"""

import argparse
import hashlib
import json
import math
import random
import time
from pathlib import Path

import gguf
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file

# Linear layers in the GGUF file, in a checkpoint of Hugging Face.
MODULES = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
SETTINGS = {
    "rank": 8,
    "alpha": 16.0,
    "epochs": 1,
    "pairs_per_step": 4,
    "rate": 4e-4,
    "last_rate": 0.1,
    "warm_up": 0.05,
    "clip": 1.0,
    "seed": 0,
}
S = argparse.Namespace(**SETTINGS)
# Tokens by which the template begins an answer: <|im_start|>assistant and a line end.
INVOCATION = 3


class Decoder(torch.nn.Module):
    """Qwen2 with LoRA on every linear layer of every block."""

    def __init__(self, path):
        super().__init__()
        reader = gguf.GGUFReader(path)

        def value(key):
            field = reader.fields[key]
            return field.parts[field.data[0]][0].item()

        self.layers = value("qwen2.block_count")
        self.heads, self.kv_heads = value("qwen2.attention.head_count"), value("qwen2.attention.head_count_kv")
        self.epsilon = value("qwen2.attention.layer_norm_rms_epsilon")
        self.base = value("qwen2.rope.freq_base")
        self.weights = {}
        for tensor in reader.tensors:
            if tensor.name == "token_embd.weight":
                self.embedding = torch.from_numpy(gguf.dequantize(tensor.data, tensor.tensor_type)).half()
                continue
            data = gguf.dequantize(tensor.data, tensor.tensor_type)
            self.weights[tensor.name] = torch.from_numpy(np.ascontiguousarray(data, dtype=np.float32))
        self.output = self.weights.pop("output.weight", None)
        generator = torch.Generator().manual_seed(S.seed)
        self.factors = torch.nn.ParameterDict()
        for layer in range(self.layers):
            for module in MODULES:
                output, input_ = self.weights[f"blk.{layer}.{module}.weight"].shape
                a = torch.randn(S.rank, input_, generator=generator) / math.sqrt(input_)
                self.factors[f"{layer}/{module}/A"] = torch.nn.Parameter(a)
                self.factors[f"{layer}/{module}/B"] = torch.nn.Parameter(torch.zeros(output, S.rank))

    def linear(self, x, layer, module, adapted):
        name = f"blk.{layer}.{module}"
        y = F.linear(x, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias"))
        if adapted:
            a, b = self.factors[f"{layer}/{module}/A"], self.factors[f"{layer}/{module}/B"]
            y = y + F.linear(F.linear(x, a), b) * (S.alpha / S.rank)
        return y

    def norm(self, x, name):
        return F.rms_norm(x, (x.shape[-1],), self.weights[f"{name}.weight"], self.epsilon)

    def turn(self, x, places):
        """Rotary embedding of (tokens, heads, dimension), pairs half the dimension apart."""
        half = x.shape[-1] // 2
        angles = places[:, None] * self.base ** (-torch.arange(half, dtype=torch.float32) / half)
        cos, sin = angles.cos()[:, None], angles.sin()[:, None]
        first, second = x[..., :half], x[..., half:]
        return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)

    def forward(self, texts, past, adapted):
        """Token ids of texts, each behind its past keys and values -> hidden states (all tokens, hidden) and their own
        keys and values, per text a list over layers of (keys, values), (tokens, heads, dimension)."""
        lengths = [len(text) for text in texts]
        before = [kv[0][0].shape[0] if kv else 0 for kv in past]
        places = torch.cat([torch.arange(b, b + n, dtype=torch.float32) for b, n in zip(before, lengths)])
        x = self.embedding[torch.tensor([token for text in texts for token in text])].float()
        own = [[] for _ in texts]
        for layer in range(self.layers):
            y = self.norm(x, f"blk.{layer}.attn_norm")
            heads = {"attn_q": self.heads, "attn_k": self.kv_heads, "attn_v": self.kv_heads}
            q, k, v = (self.linear(y, layer, m, adapted).view(len(y), h, -1) for m, h in heads.items())
            q, k = self.turn(q, places), self.turn(k, places)
            seen = []
            for at, (q_, k_, v_) in enumerate(zip(q.split(lengths), k.split(lengths), v.split(lengths))):
                own[at].append((k_, v_))
                if past[at]:
                    old_k, old_v = past[at][layer]
                    k_, v_ = torch.cat([old_k, k_]), torch.cat([old_v, v_])
                visible = torch.ones(len(q_), len(k_), dtype=torch.bool).tril(len(k_) - len(q_))
                wide = self.heads // self.kv_heads
                k_, v_ = k_.repeat_interleave(wide, 1), v_.repeat_interleave(wide, 1)
                parts = (part.transpose(0, 1)[None] for part in (q_, k_, v_))
                out = F.scaled_dot_product_attention(*parts, attn_mask=visible)
                seen.append(out[0].transpose(0, 1).reshape(len(q_), -1))
            x = x + self.linear(torch.cat(seen), layer, "attn_output", adapted)
            y = self.norm(x, f"blk.{layer}.ffn_norm")
            gate = F.silu(self.linear(y, layer, "ffn_gate", adapted)) * self.linear(y, layer, "ffn_up", adapted)
            x = x + self.linear(gate, layer, "ffn_down", adapted)
        return x, own

    def scores(self, x):
        """Hidden states -> logits over the vocabulary."""
        table = self.embedding.float() if self.output is None else self.output
        return F.linear(self.norm(x, "output_norm"), table)


class Pairs:
    """Pairs with the base's keys and values of their prompts, computed when first needed and kept on disk: a few
    megabytes each."""

    def __init__(self, path, decoder, stop, folder):
        self.decoder, self.stop, self.folder = decoder, stop, folder
        self.rows = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
        first = self.rows[0]["prompt"]
        same = [next((i for i, (a, b) in enumerate(zip(first, r["prompt"])) if a != b), 0) for r in self.rows[1:]]
        self.common = first[: min(same)]
        with torch.no_grad():
            self.prefix = decoder([self.common], [None], False)[1][0]
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, places):
        """For each pair what is fed behind the prompt, its targets, and the prompt's keys and values."""
        rests = [self.rows[at]["prompt"][len(self.common) : -INVOCATION] for at in places]
        names = [hashlib.sha256(repr((self.common, rest)).encode()).hexdigest() for rest in rests]
        files = [self.folder / name for name in names]
        missing = {file: rest for file, rest in zip(files, rests) if not file.exists()}
        if missing:
            with torch.no_grad():
                _, computed = self.decoder(list(missing.values()), [self.prefix] * len(missing), False)
            for file, own in zip(missing, computed):
                torch.save([tuple(part.half().clone() for part in layer) for layer in own], file.with_suffix(".part"))
                file.with_suffix(".part").rename(file)
        return [self.item(at, file) for at, file in zip(places, files)]

    def item(self, at, file):
        answer = self.rows[at]["answer"]
        answer = answer[: answer.index(self.stop) + 1]
        joined = zip(self.prefix, torch.load(file))
        past = [tuple(torch.cat([before, own.float()]) for before, own in zip(a, b)) for a, b in joined]
        return self.rows[at]["prompt"][-INVOCATION:] + answer[:-1], answer, past


def loss(decoder, items):
    """Sum over the answers' tokens of the cross-entropy, and their number."""
    x, _ = decoder([fed for fed, _, _ in items], [past for _, _, past in items], True)
    parts = x.split([len(fed) for fed, _, _ in items])
    x = torch.cat([part[INVOCATION - 1 :] for part in parts])
    targets = torch.tensor([token for _, answer, _ in items for token in answer])
    return F.cross_entropy(decoder.scores(x), targets, reduction="sum"), len(targets)


def measure(decoder, pairs):
    """Mean cross-entropy a token."""
    total = count = 0
    with torch.no_grad():
        for first in range(0, len(pairs.rows), S.pairs_per_step):
            places = range(first, min(first + S.pairs_per_step, len(pairs.rows)))
            one, tokens = loss(decoder, pairs.get(places))
            total, count = total + one.item(), count + tokens
    return total / count


class Checkpoint:
    """Where a training that was stopped goes on: factors, optimizer, steps done and their losses."""

    def __init__(self, path, made_from):
        self.path, self.made_from = path, made_from

    def load(self, decoder, optimizer):
        if not self.path.exists():
            return 0, []
        state = torch.load(self.path)
        if state["made_from"] != self.made_from:
            return 0, []
        decoder.factors.load_state_dict(state["factors"])
        optimizer.load_state_dict(state["optimizer"])
        print(f"going on from step {state['done']}", flush=True)
        return state["done"], state["losses"]

    def save(self, decoder, optimizer, done, losses):
        state = {"made_from": self.made_from, "factors": decoder.factors.state_dict(), "done": done, "losses": losses}
        torch.save({**state, "optimizer": optimizer.state_dict()}, self.path.with_suffix(".part"))
        self.path.with_suffix(".part").rename(self.path)


def train(decoder, pairs, dev, checkpoint, save_to):
    optimizer = torch.optim.AdamW(decoder.factors.parameters(), lr=S.rate, weight_decay=0.0)
    shuffle, done, start = random.Random(S.seed), 0, time.time()
    already, losses = checkpoint.load(decoder, optimizer)
    per_epoch = math.ceil(len(pairs.rows) / S.pairs_per_step)
    total = S.epochs * per_epoch
    for epoch in range(S.epochs):
        order = list(range(len(pairs.rows)))
        shuffle.shuffle(order)
        for first in range(0, len(order), S.pairs_per_step):
            if done < already:
                done += 1
                continue
            items = pairs.get(order[first : first + S.pairs_per_step])
            speed = min(1.0, (done + 1) / (S.warm_up * total)) * (1 - (1 - S.last_rate) * done / total)
            for group in optimizer.param_groups:
                group["lr"] = S.rate * speed
            optimizer.zero_grad()
            value, tokens = loss(decoder, items)
            (value / tokens).backward()
            torch.nn.utils.clip_grad_norm_(decoder.factors.parameters(), S.clip)
            optimizer.step()
            done += 1
            losses.append(value.item() / tokens)
            if done % 10 == 0:
                print(f"step {done} of {total}: loss {np.mean(losses[-10:]):.3f}, {time.time() - start:.0f} s", flush=True)
                checkpoint.save(decoder, optimizer, done, losses)
        print(f"epoch {epoch + 1} of {S.epochs}: loss {np.mean(losses[-per_epoch:]):.3f}", flush=True)
        save_to(epoch + 1)
        if dev:
            print(f"dev loss {measure(decoder, dev):.3f}", flush=True)


def key(name):
    """A factor's name in PEFT."""
    layer, module, half = name.split("/")
    return f"base_model.model.model.layers.{layer}.{MODULES[module]}.lora_{half}.weight"


def save(decoder, folder, recipe):
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for name, factor in decoder.factors.items():
        tensors[key(name)] = factor.detach().numpy().astype(np.float16)
    save_file(tensors, folder / "adapter_model.safetensors")
    config = {
        "peft_type": "LORA",
        "base_model_name_or_path": recipe["base"],
        "task_type": "CAUSAL_LM",
        "r": S.rank,
        "lora_alpha": S.alpha,
        "target_modules": sorted({module.split(".")[1] for module in MODULES.values()}),
        "alora_invocation_tokens": recipe["invocation"],
        "bias": "none",
        "inference_mode": True,
    }
    for name, content in (("adapter_config.json", config), ("recipe.json", recipe)):
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def load(decoder, folder):
    """Takes the factors of an adapter that was saved."""
    tensors = load_file(folder / "adapter_model.safetensors")
    with torch.no_grad():
        for name, factor in decoder.factors.items():
            factor.copy_(torch.from_numpy(tensors[key(name)].astype(np.float32)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("--model", "--pairs", "--output"):
        parser.add_argument(flag, type=Path, required=True)
    parser.add_argument("--dev", type=Path, help="pairs to measure the loss on")
    parser.add_argument("--name", required=True, help="the model's id in the registry")
    parser.add_argument("--stop", type=int, default=151645, help="token that ends an answer")
    parser.add_argument("--start", type=Path, help="folder of an adapter to go on from")
    parser.add_argument("--work", type=Path, required=True, help="folder for the prompts' keys and values")
    arguments = parser.parse_args()
    sha256 = lambda path: hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    torch.manual_seed(S.seed)
    decoder = Decoder(arguments.model)
    if arguments.start:
        load(decoder, arguments.start)
    prompts = arguments.work / f"prompts-{sha256(arguments.model)}"
    pairs = Pairs(arguments.pairs, decoder, arguments.stop, prompts)
    dev = arguments.dev and Pairs(arguments.dev, decoder, arguments.stop, prompts)
    print(f"{len(pairs.rows)} pairs, common beginning {len(pairs.common)} tokens", flush=True)
    recipe = {
        "base": f"{arguments.name}@sha256:{sha256(arguments.model)}",
        "pairs": f"sha256:{sha256(arguments.pairs)}",
        "count": len(pairs.rows),
        "invocation": pairs.rows[0]["prompt"][-INVOCATION:],
        "settings": SETTINGS,
        "torch": torch.__version__.split("+")[0],
    }
    if dev:
        print(f"dev loss before: {measure(decoder, dev):.3f}", flush=True)
    checkpoint = Checkpoint(arguments.work / "checkpoint.pt", {**recipe, "start": str(arguments.start)})
    train(decoder, pairs, dev, checkpoint, lambda epoch: save(decoder, arguments.output, {**recipe, "epochs_done": epoch}))
    print(f"wrote {arguments.output}")


if __name__ == "__main__":
    main()
