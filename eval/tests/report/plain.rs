//! The report as Markdown and for the terminal.

use depeche_eval::report::{markdown, terminal};

use crate::{sample, tiny};

#[test]
fn markdown_of_a_tiny_report() {
    let expected = "\
# Evaluation

2026-11-23, depeche-eval 0.1.0, 0 threads. Intervals: 95 %, bootstrap, 10 samples; tests: approximate randomization, 20 exchanges, seed 3.

**Gate passed**: no figure fell, 0 figures tested.

- not comparable: t a f2: gone

## Topics

`t` v1, 1 article, sha256:0123456789ab.

| System | f1 ↑ | Articles/min | Peak memory |
| --- | --- | --- | --- |
| System a | 0.750 [0.650, 0.850] | 120 | – |
| System b | – | – | – |

- not run: System c: no weights

### Systems against each other

| Figure | a | b | a − b | p, bootstrap | p, randomization | p, Holm | p, McNemar | Finding |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| f1 | a | b | – | – | – | – | \\<0.001 | – |

### All figures

| Figure | System a | System b |
| --- | --- | --- |
| f1 ↑ | 0.750 [0.650, 0.850] | – |
| words | 40.0 [39.9, 40.1] | 41.5 [41.4, 41.6] |

### Topics, F1

| Topic (articles) | System a | System b |
| --- | --- | --- |
| **trade** (1) | – | – |

### Faults

| Kind | System a | System b |
| --- | --- | --- |
| missed | 1 | 1 |

### What did not fit

- System b: 1 × no prediction; scored as nothing assigned and nothing written: x\\|1

### Signatures

```text
0.750 [0.650, 0.850] f1|task:t|task-version:1|n:1|version:0.1.0
40.0 [39.9, 40.1] words|task:t|task-version:1|n:1|version:0.1.0
– f1|task:t|task-version:1|n:1|version:0.1.0
41.5 [41.4, 41.6] words|task:t|task-version:1|n:1|version:0.1.0
```
";
    assert_eq!(markdown::render(&tiny()), expected);
}

#[test]
fn every_markdown_table_is_even() {
    let text = markdown::render(&sample::report());
    let mut width = None;
    for line in text.lines() {
        let bars = line.replace("\\|", "").matches('|').count();
        match line.starts_with('|') {
            true => assert_eq!(*width.get_or_insert(bars), bars, "{line}"),
            false => width = None,
        }
    }
    assert!(
        text.contains("**0.749 [0.659, 0.821]**"),
        "the best is bold"
    );
    assert!(text.contains("Skipped: its data is not here"));
}

#[test]
fn terminal_of_a_tiny_report() {
    let expected = "\
t v1: Topics, 1 article, sha256:0123456789ab
  system  f1 ↑                  articles/min
  a       0.750 [0.650, 0.850]           120
  b       –                                –
  b: no prediction; scored as nothing assigned and nothing written: x|1
  c: not run: no weights

gate: passed, 0 figures tested
  not comparable: t a f2: gone
";
    assert_eq!(terminal(&tiny()), expected);
}

#[test]
fn terminal_names_what_fell_and_what_was_skipped() {
    let text = terminal(&sample::report());
    for line in [
        "  skipped: its data is not here: put mlsum.jsonl into eval/data and run again",
        "gate: FAILED, 2 figures tested",
        "  topics head-base core-macro-f1: 0.871 -> 0.812, worse by 0.059 (margin 0.010, Holm p 0.008)",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}

#[test]
fn a_terminal_is_not_moved_by_what_it_shows() {
    let mut report = tiny();
    report.tasks[0].not_run[0].reason = "a\x1b[2Jb\nc".to_owned();
    assert!(terminal(&report).contains("c: not run: a [2Jb c\n"));
}
