"""`make flat`: memory and cost of an article, from a thousand to a hundred thousand of them, with topics only.

    python flat.py DEPECHE WORK [COUNT ...]

Writes items of 12 to 40 words made of sentences' parts, labels them, and prints articles a second and peak memory.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

WHO = ["Le ministre des Affaires étrangères", "Le président", "La marine vietnamienne", "L'ambassadrice de Russie",
       "Le secrétaire général de l'ASEAN", "Une délégation de l'Union européenne", "Le Premier ministre laotien"]
WHAT = ["a signé un accord de libre-échange", "a reçu deux sous-marins", "a plaidé pour un cessez-le-feu en Ukraine",
        "a inauguré une centrale solaire", "a salué la hausse des exportations de riz", "a accueilli des étudiants boursiers",
        "a remis des vaccins à un hôpital"]
WHERE = ["à Hanoï", "à Moscou", "en mer Orientale", "lors du sommet de Jakarta", "à Vientiane", "au siège de l'ONU"]
MORE = ["devant la presse", "pour la troisième fois en un an", "selon l'Agence vietnamienne d'information",
        "malgré les critiques de plusieurs pays voisins", "en présence de son homologue", "avec un an de retard"]

MOST_WORDS = 40


def items(count):
    chosen = random.Random(1)
    for at in range(count):
        text = ""
        for _ in range(chosen.choice([1, 1, 2])):
            sentence = " ".join(chosen.choice(part) for part in (WHO, WHAT, WHERE, MORE)) + "."
            if len(f"{text} {sentence}".split()) <= MOST_WORDS:
                text = f"{text} {sentence}".strip()
        yield {"id": f"item-{at}", "text": text}


def main():
    depeche, work, *counts = sys.argv[1:]
    work = Path(work)
    work.mkdir(parents=True, exist_ok=True)
    for count in [int(count) for count in counts] or [1_000, 10_000, 100_000]:
        articles, output = work / f"{count}.jsonl", work / f"{count}.out.jsonl"
        with articles.open("w", encoding="utf-8") as file:
            for item in items(count):
                file.write(json.dumps(item, ensure_ascii=False) + "\n")
        start = time.perf_counter()
        command = [depeche, "--quiet", "label", articles, "--only", "topics", "-o", output, "--overwrite"]
        process = subprocess.Popen([str(part) for part in command])
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status:
            raise SystemExit(f"labelling failed with status {os.waitstatus_to_exitcode(status)}")
        with output.open(encoding="utf-8") as lines:
            records = sum(1 for _ in lines)
        assert records == count, f"{records} records of {count} articles"
        print(f"{count:>7} articles  {count / seconds:6.1f} a second  {usage.ru_maxrss / 1024:6.0f} MiB at most", flush=True)


if __name__ == "__main__":
    main()
