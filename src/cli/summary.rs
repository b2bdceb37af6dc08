//! What `depeche label` says at its end, in one or two lines.

use crate::batch::{Counts, Outcome};

/// Ids that are named of those that changed.
const NAMED: usize = 10;

/// What happened, in words; `per_minute` is the rate of labelling. With `resumable` an interrupted run can be gone on with; `overwriting` when its command
/// says --overwrite.
pub(super) fn in_words(
    outcome: &Outcome,
    per_minute: Option<f64>,
    resumable: bool,
    overwriting: bool,
) -> String {
    let counts = &outcome.counts;
    let rate = per_minute.map(|rate| format!("{rate:.1} articles a minute"));
    let parts = [
        done(outcome),
        reviews(counts),
        failures(counts),
        surprises(counts),
        rate.into_iter().collect(),
    ]
    .concat();
    let articles = match counts.articles {
        1 => "article",
        _ => "articles",
    };
    let mut line = format!("{} {articles}: {}", counts.articles, parts.join(", "));
    if outcome.interrupted.is_some() {
        let (done, all) = (counts.labelled + counts.kept, counts.articles);
        let next = match (resumable, overwriting) {
            (false, _) => "",
            (true, false) => "; run the same command again to go on",
            (true, true) => "; run the same command again without --overwrite to go on",
        };
        line += &format!("\ninterrupted: {done} of {all} labelled{next}");
    }
    line
}

fn done(outcome: &Outcome) -> Vec<String> {
    let counts = &outcome.counts;
    let new_failures = counts.failed - counts.failed_before;
    let mut parts = vec![format!("{} labelled", counts.labelled - new_failures)];
    if counts.changed > 0 {
        let named: Vec<&str> = outcome.changed.iter().map(String::as_str).collect();
        let more = match named.len().checked_sub(NAMED) {
            None | Some(0) => String::new(),
            Some(more) => format!(" and {more} more"),
        };
        let named = named[..named.len().min(NAMED)].join(", ");
        parts.push(format!(
            "{} of them changed since an earlier run ({named}{more})",
            counts.changed
        ));
    }
    if counts.retried > 0 {
        parts.push(format!("{} that had failed tried again", counts.retried));
    }
    if counts.kept > 0 {
        parts.push(format!("{} kept from an earlier run", counts.kept));
    }
    if counts.vanished > 0 {
        let vanished = counts.vanished;
        parts.push(format!(
            "{vanished} more kept that the input has no more (at the end of the output)"
        ));
    }
    parts
}

fn reviews(counts: &Counts) -> Vec<String> {
    if counts.needs_review == 0 {
        return Vec::new();
    }
    let reviewed = counts.needs_review;
    let checks = by_name(
        counts
            .failed_checks
            .iter()
            .map(|(name, n)| (name.clone(), *n)),
    );
    vec![format!(
        "{reviewed} with an abstract that needs review ({checks})"
    )]
}

fn failures(counts: &Counts) -> Vec<String> {
    let new_failures = counts.failed - counts.failed_before;
    let mut parts = Vec::new();
    if new_failures > 0 {
        let name = |code| {
            serde_json::to_string(code)
                .unwrap_or_default()
                .replace('"', "")
        };
        let causes = by_name(counts.errors.iter().map(|(code, n)| (name(code), *n)));
        parts.push(format!("{new_failures} failed ({causes})"));
    }
    if counts.failed_before > 0 {
        let before = counts.failed_before;
        parts.push(format!(
            "{before} failed in an earlier run and are not tried again without --retry-failed"
        ));
    }
    parts
}

/// `3 numbers, 2 names`.
fn by_name(counts: impl Iterator<Item = (String, usize)>) -> String {
    let counts: Vec<String> = counts.map(|(name, n)| format!("{n} {name}")).collect();
    counts.join(", ")
}

/// What was not as the survey of the inputs had it.
fn surprises(counts: &Counts) -> Vec<String> {
    let table = [
        (
            counts.unread,
            "cannot be read any more and were kept as they were",
        ),
        (
            counts.missed,
            "were gone from the input when their turn came",
        ),
        (
            counts.added,
            "came into the input during the run and were labelled, too",
        ),
    ];
    let told = table.iter().filter(|(count, _)| *count > 0);
    told.map(|(count, what)| format!("{count} {what}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interrupts::Signal;

    fn outcome(articles: usize, labelled: usize) -> Outcome {
        Outcome {
            counts: Counts {
                articles,
                labelled,
                ..Counts::default()
            },
            ..Outcome::default()
        }
    }

    #[test]
    fn ten_changed_articles_are_named_and_the_others_counted() {
        let mut outcome = outcome(20, 12);
        outcome.changed = (0..12).map(|n| format!("a{n}")).collect();
        outcome.counts.changed = 12;
        outcome.counts.kept = 8;
        assert_eq!(
            in_words(&outcome, None, true, false),
            "20 articles: 12 labelled, 12 of them changed since an earlier run (a0, a1, a2, a3, a4, a5, a6, a7, a8, a9 \
             and 2 more), 8 kept from an earlier run"
        );
        outcome.changed.truncate(10);
        assert!(in_words(&outcome, None, true, false).contains("a8, a9)"));
    }

    #[test]
    fn an_interrupted_run_says_how_to_go_on() {
        let mut outcome = outcome(5, 2);
        outcome.interrupted = Some(Signal::Interrupt);
        let table = [
            (
                true,
                false,
                "2 of 5 labelled; run the same command again to go on",
            ),
            (true, true, "without --overwrite to go on"),
            (false, false, "2 of 5 labelled"),
        ];
        for (resumable, overwriting, end) in table {
            let line = in_words(&outcome, None, resumable, overwriting);
            assert!(line.ends_with(end), "{line}");
        }
    }

    #[test]
    fn what_the_input_did_during_the_run_is_said() {
        let mut outcome = outcome(1, 1);
        outcome.counts.missed = 1;
        outcome.counts.added = 2;
        let line = in_words(&outcome, None, true, false);
        assert!(
            line.starts_with("1 article: 1 labelled, 1 were gone"),
            "{line}"
        );
        assert!(line.contains("2 came into the input"), "{line}");
    }

    #[test]
    fn reviews_are_counted_by_check_and_the_rate_is_said() {
        let mut outcome = outcome(3, 3);
        outcome.counts.needs_review = 2;
        let checks = [("names", 1), ("numbers", 2)];
        let checks = checks.map(|(name, count)| (name.to_owned(), count));
        outcome.counts.failed_checks = checks.into_iter().collect();
        let line = in_words(&outcome, Some(7.26), true, false);
        assert_eq!(
            line,
            "3 articles: 3 labelled, 2 with an abstract that needs review (1 names, 2 numbers), 7.3 articles a minute"
        );
    }
}
