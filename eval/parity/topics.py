#!/usr/bin/env python3
"""Makes topics.json: what scikit-learn says of made-up gold and predictions (eval/tests/parity_topics.rs compares).

    python -m venv .venv && .venv/bin/pip install -r eval/parity/requirements.txt
    .venv/bin/python eval/parity/topics.py

Every number is from scikit-learn, with these exceptions: coverage and abstention are plain counts; the bins of ECE are
made here as in `sklearn.calibration.calibration_curve(strategy="quantile")`, which does not tell their sizes, with the
ranks of quantiles in whole numbers: numpy rounds them, so that with some numbers of decisions (91, 171) a probability that is
itself a quantile may fall on the other side. The script stops if the bins of a case are not those of scikit-learn.

Where scikit-learn says nan, or 0 together with a warning that the figure is ill-defined, the fixture says null.
A case: gold, one string an article, "1" where it has the topic; decision, one string an article, "1" assigned,
"0" rejected, "?" unsure, "-" topic not listed, null for an article without prediction; probability, likewise.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    f1_score,
    hamming_loss,
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_auc_score,
)

OUT = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("topics.json")
BINS = 10


def plain(value):
    """A JSON number of ten digits, or None for nan."""
    value = float(value)
    return None if np.isnan(value) else float(f"{value:.10g}")


def multilabel(array):
    """scikit-learn takes one column for a binary task; an empty second topic changes no mean that leaves it out."""
    return np.hstack([array, np.zeros_like(array)]) if array.shape[1] == 1 else array


def averaged(score, gold, assigned, average):
    return plain(score(multilabel(gold), multilabel(assigned), average=average, zero_division=np.nan))


def equal_mass(gold, probability):
    """[count, mean probability, share of yes] of each bin."""
    ranked = np.sort(probability)
    edges = []
    for k in range(1, BINS):
        whole, part = divmod(k * (len(ranked) - 1), BINS)
        below = ranked[whole]
        edges.append(below if part == 0 else below + (ranked[whole + 1] - below) * part / BINS)
    place = np.searchsorted(edges, probability)
    bins = []
    for at in range(BINS):
        inside = place == at
        if inside.any():
            bins.append([int(inside.sum()), plain(probability[inside].mean()), plain(gold[inside].mean())])
    return bins


def check_bins(name, bins, gold, probability):
    true, predicted = calibration_curve(gold, probability, n_bins=BINS, strategy="quantile")
    theirs = np.column_stack([predicted, true])
    ours = np.array([bin[1:] for bin in bins])
    if theirs.shape != ours.shape or not np.allclose(theirs, ours, atol=1e-9):
        raise SystemExit(f"{name}: calibration_curve makes other bins")


def single(gold, assigned, probability):
    """The figures of one topic."""
    some = gold.any()
    both = some and not gold.all()
    curve = []
    if some:
        precision, recall, _ = precision_recall_curve(gold, probability)
        curve = [[plain(r), plain(p)] for r, p in zip(recall[:-1], precision[:-1])]
    binary = {"zero_division": np.nan}
    return {
        "precision": plain(precision_score(gold, assigned, **binary)),
        "recall": plain(recall_score(gold, assigned, **binary)),
        "f1": plain(f1_score(gold, assigned, **binary)),
        "average-precision": plain(average_precision_score(gold, probability)) if some else None,
        "roc-auc": plain(roc_auc_score(gold, probability)) if both else None,
        "curve": curve,
    }


def defined(values):
    values = [value for value in values if value is not None]
    return plain(np.mean(values)) if values else None


def macro_ranking(score, key, gold, probability, topics):
    """scikit-learn's own macro mean where it is defined for every topic, else the mean over those where it is."""
    ours = defined([topic[key] for topic in topics])
    if gold.shape[1] > 1 and all(topic[key] is not None for topic in topics):
        assert abs(score(gold, probability, average="macro") - ours) < 1e-9
    return ours


