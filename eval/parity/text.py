"""Writes text.json: what rouge-score and sacreBLEU say of many pairs of texts, for tests/parity_text.rs.

    python3 -m venv .venv
    .venv/bin/pip install -r eval/parity/requirements.txt
    .venv/bin/python eval/parity/text.py

Same seed, same file. The raw material is the English abstracts of corpus/gold/train.jsonl, perturbed.
"""

import json
import sys
import random
import re
import unicodedata
from importlib.metadata import version
from pathlib import Path

from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF

HERE = Path(__file__).parent
SEED = 20240917
ROUGE = ["rouge1", "rouge2", "rougeL", "rougeLsum"]

# name, hypothesis, reference
EDGES = [
    ("both empty", "", ""),
    ("hypothesis empty", "", "The ministers met in Hanoi."),
    ("reference empty", "The ministers met in Hanoi.", ""),
    ("both blank", " \n ", "\t"),
    ("hypothesis blank", " \n\n ", "The ministers met."),
    ("one word", "Trade", "Trade"),
    ("one word of a sentence", "Hanoi", "The ministers met in Hanoi on Monday"),
    ("one other word", "Trade", "Energy"),
    ("one character", "a", "a"),
    ("one other character", "a", "b"),
    ("one character each side of a space", "a b", "ab"),
    ("one mark", ".", "."),
    ("one mark against a word", ".", "Hanoi."),
    ("two words", "Trade grew", "Trade grew"),
    ("three words", "Trade grew fast", "Trade grew fast"),
    ("four words", "Trade grew very fast", "Trade grew very fast"),
    ("no overlap", "Ministers signed an agreement yesterday.", "Wheat cost 480 dollars!"),
    ("same letters, other words", "tea net ten", "eat ten net"),
    ("words in reverse", "five four three two one", "one two three four five"),
    ("repeated word", "the the the the the the the", "The cat is on the mat the end"),
    ("repeated pair", "a b a b a b a b", "a b c a b d"),
    ("repeated in the reference", "a b c d", "a a b b a b c d c d a b c d"),
    ("case", "VIETNAM and asean MET", "Vietnam and ASEAN met"),
    ("accents", "Café Élysée à Paris", "Cafe Elysee a Paris"),
    ("accents alike", "Cô gái ở Huế đã đến Đà Nẵng", "Cô gái ở Huế đã đến Đà Nẵng"),
    ("composed against decomposed", "Hanoï, défense", unicodedata.normalize("NFD", "Hanoï, défense")),
    ("Vietnamese names", "Nguyễn Văn Đạt met Phạm Thị Lan Anh.", "Nguyen Van Dat met Pham Thi Lan Anh."),
    ("Vietnamese names in French spelling", "Kiêu Thanh Dat met Trân Thi Hoa.", "Kieu Thanh Dat met Tran Thi Hoa."),
    ("only letters with accents", "é è à", "é è à"),
    ("Cyrillic", "Министр принял делегацию.", "Министр принял делегацию в Ханое."),
    ("Chinese", "部长会见了代表团。", "部长昨天会见了企业家代表团。"),
    ("Turkish i", "İstanbul ILICA ıssız", "istanbul ilica issiz"),
    ("Kelvin sign", "300 \u212a", "300 K"),
    ("final sigma", "ΟΔΟΣ ΣΑΣ", "οδος σας"),
    ("sharp s and ligature", "Straße ﬁn", "STRASSE fin"),
    ("numbers with commas and dots", "It cost 3,500.5 dollars, or 1.234.567,8.", "It cost 3500.5 dollars, or 1,234,567.8."),
    ("numbers at the end", "It rose to 3,500.", "It rose to 3,500"),
    ("numbers and marks", "24-year-old; 5%, $3.5m (£2m); 27-24, 2022-2025.", "24 year old; 5 %, $3.5 m (£2 m); 27–24, 2022–2025."),
    ("marks between digits", "1.2.3, 4,5,6 7-8-9 10:30 1/2", "1.2.3 , 4,5,6 7-8-9 10:30 1/2"),
    ("digits and letters", "COVID-19, 2nd, H5N1, 10km", "COVID 19, 2 nd, H5N1, 10 km"),
    ("leading marks", ".5 ,5 -5 'tis", "0.5 , 5 - 5 tis"),
    ("straight and curly quotes", "He said \"yes\" and 'no'.", "He said “yes” and ‘no’."),
    ("French quotes", "Il a dit « oui ».", "Il a dit \"oui\"."),
    ("apostrophes", "Vietnam's ministers' Côte d'Ivoire", "Vietnam’s ministers’ Côte d’Ivoire"),
    ("hyphens", "South-East Asia's free-trade area", "South East Asia's free trade area"),
    ("dashes", "Hanoi – the capital — grew", "Hanoi - the capital -- grew"),
    ("brackets", "(hi) [there] {you} <all>", "hi there you all"),
    ("a mark at both ends", "(hi) \"there\" 'you' ...", "( hi ) \" there \" ' you ' . . ."),
    ("doubled marks", "What?! Yes!! No... ,, ;; --", "What? Yes! No. , ; -"),
    ("all of ASCII", "".join(map(chr, range(32, 127))), " ".join(map(chr, range(32, 127)))),
    ("every mark between letters", "".join(f"a{chr(c)}b " for c in range(33, 127)), "".join(f"a {chr(c)} b " for c in range(33, 127))),
    ("every mark between digits", "".join(f"1{chr(c)}2 " for c in range(33, 127)), "".join(f"1 {chr(c)} 2 " for c in range(33, 127))),
    ("abbreviations", "The U.S. and the U.N. met Mr. V. N. Ivanov, e.g. in St. Petersburg.", "The US and the UN met Mr V N Ivanov, eg in St Petersburg."),
    ("emoji", "Trade grew 📈 fast 👩‍🚀!", "Trade grew 📈📈 fast 🚀!"),
    ("flags", "🇻🇳 and 🇷🇺", "🇻🇳🇷🇺"),
    ("HTML entities", "&quot;Trade&quot; &amp; energy &lt;b&gt; AT&T", "\"Trade\" & energy <b> AT&T"),
    ("nested HTML entities", "&amp;lt;b&amp;gt; &amp;quot;", "<b> &quot;"),
    ("unknown HTML entities", "&nbsp;&eacute;&#39;", "é'"),
    ("skipped segment", "<skipped> The ministers <skipped>met", "The ministers met"),
    ("hyphen at a line's end", "co-\noperation in de- \nfence", "cooperation in defence"),
    ("newlines", "The ministers met.\nThey signed a plan.", "The ministers met.\nThey signed a plan."),
    ("newline against space", "The ministers met. They signed a plan.", "The ministers met.\nThey signed a plan."),
    ("lines in another order", "They signed a plan.\nThe ministers met in Hanoi.", "The ministers met in Hanoi.\nThey signed a plan."),
    ("empty lines", "\n\nThe ministers met.\n\n", "The ministers met.\n\n\nThey signed."),
    ("lines without words", "...\nThe ministers met.\n—", "The ministers met.\n!!!"),
    ("the same line twice", "the plan was signed\nthe plan was signed", "the plan was signed"),
    ("the same reference line twice", "the plan was signed", "the plan was signed\nthe plan was signed"),
    ("a word in several lines", "a b c d\na c e a\nb a", "a c b a\nd a b c e\na"),
    ("tied subsequences", "a b c x\nc b a y", "a c b c a b\nb a c"),
    ("union of subsequences", "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", "w1 w2 w3 w4 w5"),
    ("carriage returns", "The ministers met.\r\nThey signed.\r\n", "The ministers met.\nThey signed."),
    ("separators", "a\x1cb\x1dc\x1ed\x1fe", "a b c d e"),
    ("odd white space", "a\u00a0b\u2003c\u3000d\u2028e\x85f\x0bg\x0ch", "a b c d e f g h"),
    ("no white space", "a\u200bb\ufeffc\u2060d", "a b c d"),
    ("white space at the ends", "  The ministers met. \n", "The ministers met."),
    ("tokenised", "The ministers met , signed and left .", "The ministers met, signed and left."),
    ("underscores and paths", "a_b snake_case c:\\d /e/f http://x.y/z?q=1", "a b snake case c d e f http x y z q 1"),
]


