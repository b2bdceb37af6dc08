//! The gate catches a system that got worse, lets pass what chance does, and says what it cannot test.
//!
//! Articles, decisions and figures are simulated and seeded; nothing is read but the files that a test writes.

mod file;
mod run;

use std::sync::Arc;

use depeche_eval::gate::{self, Present};
use depeche_eval::report::Resampling;
use depeche_eval::{Direction, Figure};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use run::{ARTICLES, Decisions, Run, against, decisions, macro_f1, turned};

#[test]
fn a_system_that_got_worse_is_caught() {
    let before = decisions(1);
    let now = turned(before.clone(), 40..55);
    let report = against(&Run::of(&before).accepted(), &Run::of(&now));
    assert!(!report.passed);
    assert_eq!(report.tests.len(), 2);
    for test in &report.tests {
        assert!(test.fell && test.holm_p < 0.01, "{test:?}");
        assert!(test.drop > 0.05, "{test:?}");
        assert_eq!(
            test.drop > 0.0,
            (test.present < test.accepted) == (test.figure == "macro-f1")
        );
    }
    let words = gate::in_words(&report);
    assert!(
        words.starts_with("2 of 2 accepted figures fell:\n- topics, depeche: errors was 0."),
        "{words}"
    );
    assert_eq!(words.lines().count(), 3);
}

#[test]
fn a_system_that_got_better_is_not() {
    let before = decisions(1);
    let worse = turned(before.clone(), 40..55);
    let report = against(&Run::of(&worse).accepted(), &Run::of(&before));
    assert!(report.passed);
    for test in &report.tests {
        assert!(test.drop < 0.0 && test.p > 0.99, "{test:?}");
    }
    assert_eq!(gate::in_words(&report), "All 2 accepted figures held.\n");
}

#[test]
fn the_same_system_and_the_same_in_another_order_are_not() {
    let run = Run::of(&decisions(1));
    let report = against(&run.accepted(), &run);
    assert!(report.passed);
    assert!(
        report
            .tests
            .iter()
            .all(|test| test.p == 1.0 && test.drop == 0.0)
    );

    // Rows are paired by article id, not by position.
    let mut turned_order = Run::of(&decisions(1));
    turned_order.ids.reverse();
    for (figure, _) in &mut turned_order.figures {
        figure.rows.reverse();
    }
    let report = against(&run.accepted(), &turned_order);
    assert_eq!((report.passed, report.tests.len()), (true, 2));
    assert!(report.tests.iter().all(|test| test.p == 1.0));
}

#[test]
fn what_chance_does_is_not() {
    let before = decisions(1);
    let mut accepted = Run::of(&before).accepted();
    let no_margin = |decisions: &Decisions| Run {
        margin: 0.0,
        ..Run::of(decisions)
    };
    // One article changed, nothing let pass.
    for article in 0..20 {
        let report = against(&accepted, &no_margin(&turned(before.clone(), [article])));
        assert!(report.passed, "{report:?}");
    }
    // Ten articles labelled anew by a system that is as good: of 20 runs one may raise an alarm, at 5 %.
    let alarms = (0..20).filter(|seed| {
        let mut random = ChaCha8Rng::seed_from_u64(*seed);
        let mut now = before.clone();
        for _ in 0..10 {
            for (truth, said) in &mut now[random.random_range(0..ARTICLES)] {
                *said = *truth == random.random_bool(0.9);
            }
        }
        !against(&accepted, &no_margin(&now)).passed
    });
    assert!(alarms.count() <= 1);
    // The same errors on other articles, so that every figure has the same value.
    let mut random = ChaCha8Rng::seed_from_u64(9);
    for entry in &mut accepted.entries {
        for at in (1..ARTICLES).rev() {
            entry.rows.swap(at, random.random_range(0..=at));
        }
    }
    let report = against(&accepted, &no_margin(&before));
    assert_eq!((report.passed, report.tests.len()), (true, 2), "{report:?}");
    assert!(report.tests.iter().all(|test| test.p > 0.3), "{report:?}");
}

#[test]
fn a_drop_within_the_margin_is_not() {
    let before = decisions(1);
    let now = turned(before.clone(), 40..55);
    let with_margin = |margin: f64| {
        let run = Run {
            margin,
            ..Run::new("depeche", [macro_f1(&now)])
        };
        against(&Run::of(&before).accepted(), &run).tests[0].clone()
    };
    let drop = with_margin(0.0).drop;
    for (margin, fell) in [
        (0.0, true),
        (drop - 1e-6, true),
        (drop, false),
        (0.5, false),
    ] {
        let test = with_margin(margin);
        assert_eq!(test.fell, fell, "{test:?}");
        assert!(test.holm_p < 0.01, "significant all the same: {test:?}");
    }
}

