#!/usr/bin/env python3
"""How far words alone go on the gold corpus: a bag-of-words classifier, trained on train, scored on test.

Not a system of ours: a check that phrases do not give the topics away (corpus/README.md quotes its figure).
Needs scikit-learn 1.7.2: pip install scikit-learn==1.7.2
"""

import json
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer

GOLD = Path(__file__).resolve().parent.parent / "gold"
CORE = ["defence", "trade", "asean", "ukraine"]


def rows(split):
    with open(GOLD / f"{split}.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def texts(split):
    return [f"{row['title'] or ''}\n{row['text']}" for row in rows(split)]


def labels(split):
    return MultiLabelBinarizer(classes=CORE).fit_transform([set(CORE) & set(row["topics"]) for row in rows(split)])


def vectorizer(**options):
    return TfidfVectorizer(lowercase=True, strip_accents="unicode", sublinear_tf=True, **options)


def main():
    regression = LogisticRegression(class_weight="balanced", C=10, max_iter=2000)
    classifiers = {
        "words, logistic regression": vectorizer(),
        "words and pairs, logistic regression": vectorizer(ngram_range=(1, 2), min_df=2),
    }
    for name, features in classifiers.items():
        model = make_pipeline(features, OneVsRestClassifier(regression))
        model.fit(texts("train"), labels("train"))
        predicted = model.predict(texts("test"))
        each = f1_score(labels("test"), predicted, average=None, zero_division=0)
        per_topic = ", ".join(f"{topic} {value:.3f}" for topic, value in zip(CORE, each))
        print(f"{name}: core macro-F1 {each.mean():.3f} ({per_topic})")


if __name__ == "__main__":
    main()