def abstracts():
    rows = map(json.loads, (HERE / "../../corpus/gold/train.jsonl").read_text("utf-8").splitlines())
    return [row["abstract"] for row in rows if row.get("abstract")]


def without_accents(text):
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def with_accents(text, rng):
    marks = "\u0301\u0300\u0302\u0323\u0309"
    accented = "".join(c + rng.choice(marks) if c in "aeiouy" and rng.random() < 0.2 else c for c in text)
    return unicodedata.normalize("NFC", accented)


def dropped(text, rng, share):
    return " ".join(word for word in text.split() if rng.random() >= share)


def shuffled_nearby(text, rng):
    words = text.split()
    for at in range(len(words) - 1):
        if rng.random() < 0.2:
            words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def lined(text, rng):
    """The text with lines broken at random places, mostly after marks."""
    return re.sub(r"(?<=[.;,]) ", lambda _: rng.choice("\n\n "), text)


def pieces_of(pool, rng):
    """A text made of pieces of others."""
    pieces = []
    for text in rng.sample(pool, 3):
        words = text.split()
        start = rng.randrange(len(words) - 8)
        pieces.append(" ".join(words[start:start + rng.randint(4, 12)]))
    return "\n".join(pieces)


def soup(rng, letters):
    return "".join(rng.choice(letters) for _ in range(rng.randint(10, 60)))