#[test]
fn what_cannot_be_tested_is_named_with_the_reason() {
    let accepted = Run::of(&decisions(1)).accepted();
    let change = |change: &dyn Fn(&mut Run)| {
        let mut run = Run::new("depeche", [macro_f1(&decisions(1))]);
        change(&mut run);
        against(&accepted, &run).not_comparable
    };
    type Change<'a> = &'a dyn Fn(&mut Run);
    #[rustfmt::skip]
    let cases: [(Change, &str); 9] = [
        (&|run| run.figures[0].1.task_version = 2, "task version 1 against 2"),
        (&|run| run.figures[0].1.data = "sha256:ff".to_owned(), "data sha256:0a1b2c3d4e5f against sha256:ff"),
        (&|run| run.figures[0].1.n = 99, "100 articles against 99"),
        (&|run| run.figures[0].1.version = "9.9.9".to_owned(), "scored by version"),
        (&|run| run.figures[0].1.parameters = "beta:2".to_owned(), "parameters none against beta:2"),
        (&|run| run.ids[7] = "another".to_owned(), "other articles: 100 accepted, 100 now, 99 in both"),
        (&|run| run.figures[0].0.formula = Arc::new(|_| None), "the figure is undefined now"),
        (&|run| run.figures[0].0.formula = Arc::new(|_| Some(0.5)), "the figure is computed otherwise now"),
        (&|run| run.figures[0].0.direction = Direction::Neutral, "has no better or worse"),
    ];
    for (changed, reason) in cases {
        let reasons = change(changed);
        let found = reasons.iter().find(|found| found.contains(reason));
        let found = found.unwrap_or_else(|| panic!("{reason:?} is not in {reasons:?}"));
        assert!(found.starts_with("topics, depeche: macro-f1 was not tested: "));
        assert!(found.ends_with("accept a new baseline with --accept"));
        // `errors` was accepted and is not made any more.
        assert_eq!(reasons.len(), 2, "{reasons:?}");
        assert!(
            reasons
                .iter()
                .any(|reason| reason.contains("not made any more"))
        );
    }
}

#[test]
fn a_system_that_did_not_run_is_named_and_another_task_is_not() {
    let accepted = Run::of(&decisions(1)).accepted();
    let other = Run::new("other", [macro_f1(&decisions(2))]);
    let report = against(&accepted, &other);
    assert!(report.passed && report.tests.is_empty());
    assert_eq!(
        report.not_comparable[1],
        "topics, depeche: macro-f1 was not tested: the system did not run; make it run, or delete its lines from the \
         baseline"
    );
    let words = gate::in_words(&report);
    assert!(words.starts_with("No accepted figure was tested.\n- topics, depeche: errors"));

    let present = other.present().into_iter().map(|now| Present {
        task: "abstracts",
        ..now
    });
    let report = gate::test(
        &accepted,
        &present.collect::<Vec<_>>(),
        &Resampling::default(),
    );
    assert_eq!((report.tests.len(), report.not_comparable.len()), (0, 0));
}

#[test]
fn many_tests_of_noise_rarely_raise_an_alarm() {
    let (runs, tests, articles) = (400, 8, 30);
    let mut random = ChaCha8Rng::seed_from_u64(4);
    let (mut alarms, mut without_holm) = (0, 0);
    for seed in 0..runs {
        let mut noise = |name: usize| {
            let values = (0..articles).map(|_| Some(random.random::<f64>()));
            Figure::mean(&format!("noise-{name:02}"), Direction::Higher, values)
        };
        let before = Run::new("depeche", (0..tests).map(&mut noise));
        let now = Run {
            margin: 0.0,
            ..Run::new("depeche", (0..tests).map(&mut noise))
        };
        let resampling = Resampling {
            seed,
            randomization: 0,
            ..Resampling::default()
        };
        let report = gate::test(&before.accepted(), &now.present(), &resampling);
        assert_eq!(report.tests.len(), tests);
        alarms += usize::from(!report.passed);
        without_holm += usize::from(report.tests.iter().any(|test| test.p < 0.05));
    }
    // 5 % of 400 is 20, with a standard deviation of 4.4. Uncorrected it would be 1 − 0.95^8 = 34 %.
    assert!(alarms <= 29, "{alarms} of {runs}");
    assert!(without_holm > 100, "{without_holm} of {runs}");
}
