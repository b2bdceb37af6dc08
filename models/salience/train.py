"""Learns which sentences of a dispatch are worth telling: `python train.py --rows rows.jsonl [--dev dev.jsonl] --output weights.json`.

Reads what rows.rs writes. A sentence counts as worth telling if its rank is at most 3. Two logistic regressions (L2):
on the features and the vector of a sentence, and on the features alone, for encoders whose vectors are others. Prints how
many of the sentences that readers chose are among the three that score best, in articles that were left out of the learning
(five folds), and in the articles of dev.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

# Inverse strength of the penalty on features and on the vector: the best of a grid over the five folds.
FEATURES_C, VECTOR_C = 1.0, 0.003
BEST = 3
FOLDS = 5


def read(path):
    about, *rows = map(json.loads, Path(path).read_text("utf-8").splitlines())
    articles = {}
    for row in rows:
        articles.setdefault(row["article"], []).append(row)
    return about, list(articles.values())


class Scorer:
    """Logistic regression on standardised features and, if wanted, on centred vectors."""

    def __init__(self, articles, with_vector):
        rows = [row for article in articles for row in article]
        self.with_vector = with_vector
        features = np.array([row["features"] for row in rows])
        self.scale = np.where(features.std(0) > 0, features.std(0), 1.0)
        vectors = np.array([row["vector"] for row in rows])
        self.mean = vectors.mean(0)
        self.spread = vectors.std(0)
        chosen = [row["rank"] is not None and row["rank"] <= BEST for row in rows]
        self.model = LogisticRegression(C=1.0, max_iter=5000).fit(self.columns(rows), chosen)

    def columns(self, rows):
        # A penalty of its own for each part: a column that is k times as large is penalised k² times less.
        features = np.array([row["features"] for row in rows]) / self.scale * np.sqrt(FEATURES_C)
        if not self.with_vector:
            return features
        vectors = np.array([row["vector"] for row in rows])
        return np.hstack([features, (vectors - self.mean) / self.spread * np.sqrt(VECTOR_C)])

    def weights(self):
        """Weights of the features and of the vector as they are; constants are left out, only the order counts."""
        weights = self.model.coef_[0]
        count = len(self.scale)
        features = weights[:count] / self.scale * np.sqrt(FEATURES_C)
        vector = weights[count:] / self.spread * np.sqrt(VECTOR_C) if self.with_vector else weights[count:]
        return [[round(float(weight), 4) for weight in part] for part in (features, vector)]

    def agreement(self, articles):
        """Chosen sentences among those that score best, and all chosen ones."""
        found = total = 0
        for rows in articles:
            chosen = {at for at, row in enumerate(rows) if row["rank"] is not None and row["rank"] <= BEST}
            best = np.argsort(-self.model.decision_function(self.columns(rows)), kind="stable")[: len(chosen)]
            found, total = found + len(chosen & set(best.tolist())), total + len(chosen)
        return np.array([found, total])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", required=True)
    parser.add_argument("--dev")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    about, articles = read(arguments.rows)
    result = {"encoder": about["encoder"]}
    for with_vector in (True, False):
        parts = np.zeros(2)
        for fold in range(FOLDS):
            rest = [article for at, article in enumerate(articles) if at % FOLDS != fold]
            parts += Scorer(rest, with_vector).agreement(articles[fold::FOLDS])
        scorer = Scorer(articles, with_vector)
        print(f"{'features and vector' if with_vector else 'features'}: {parts[0] / parts[1]:.3f} of the chosen", end="")
        if arguments.dev:
            found, total = scorer.agreement(read(arguments.dev)[1])
            print(f", dev {found / total:.3f}", end="")
        print()
        features, vector = scorer.weights()
        result |= {"features": features, "vector": vector} if with_vector else {"features_alone": features}
        print(dict(zip(about["features"], features)))
    arguments.output.write_text(json.dumps(result) + "\n", "utf-8")


if __name__ == "__main__":
    main()