def synthetic(pool, rng):
    perturbations = [
        ("words dropped", lambda text: dropped(text, rng, 0.15)),
        ("most words dropped", lambda text: dropped(text, rng, 0.7)),
        ("cut", lambda text: text[: rng.randrange(20, len(text))]),
        ("neighbours exchanged", lambda text: shuffled_nearby(text, rng)),
        ("other numbers", lambda text: re.sub(r"\d", lambda _: str(rng.randrange(10)), text)),
        ("accents added", lambda text: with_accents(text, rng)),
        ("upper case", str.upper),
        ("lines", lambda text: lined(shuffled_nearby(text, rng), rng)),
        ("repeated", lambda text: f"{text} {dropped(text, rng, 0.3)}"),
        ("another abstract", lambda text: rng.choice(pool)),
        ("pieces of abstracts", lambda text: f"{dropped(text, rng, 0.4)}\n{pieces_of(pool, rng)}"),
    ]
    for name, change in perturbations:
        for at in range(5):
            reference = rng.choice(pool)
            if name in ("lines", "pieces of abstracts"):
                reference = lined(reference, rng)
            yield f"{name} {at + 1}", change(reference), reference
    long = rng.sample(pool, 20)
    yield "very long", " ".join(shuffled_nearby(text, rng) for text in long[:12]), " ".join(long[:11])
    yield "very long, lines", "\n".join(dropped(text, rng, 0.3) for text in long[10:]), "\n".join(long[9:19])
    for name, letters in [
        ("ASCII soup", "ab1 .,-!&'\"()<>/%\n"),
        ("digit soup", "12 .,-"),
        ("mark soup", "a.,; -"),
        ("two words", "ab "),
    ]:
        for at in range(6):
            yield f"{name} {at + 1}", soup(rng, letters), soup(rng, letters)


def corpora(cases, rng):
    """Lists of indices into the cases; repeats are meant."""
    at = {name: index for index, (name, _, _) in enumerate(cases)}
    yield "one segment", [at["words dropped 1"]]
    yield "empty hypotheses only", [at["hypothesis empty"], at["hypothesis blank"]]
    yield "empty references only", [at["both empty"], at["reference empty"]]
    yield "one hypothesis is empty", [at["words dropped 1"], at["hypothesis empty"], at["cut 1"]]
    yield "one reference is empty", [at["words dropped 1"], at["reference empty"]]
    yield "short texts only", [at["one word"], at["two words"], at["three words"], at["one other word"]]
    yield "short texts together", [at["three words"], at["four words"], at["two words"]]
    yield "the same twice", [at["cut 2"], at["cut 2"]]
    yield "all", list(range(len(cases)))
    for size in (2, 5, 10, 30, 60):
        yield f"{size} at random", [rng.randrange(len(cases)) for _ in range(size)]
    for start in range(3):
        yield f"perturbed {start + 1}", [i for name, i in at.items() if name.endswith(f" {start + 1}")]


def main():
    rng = random.Random(SEED)
    rouge = RougeScorer(ROUGE)
    bleu, chrf, chrf_words = BLEU(), CHRF(), CHRF(word_order=2)

    def score(metric, hypotheses, references):
        """The score, and what was counted over all segments."""
        counts = metric._extract_corpus_statistics(hypotheses, [references])
        total = [sum(column) for column in zip(*counts)]
        return {"score": metric.corpus_score(hypotheses, [references]).score, "counts": total}

    def scores(hypotheses, references):
        metrics = {"bleu": bleu, "chrf": chrf, "chrf++": chrf_words}
        return {name: score(metric, hypotheses, references) for name, metric in metrics.items()}

    cases = EDGES + list(synthetic(abstracts(), rng))
    assert len({name for name, _, _ in cases}) == len(cases), "two cases have one name"
    written = [
        {
            "name": name,
            "hypothesis": hypothesis,
            "reference": reference,
            **{kind: list(found) for kind, found in rouge.score(reference, hypothesis).items()},
            **scores([hypothesis], [reference]),
        }
        for name, hypothesis, reference in cases
    ]
    joined = [
        {
            "name": name,
            "cases": indices,
            **scores([cases[i][1] for i in indices], [cases[i][2] for i in indices]),
        }
        for name, indices in corpora(cases, rng)
    ]
    fixture = {
        "versions": {name: version(name) for name in ("rouge-score", "sacrebleu")},
        "signatures": {
            "bleu": str(bleu.get_signature()),
            "chrf": str(chrf.get_signature()),
            "chrf++": str(chrf_words.get_signature()),
        },
        "cases": written,
        "corpora": joined,
    }
    rows = lambda items: ",\n".join(json.dumps(item, ensure_ascii=True) for item in items)
    head = json.dumps({"versions": fixture["versions"], "signatures": fixture["signatures"]})[:-1]
    text = f'{head},\n"cases": [\n{rows(written)}\n],\n"corpora": [\n{rows(joined)}\n]}}\n'
    assert json.loads(text) == fixture
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "text.json"
    out.write_text(text, "utf-8")
    print(f"{len(written)} cases, {len(joined)} corpora, {len(text)} bytes")


if __name__ == "__main__":
    main()
