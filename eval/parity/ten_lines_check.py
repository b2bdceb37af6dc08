"""Scores the file of ten_lines.py with scikit-learn, rouge-score and sacrebleu, and compares with our report.json.

Usage: ten_lines_check.py GOLD.jsonl PREDICTIONS.jsonl REPORT.json [EXPECTED.json, to be written]
"""
import json
import sys
import warnings

import numpy as np
import sacrebleu
from rouge_score import rouge_scorer
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, hamming_loss, roc_auc_score

warnings.filterwarnings("ignore")


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


gold, predicted, report = read(sys.argv[1]), read(sys.argv[2]), json.load(open(sys.argv[3], encoding="utf-8"))
by_id = {row["id"]: row for row in predicted}
tasks = {task["kind"]: task for task in report["tasks"]}
topics = [topic["id"] for topic in tasks["topics"]["topics"]]


def probability(row, topic):
    return next((found["probability"] for found in row["topics"] if found["id"] == topic), 0.0)


true = np.array([[topic in row["topics"] for topic in topics] for row in gold], dtype=int)
scores = np.array([[probability(by_id[row["id"]], topic) for topic in topics] for row in gold])
assigned = (scores >= 0.5).astype(int)
texts = [by_id[row["id"]]["abstract"] for row in gold]
references = [row["abstract"] for row in gold]
rouge = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
rouges = [rouge.score(reference, text) for reference, text in zip(references, texts)]
expected = {
    ("topics", "micro-f1"): f1_score(true, assigned, average="micro"),
    ("topics", "macro-f1"): f1_score(true, assigned, average="macro", zero_division=np.nan),
    ("topics", "weighted-f1"): f1_score(true, assigned, average="weighted"),
    ("topics", "subset-accuracy"): accuracy_score(true, assigned),
    ("topics", "hamming-loss"): hamming_loss(true, assigned),
    ("topics", "macro-average-precision"): average_precision_score(true, scores, average="macro"),
    ("topics", "macro-roc-auc"): roc_auc_score(true, scores, average="macro"),
    ("topics", "brier"): float(np.mean((scores - true) ** 2)),
    ("abstracts", "bleu"): sacrebleu.corpus_bleu(texts, [references]).score,
    ("abstracts", "chrf"): sacrebleu.corpus_chrf(texts, [references]).score,
    ("abstracts", "chrf++"): sacrebleu.corpus_chrf(texts, [references], word_order=2).score,
    ("abstracts", "rouge-1"): float(np.mean([score["rouge1"].fmeasure for score in rouges])),
    ("abstracts", "rouge-2"): float(np.mean([score["rouge2"].fmeasure for score in rouges])),
    ("abstracts", "rouge-l"): float(np.mean([score["rougeL"].fmeasure for score in rouges])),
}
failed = 0
for (kind, name), value in expected.items():
    ours = {figure["name"]: figure["estimate"]["value"] for figure in tasks[kind]["systems"][0]["figures"]}[name]
    same = ours is not None and abs(ours - value) <= 1e-6
    failed += not same
    print(f"{'same' if same else 'DIFFERENT'} {name}: theirs {value:.6f}, ours {ours}")
if len(sys.argv) > 4:
    with open(sys.argv[4], "w", encoding="utf-8") as file:
        json.dump([[kind, name, round(value, 9)] for (kind, name), value in expected.items()], file, indent=1)
sys.exit(1 if failed else 0)
