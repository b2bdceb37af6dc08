"""Teaches multilingual-e5-small the twelve topics: a low-rank adapter (LoRA) for `depeche`.

    python train.py --encoder e5-small-q4.bin --tokenizer tokenizer.json --data corpus/adapt --output DIR

Reads articles.jsonl (sentences, which topics each sentence carries, the article's topics) and sentences.jsonl (single
sentences with topics) and writes adapter_config.json and adapter_model.safetensors in the format of Hugging Face PEFT,
and recipe.json: what it was made from. `make adapter` runs it with pinned packages. About 25 minutes on two cores.

The base is the 4-bit pack, unpacked: what the program runs is what is adapted. On top of the mean-pooled vectors a linear
layer gives each sentence one logit a topic; an article's topics are the noisy-or of its sentences' (Ray & Craven 2005,
"Supervised versus multiple instance learning"). The linear layer is thrown away: the head is learnt by `depeche train`
from other articles than these.
"""

import argparse
import hashlib
import json
import math
import random
import struct
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file
from tokenizers import Tokenizer

TOPICS = (
    "defence trade asean ukraine diplomacy multilateral energy culture_education science_technology health maritime consular"
).split()
# Names in the pack, in a checkpoint of Hugging Face.
MODULES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
# Chosen on articles of two writers left out of a first run; see the model card.
SETTINGS = {
    "rank": 16,
    "alpha": 32.0,
    "dropout": 0.1,
    "epochs": 4,
    "articles_per_step": 6,
    "adapter_rate": 1e-3,
    "layer_rate": 2e-2,
    "weight_decay": 0.01,
    "warm_up": 0.1,
    "clip": 1.0,
    "vector_length": 5.0,
    "other_sentence_weight": 0.3,
    "step_tokens": 1536,
    "longest": 512,
    "seed": 0,
}
S = argparse.Namespace(**SETTINGS)


def unpack(path):
    """Dimensions and tensors of the 4-bit pack, as f32. The layout is told in src/encoder/pack.rs."""
    data, at = Path(path).read_bytes(), 4
    if data[:4] != b"E5S1":
        raise SystemExit(f"{path}: not an encoder pack")

    def take(form):
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values

    take("I")
    hidden, layers, heads, wide, _, _, _ = take("7i")
    (epsilon,), _ = take("f"), take("i")
    (pieces,), _, (text,) = take("i"), take("4i"), take("Q")
    at += (pieces + 1) * 4 + pieces * 4 + text
    _, characters = take("iI")
    at += characters
    (count,) = take("i")
    tensors = {}
    for _ in range(count):
        (length,) = take("H")
        name = data[at : at + length].decode()
        at += length
        kind, elements, offset, size = take("BIQQ")
        if kind == 0:
            values = np.frombuffer(data, "<f4", elements, offset).copy()
        else:
            blocks = np.frombuffer(data, np.uint8, size, offset).reshape(-1, 18)
            scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
            nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], 1)
            values = ((nibbles.astype(np.float32) - 8) * scale).reshape(-1)
        tensors[name] = torch.from_numpy(values)
    return argparse.Namespace(hidden=hidden, layers=layers, heads=heads, wide=wide, epsilon=epsilon), tensors