def expected(name, gold, assigned, unsure, probability):
    topics = [single(gold[:, t], assigned[:, t], probability[:, t]) for t in range(gold.shape[1])]
    flat, chance, sure = gold.ravel(), probability.ravel(), ~unsure.ravel()
    bins = equal_mass(flat, chance)
    check_bins(name, bins, flat, chance)
    gap = sum(count * abs(confidence - frequency) for count, confidence, frequency in bins)
    weighted = averaged(f1_score, gold, assigned, "weighted")
    binary = {"labels": [1], "average": "micro", "zero_division": np.nan}
    covered = (flat[sure], assigned.ravel()[sure])
    # One column is a binary task to scikit-learn, which it wants flat.
    exact = (flat, assigned.ravel()) if gold.shape[1] == 1 else (gold, assigned)
    ranked = (gold, probability, topics)
    figures = {
        "macro-f1": averaged(f1_score, gold, assigned, "macro"),
        "micro-f1": averaged(f1_score, gold, assigned, "micro"),
        # Without any topic in gold scikit-learn falls back to the plain mean; there is nothing to weigh by.
        "weighted-f1": weighted if gold.any() else None,
        "samples-f1": averaged(f1_score, gold, assigned, "samples"),
        "macro-precision": averaged(precision_score, gold, assigned, "macro"),
        "macro-recall": averaged(recall_score, gold, assigned, "macro"),
        "micro-precision": averaged(precision_score, gold, assigned, "micro"),
        "micro-recall": averaged(recall_score, gold, assigned, "micro"),
        "subset-accuracy": plain(accuracy_score(*exact)),
        "hamming-loss": plain(hamming_loss(*exact)),
        "macro-average-precision": macro_ranking(average_precision_score, "average-precision", *ranked),
        "macro-roc-auc": macro_ranking(roc_auc_score, "roc-auc", *ranked),
        "brier": plain(brier_score_loss(flat, chance, pos_label=1)),
        "ece": plain(gap / len(flat)),
        "coverage": plain(sure.mean()),
        "abstention": plain(unsure.any(axis=1).mean()),
        "covered-micro-f1": plain(f1_score(*covered, **binary)) if sure.any() else None,
        "covered-micro-recall": plain(recall_score(*covered, **binary)) if sure.any() else None,
    }
    return {"figures": figures, "topics": topics, "bins": bins}


def case(name, gold, decision, probability):
    """gold: 0 and 1 (articles, topics); decision: characters, None for no prediction; probability: numbers."""
    gold = np.array(gold)
    n, t = gold.shape
    shown = [["-"] * t if row is None else list(row) for row in decision]
    listed = np.array([[c != "-" for c in row] for row in shown])
    assigned = np.array([[int(c == "1") for c in row] for row in shown])
    unsure = np.array([[c == "?" for c in row] for row in shown])
    chance = np.where(listed, np.round(np.array(probability, dtype=float), 4), 0.0)
    return {
        "name": name,
        "gold": ["".join(map(str, row)) for row in gold.tolist()],
        "decision": [None if row is None else "".join(row) for row in decision],
        "probability": chance.tolist(),
        **expected(name, gold, assigned, unsure, chance),
    }


def decided(probability, threshold=0.5, unsure_from=None):
    low = threshold if unsure_from is None else unsure_from
    return ["".join("1" if p >= threshold else "?" if p >= low else "0" for p in row) for row in probability]


def random_case(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.choice([1, 2, 3, 5, 8, 13, 20, 30, 45]))
    t = int(rng.choice([1, 2, 3, 4, 6]))
    prevalence = rng.choice([0.05, 0.2, 0.4, 0.7])
    gold = (rng.random((n, t)) < prevalence).astype(int)
    skill = rng.choice([0.0, 1.0, 3.0])
    logit = skill * (2 * gold - 1) + rng.normal(0, 1.5, (n, t))
    probability = 1 / (1 + np.exp(-logit))
    digits = int(rng.choice([1, 2, 4]))  # one digit makes many ties
    probability = np.round(probability, digits)
    threshold = rng.choice([0.3, 0.5, 0.8])
    unsure_from = rng.choice([None, 0.5 * threshold])
    decision = decided(probability, threshold, unsure_from)
    if rng.random() < 0.3:  # some articles without prediction, some topics not listed
        decision = ["".join("-" if rng.random() < 0.15 else c for c in row) for row in decision]
        decision = [None if rng.random() < 0.15 else row for row in decision]
    return case(f"random-{seed}", gold, decision, probability)


