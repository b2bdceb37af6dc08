"""How well a topic of one's own works: leave-one-topic-out over the topics of a labelled corpus.

    python eval/new_topic.py target/release/depeche corpus/gold target/new-topic

For each topic a head is trained on the other topics of train.jsonl and dev.jsonl. The topic left out is then scored on all of their
articles as it would be for a user: from its entry in the taxonomy alone (zero-shot), and again after
`depeche train --add-topic` with 8 articles that have it and 24 that have not (few-shot, the mean of several draws; the articles
learnt from are not scored, nor for the zero-shot figure beside it). Prints F1 a topic and their means. Needs Python only.
"""

import json
import random
import subprocess
import sys
from pathlib import Path

POSITIVES, NEGATIVES, DRAWS = 8, 24, 3


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def assigned(path, topic):
    """The ids to which the topic is assigned."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    has = lambda row: any(t["id"] == topic and t["decision"] == "assigned" for t in row["topics"])
    return {row["id"] for row in rows if has(row)}


def f1(found, gold):
    return 2 * len(found & gold) / max(len(found) + len(gold), 1)


def main():
    depeche, corpus, work = map(Path, sys.argv[1:4])
    work.mkdir(parents=True, exist_ok=True)
    rows = [
        json.loads(line)
        for split in ("train", "dev")
        for line in (corpus / f"{split}.jsonl").read_text("utf-8").splitlines()
    ]
    articles = write(work / "articles.jsonl", [{k: row[k] for k in ("id", "title", "text")} for row in rows])
    zero, matched, few = {}, {}, {}
    for topic in sorted({topic for row in rows for topic in row["topics"]}):
        without = [{**row, "topics": [t for t in row["topics"] if t != topic]} for row in rows]
        head = work / topic / "head"
        run(depeche, "train", "-q", "--no-report", "--gold", write(work / "gold.jsonl", without), "-o", head)

        def label(name, head):
            output = work / topic / f"{name}.jsonl"
            run(depeche, "label", "-q", "--only", "topics", "--overwrite", articles, "--head", head,
                "--taxonomy", "models/taxonomy.toml", "-o", output)
            return assigned(output, topic)

        gold = {row["id"] for row in rows if topic in row["topics"]}
        found = label("zero", head)
        zero[topic] = f1(found, gold)
        scores = []
        for draw in range(DRAWS):
            shuffled = random.Random(f"{topic} {draw}").sample(rows, len(rows))
            learnt = [row for row in shuffled if row["id"] in gold][:POSITIVES]
            learnt += [row for row in shuffled if row["id"] not in gold][:NEGATIVES]
            gold_few = write(work / "gold.jsonl", [{**row, "topics": [t for t in row["topics"] if t == topic]} for row in learnt])
            more = work / topic / f"head-{draw}"
            run(depeche, "train", "-q", "--gold", gold_few, "--add-topic", topic, "--head", head, "-o", more)
            seen = {row["id"] for row in learnt}
            scores.append((f1(found - seen, gold - seen), f1(label(f"few-{draw}", more) - seen, gold - seen)))
        matched[topic], few[topic] = (sum(column) / DRAWS for column in zip(*scores))
        print(f"{topic:<20} zero-shot {zero[topic]:.3f}   the same articles: {matched[topic]:.3f} -> {few[topic]:.3f}", flush=True)
    mean = lambda scores: sum(scores.values()) / len(scores)
    better = sum(few[topic] > matched[topic] for topic in zero)
    print(f"{'mean':<20} zero-shot {mean(zero):.3f}   the same articles: {mean(matched):.3f} -> {mean(few):.3f}, better for {better} of {len(zero)}")


if __name__ == "__main__":
    main()