class Encoder(torch.nn.Module):
    """E5 with LoRA on every linear layer."""

    def __init__(self, pack, tokenizer):
        super().__init__()
        self.config, self.weights = unpack(pack)
        hidden, wide = self.config.hidden, self.config.wide
        shapes = {"q": (hidden, hidden), "k": (hidden, hidden), "v": (hidden, hidden), "ao": (hidden, hidden)}
        shapes |= {"fi": (wide, hidden), "fo": (hidden, wide)}
        generator = torch.Generator().manual_seed(S.seed)
        self.factors = torch.nn.ParameterDict()
        for layer in range(self.config.layers):
            for module, (output, input_) in shapes.items():
                name = f"l{layer}.{module}"
                self.weights[f"{name}.w"] = self.weights[f"{name}.w"].view(output, input_)
                a = torch.randn(S.rank, input_, generator=generator) / math.sqrt(input_)
                self.factors[f"{layer}_{module}_A"] = torch.nn.Parameter(a)
                self.factors[f"{layer}_{module}_B"] = torch.nn.Parameter(torch.zeros(output, S.rank))
        for table in ("emb.word", "emb.pos", "emb.type"):
            self.weights[table] = self.weights[table].view(-1, hidden)
        self.tokenizer = Tokenizer.from_file(str(tokenizer))

    def ids(self, text):
        return self.tokenizer.encode("query: " + text).ids[: S.longest]

    def linear(self, x, layer, module):
        name = f"l{layer}.{module}"
        a, b = self.factors[f"{layer}_{module}_A"], self.factors[f"{layer}_{module}_B"]
        low = F.linear(F.dropout(x, S.dropout, self.training), a)
        return F.linear(x, self.weights[f"{name}.w"], self.weights[f"{name}.b"]) + F.linear(low, b) * (S.alpha / S.rank)

    def norm(self, x, name):
        return F.layer_norm(x, (self.config.hidden,), self.weights[f"{name}.w"], self.weights[f"{name}.b"], self.config.epsilon)

    def forward(self, texts):
        """Token ids of texts -> unit vectors, (texts, hidden)."""
        batch, longest, heads = len(texts), max(map(len, texts)), self.config.heads
        ids, mask = torch.zeros(batch, longest, dtype=torch.long), torch.zeros(batch, longest)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = torch.tensor(text)
            mask[row, : len(text)] = 1
        w = self.weights
        x = self.norm(w["emb.word"][ids] + w["emb.pos"][:longest] + w["emb.type"][0], "emb.ln")
        unseen = (1 - mask)[:, None, None, :] * -1e9
        for layer in range(self.config.layers):
            query, key, value = (
                self.linear(x, layer, part).view(batch, longest, heads, -1).transpose(1, 2) for part in "qkv"
            )
            seen = F.scaled_dot_product_attention(query, key, value, attn_mask=unseen)
            seen = seen.transpose(1, 2).reshape(batch, longest, -1)
            x = self.norm(x + self.linear(seen, layer, "ao"), f"l{layer}.aln")
            x = self.norm(x + self.linear(F.gelu(self.linear(x, layer, "fi")), layer, "fo"), f"l{layer}.oln")
        return F.normalize((x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True), dim=-1)

    def encode(self, texts):
        """As forward, in batches of texts of like length; rows in the order of the texts."""
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        rows, group = [None] * len(texts), []

        def run():
            for at, row in zip(group, self([texts[at] for at in group])):
                rows[at] = row
            group.clear()

        for at in order:
            if group and len(texts[at]) * (len(group) + 1) > S.step_tokens:
                run()
            group.append(at)
        run()
        return torch.stack(rows)


def labels(topics):
    return torch.tensor([float(topic in topics) for topic in TOPICS])