def edge_cases():
    rng = np.random.default_rng(7)
    gold = (rng.random((12, 3)) < 0.4).astype(int)
    chance = np.round(rng.random((12, 3)), 3)
    none, every = np.zeros_like(gold), np.ones_like(gold)
    half = np.full(gold.shape, 0.5)
    mixed = gold.copy()
    mixed[:, 1] = 0
    full = gold.copy()
    full[:, 2] = 1
    rows = lambda char: [char * 3] * 12
    alternate = ["1-0", "?1?", None] * 4
    yield case("no article has a topic", none, decided(chance), chance)
    yield case("no article has a topic, none predicted", none, rows("0"), 0 * chance)
    yield case("no article has a topic, all predicted", none, rows("1"), every * 1.0)
    yield case("every article has every topic", every, decided(chance), chance)
    yield case("every article has every topic, none predicted", every, rows("0"), chance / 4)
    yield case("every article has every topic, all predicted", every, rows("1"), every * 1.0)
    yield case("one topic in no article", mixed, decided(chance), chance)
    yield case("one topic in every article", full, decided(chance), chance)
    yield case("perfect", gold, decided(gold), gold * 1.0)
    yield case("wrong everywhere", gold, decided(1 - gold), 1.0 - gold)
    yield case("all probabilities equal", gold, rows("1"), half)
    yield case("all probabilities 0", gold, rows("0"), 0 * half)
    yield case("all probabilities 1", gold, rows("1"), every * 1.0)
    yield case("two values", gold, decided(chance.round()), np.where(chance >= 0.5, 0.75, 0.25))
    yield case("everything unsure", gold, rows("?"), half)
    yield case("no predictions at all", gold, [None] * 12, chance)
    yield case("no topic listed", gold, rows("-"), chance)
    yield case("one prediction", gold, ["101"] + [None] * 11, chance)
    yield case("some not listed, some unsure, some missing", gold, alternate, chance)
    yield case("decisions against probabilities", gold, decided(1 - chance), chance)
    yield case("one article, one topic, found", [[1]], ["1"], [[0.9]])
    yield case("one article, one topic, missed", [[1]], ["0"], [[0.2]])
    yield case("one article, one topic, invented", [[0]], ["1"], [[0.9]])
    yield case("one article, one topic, rightly left out", [[0]], ["0"], [[0.2]])
    yield case("one article, one topic, unsure", [[1]], ["?"], [[0.4]])
    yield case("one article, one topic, no prediction", [[1]], [None], [[0.0]])
    yield case("one article, four topics", [[1, 0, 1, 0]], ["1010"], [[0.9, 0.1, 0.6, 0.4]])
    yield case("two articles, tie", [[1], [0]], ["1", "1"], [[0.5], [0.5]])
    yield case("two articles, upside down", [[1], [0]], ["0", "1"], [[0.1], [0.9]])
    yield case("scikit-learn's example of average precision", [[0], [0], [1], [1]], ["0", "0", "0", "1"],
               [[0.1], [0.4], [0.35], [0.8]])
    wide = (rng.random((20, 12)) < 0.2).astype(int)
    spread = np.round(np.clip(0.6 * wide + rng.normal(0.2, 0.2, wide.shape), 0, 1), 2)
    yield case("twelve topics", wide, decided(spread, 0.5, 0.3), spread)
    long = (rng.random((101, 1)) < 0.3).astype(int)
    # Ranks that quantiles hit exactly: 100 is a multiple of the number of bins.
    yield case("quantiles at ranks", long, decided(np.arange(101)[:, None] / 100), np.arange(101)[:, None] / 100)


def label_case(seed):
    rng = np.random.default_rng(1000 + seed)
    n, k = int(rng.choice([1, 4, 12, 40])), int(rng.choice([2, 3, 7]))
    gold = rng.integers(0, k, n) if seed % 4 else np.zeros(n, dtype=int)
    probability = rng.dirichlet(np.full(k, 0.5), n)
    probability[np.arange(n), gold] += rng.choice([0.0, 0.4])
    probability = np.round(np.clip(probability, 0, 1), int(rng.choice([1, 3])))
    predicted = probability.argmax(axis=1)  # the first of equals
    options = {"labels": list(range(k)), "zero_division": np.nan}
    return {
        "name": f"labels-{seed}",
        "gold": gold.tolist(),
        "probability": probability.tolist(),
        "figures": {
            "accuracy": plain(accuracy_score(gold, predicted)),
            "macro-f1": plain(f1_score(gold, predicted, average="macro", **options)),
            "weighted-f1": plain(f1_score(gold, predicted, average="weighted", **options)),
        },
    }


def main():
    warnings.simplefilter("ignore")
    cases = [*edge_cases(), *(random_case(seed) for seed in range(100))]
    labels = [label_case(seed) for seed in range(16)]
    lines = lambda rows: ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    OUT.write_text(f'{{"topics":[\n{lines(cases)}\n],"labels":[\n{lines(labels)}\n]}}\n', encoding="utf-8")
    print(f"{len(cases)} cases of topics, {len(labels)} of labels, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