def read(folder):
    """Articles and single sentences as (texts, topics of each sentence (sentences, topics), topics of the whole)."""
    articles, sentences = [], []
    for line in (folder / "articles.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        articles.append((row["sentences"], torch.stack([labels(t) for t in row["sentence_topics"]]), labels(row["topics"])))
    for line in (folder / "sentences.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        sentences.append(([row["text"]], labels(row["topics"])[None], labels(row["topics"])))
    return articles, sentences


def item_loss(logits, carried, has):
    """Binary cross-entropy of an article's sentences and of their noisy-or; of a sentence that stands alone, its own."""
    if len(logits) == 1:
        return F.binary_cross_entropy_with_logits(logits, carried, reduction="sum")
    weight = torch.where(carried == 1, 1.0, S.other_sentence_weight)
    loss = (weight * F.binary_cross_entropy_with_logits(logits, carried, reduction="none")).sum()
    none = F.softplus(logits).sum(0).clamp_min(1e-6)  # -ln P(no sentence carries the topic)
    whole = torch.where(none > 20, none, torch.log(torch.expm1(none.clamp_max(20))))
    return loss + F.binary_cross_entropy_with_logits(whole, has, reduction="sum")


def steps(articles, sentences, shuffle):
    """Numbers of the items of each step of an epoch: a few articles, and their share of the sentences."""
    first, second = list(range(articles)), list(range(articles, articles + sentences))
    shuffle.shuffle(first)
    shuffle.shuffle(second)
    groups = [first[at : at + S.articles_per_step] for at in range(0, articles, S.articles_per_step)]
    share = math.ceil(sentences / len(groups))
    return [group + second[at * share : (at + 1) * share] for at, group in enumerate(groups)]


def train(encoder, articles, sentences):
    items = articles + sentences
    ids = [[encoder.ids(text) for text in texts] for texts, _, _ in items]
    encoder.eval()
    with torch.no_grad():
        centre = torch.cat([encoder.encode(ids[at]) for at in range(len(articles))]).mean(0)
    weight = torch.nn.Parameter(torch.zeros(len(TOPICS), encoder.config.hidden))
    bias = torch.nn.Parameter(torch.full((len(TOPICS),), -2.0))
    rates = (S.adapter_rate, S.layer_rate)
    groups = [{"params": list(encoder.factors.parameters())}, {"params": [weight, bias]}]
    optimizer = torch.optim.AdamW(groups, weight_decay=S.weight_decay)
    shuffle, done = random.Random(S.seed), 0
    total = S.epochs * math.ceil(len(articles) / S.articles_per_step)
    encoder.train()
    for epoch in range(S.epochs):
        losses = []
        for group in steps(len(articles), len(sentences), shuffle):
            vectors = encoder.encode([text for at in group for text in ids[at]])
            logits = S.vector_length * F.normalize(vectors - centre, dim=-1) @ weight.T + bias
            parts = logits.split([len(ids[at]) for at in group])
            loss = sum(item_loss(part, *items[at][1:]) for at, part in zip(group, parts)) / len(group)
            speed = min(1.0, (done + 1) / (S.warm_up * total)) * max(0.02, 1 - done / total)
            for settings, rate in zip(optimizer.param_groups, rates):
                settings["lr"] = rate * speed
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(encoder.factors.parameters(), S.clip)
            optimizer.step()
            done += 1
            losses.append(loss.item())
        print(f"epoch {epoch + 1} of {S.epochs}: loss {np.mean(losses):.3f}", flush=True)


def save(encoder, folder, recipe):
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for name, factor in encoder.factors.items():
        layer, module, half = name.split("_")
        key = f"base_model.model.encoder.layer.{layer}.{MODULES[module]}.lora_{half}.weight"
        tensors[key] = factor.detach().numpy().astype(np.float16)
    save_file(tensors, folder / "adapter_model.safetensors")
    config = {
        "peft_type": "LORA",
        "base_model_name_or_path": "intfloat/multilingual-e5-small",
        "task_type": "FEATURE_EXTRACTION",
        "r": S.rank,
        "lora_alpha": S.alpha,
        "lora_dropout": S.dropout,
        "target_modules": sorted(MODULES.values()),
        "bias": "none",
        "inference_mode": True,
    }
    for name, content in (("adapter_config.json", config), ("recipe.json", recipe)):
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("--encoder", "--tokenizer", "--data", "--output"):
        parser.add_argument(flag, type=Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(S.seed)
    articles, sentences = read(arguments.data)
    print(f"{len(articles)} articles, {len(sentences)} sentences", flush=True)
    encoder = Encoder(arguments.encoder, arguments.tokenizer)
    train(encoder, articles, sentences)
    sha256 = lambda path: hashlib.sha256(path.read_bytes()).hexdigest()
    files = ("articles.jsonl", "sentences.jsonl")
    recipe = {
        "base": f"multilingual-e5-small-q4@sha256:{sha256(arguments.encoder)[:12]}",
        "data": {name: f"sha256:{sha256(arguments.data / name)[:12]}" for name in files},
        "settings": SETTINGS,
        "torch": torch.__version__.split("+")[0],
    }
    save(encoder, arguments.output, recipe)
    print(f"wrote {arguments.output}")


if __name__ == "__main__":
    main()
