//! Intervals and p-values mean what they say: against reference programs, and against simulated data whose truth is
//! known. Every simulation is seeded.

use std::sync::Arc;

use depeche_eval::report::{Estimate, Resampling};
use depeche_eval::stats::{compare, estimate, holm, mcnemar};
use depeche_eval::{Direction, Figure};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The mean of one value an article.
fn mean(values: impl IntoIterator<Item = f64>) -> Figure {
    Figure::mean(
        "mean",
        Direction::Higher,
        values.into_iter().map(Some).collect::<Vec<_>>(),
    )
}

fn resampling(bootstrap: usize, randomization: usize) -> Resampling {
    Resampling {
        bootstrap,
        randomization,
        ..Resampling::default()
    }
}

/// About normal with mean 0 and variance 1: the sum of twelve uniform values less 6.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
}

/// Two lists of 40 values that numpy makes too: `i = arange(40); a = i*37%11/10; b = i*53%13/10`.
fn listed() -> (Figure, Figure) {
    let list = |factor: u32, modulus: u32| {
        mean((0..40).map(move |i| f64::from(i * factor % modulus) / 10.0))
    };
    (list(37, 11), list(53, 13))
}

fn assert_near(actual: Option<f64>, expected: f64, tolerance: f64) {
    let actual = actual.expect("a value");
    assert!(
        (actual - expected).abs() <= tolerance,
        "{actual} is not within {tolerance} of {expected}"
    );
}

#[test]
fn intervals_are_those_of_scipy() {
    let (a, b) = listed();
    let resampling = resampling(20_000, 0);
    // scipy.stats.bootstrap((a,), np.mean, n_resamples=200000, method="percentile") of scipy 1.17
    let interval = estimate(&a, &resampling);
    assert_near(interval.value, 0.485, 1e-12);
    assert_near(interval.low, 0.3875, 0.004);
    assert_near(interval.high, 0.5825, 0.004);
    // the same of (a, b) with paired=True and the difference of the means
    let test = compare(&a, &b, &resampling);
    assert_near(test.difference.value, -0.1, 1e-12);
    assert_near(test.difference.low, -0.255, 0.005);
    assert_near(test.difference.high, 0.055, 0.005);
    // numpy: 200000 resamples d* of a - b; mean(abs(d* - d*.mean()) >= 0.1)
    assert_near(test.bootstrap_p, 0.2084, 0.01);
    assert_eq!((test.randomization_p, test.p_worse), (None, None));
}

#[test]
fn randomization_is_that_of_scipy() {
    // scipy.stats.permutation_test((a, b), difference of means, permutation_type="samples", n_resamples=500000,
    // alternative=...) of scipy 1.17
    let (a, b) = listed();
    let test = compare(&a, &b, &resampling(0, 20_000));
    assert_near(test.randomization_p, 0.2303, 0.01);
    assert_near(test.p_worse, 0.1152, 0.01);
    assert_near(
        compare(&b, &a, &resampling(0, 20_000)).p_worse,
        0.8964,
        0.01,
    );
    assert_eq!((test.difference.low, test.bootstrap_p), (None, None));
    // the same with n_resamples=np.inf, which goes through all 256 exchanges: ties matter here
    let a = mean([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    let b = mean([2.0, 2.0, 5.0, 4.0, 8.0, 7.0, 6.0, 9.0]);
    let test = compare(&a, &b, &resampling(0, 20_000));
    assert_near(test.randomization_p, 0.15625, 0.01);
    assert_near(test.p_worse, 0.078125, 0.01);
    assert_near(
        compare(&b, &a, &resampling(0, 20_000)).p_worse,
        0.984375,
        0.01,
    );
}

#[test]
fn mcnemar_is_that_of_scipy() {
    // scipy.stats.binomtest(min(b, c), b + c, 0.5).pvalue of scipy 1.17
    let cases = [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (6, 0, 0.03125),
        (10, 4, 0.1795654296875),
        (15, 15, 1.0),
        (30, 12, 0.007915897334896727),
        (120, 80, 0.005685155996750306),
        (900, 1100, 8.45708953550381e-06),
        (59, 6, 4.964650327128616e-12),
    ];
    for (only_a, only_b, p) in cases {
        let both = [true; 5];
        let a = [vec![true; only_a], vec![false; only_b], both.to_vec()].concat();
        let b = [vec![false; only_a], vec![true; only_b], both.to_vec()].concat();
        let test = mcnemar(&a, &b);
        assert_eq!((test.only_a, test.only_b), (only_a, only_b));
        assert!((test.p / p - 1.0).abs() < 1e-10, "{} against {p}", test.p);
        assert_eq!(mcnemar(&b, &a).p, test.p);
    }
}

#[test]
fn holm_is_that_of_r() {
    // p.adjust(p, "holm")
    let cases: [(&[f64], &[f64]); 5] = [
        (&[], &[]),
        (&[0.3], &[0.3]),
        (&[0.01, 0.04, 0.03, 0.005], &[0.03, 0.06, 0.06, 0.02]),
        (
            &[0.01, 0.02, 0.03, 0.04, 0.05],
            &[0.05, 0.08, 0.09, 0.09, 0.09],
        ),
        (&[0.9, 0.5, 0.6], &[1.0, 1.0, 1.0]),
    ];
    for (p, expected) in cases {
        let adjusted = holm(p);
        assert_eq!(adjusted.len(), expected.len());
        for (adjusted, expected) in adjusted.iter().zip(expected) {
            assert!((adjusted - expected).abs() < 1e-12, "{p:?}: {adjusted}");
        }
    }
}

#[test]
fn an_interval_covers_the_truth_as_often_as_it_says() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let draws = 300;
    let mut covered = [0; 2];
    for seed in 0..draws {
        let resampling = Resampling {
            seed,
            ..resampling(400, 0)
        };
        let decisions = mean((0..80).map(|_| f64::from(u8::from(random.random_bool(0.7)))));
        // A quotient of sums whose parts vary together, truth 1.2 ÷ 2.
        let quotient = Figure::ratio(
            "quotient",
            Direction::Higher,
            (0..80).map(|_| {
                let whole = 2.0 + 0.5 * normal(&mut random);
                (0.6 * whole + 0.3 * normal(&mut random), whole)
            }),
        );
        for (count, (figure, truth)) in covered.iter_mut().zip([(decisions, 0.7), (quotient, 0.6)])
        {
            let Estimate { low, high, .. } = estimate(&figure, &resampling);
            let (low, high) = (low.expect("an interval"), high.expect("an interval"));
            *count += u64::from(low <= truth && truth <= high);
        }
    }
    for count in covered {
        assert!(
            (draws * 90 / 100..=draws * 99 / 100).contains(&count),
            "{count}"
        );
    }
}

#[test]
fn p_values_are_uniform_where_nothing_differs() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let draws = 300;
    let mut of = [Vec::new(), Vec::new(), Vec::new()];
    for seed in 0..draws {
        let resampling = Resampling {
            seed,
            ..resampling(400, 400)
        };
        let (a, b): (Vec<f64>, Vec<f64>) = (0..50)
            .map(|_| {
                let hard = normal(&mut random);
                (hard + normal(&mut random), hard + normal(&mut random))
            })
            .unzip();
        let test = compare(&mean(a), &mean(b), &resampling);
        let all = [test.randomization_p, test.p_worse, test.bootstrap_p];
        for (list, p) in of.iter_mut().zip(all) {
            list.push(p.expect("a p-value"));
        }
    }
    for (mut list, name) in of.into_iter().zip(["two-sided", "one-sided", "bootstrap"]) {
        list.sort_by(f64::total_cmp);
        let distance = (1_u32..)
            .zip(&list)
            .map(|(rank, p)| (f64::from(rank) / f64::from(draws as u32) - p).abs())
            .fold(0.0, f64::max);
        // Kolmogorov and Smirnov's bound at 1 %: 1.63 ÷ √300.
        assert!(distance < 0.094, "{name}: {distance}");
    }
}

#[test]
fn a_real_difference_is_found_and_has_a_direction() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let (worse, better): (Vec<f64>, Vec<f64>) = (0..100)
        .map(|_| {
            let hard = normal(&mut random);
            let mut value = || hard + 0.5 * normal(&mut random);
            (value(), value() + 0.4)
        })
        .unzip();
    let (worse, better) = (mean(worse), mean(better));
    let test = compare(&worse, &better, &resampling(1000, 2000));
    assert!(test.randomization_p.is_some_and(|p| p < 0.001), "{test:?}");
    assert!(test.bootstrap_p.is_some_and(|p| p < 0.001), "{test:?}");
    assert!(test.p_worse.is_some_and(|p| p < 0.001), "{test:?}");
    assert!(test.difference.high < Some(0.0), "{test:?}");
    let back = compare(&better, &worse, &resampling(1000, 2000));
    assert!(back.p_worse.is_some_and(|p| p > 0.999), "{back:?}");
    let direction = |direction| {
        let with = |figure: &Figure| Figure {
            direction,
            ..figure.clone()
        };
        compare(&with(&worse), &with(&better), &resampling(0, 2000)).p_worse
    };
    assert!(direction(Direction::Lower).is_some_and(|p| p > 0.999));
    assert_eq!(direction(Direction::Neutral), None);
}

#[test]
fn equal_systems_do_not_differ() {
    let (a, _) = listed();
    let test = compare(&a, &a, &resampling(200, 200));
    assert_eq!(test.difference.value, Some(0.0));
    assert_eq!(
        (test.difference.low, test.difference.high),
        (Some(0.0), Some(0.0))
    );
    let all = [test.bootstrap_p, test.randomization_p, test.p_worse];
    assert_eq!(all, [Some(1.0); 3]);
    // The same values on other articles: no difference, whatever is exchanged.
    let turned = Figure {
        rows: a.rows.iter().rev().cloned().collect(),
        ..a.clone()
    };
    let test = compare(&a, &turned, &resampling(0, 200));
    assert_eq!(test.randomization_p, Some(1.0));
}

#[test]
fn what_is_undefined_has_no_interval() {
    let parts = |defined: usize| {
        let figure = Figure::mean(
            "few",
            Direction::Higher,
            (0..100).map(|article| (article < defined).then_some(1.0)),
        );
        estimate(&figure, &resampling(1000, 0))
    };
    assert_eq!(parts(0), Estimate::default());
    // One article in a hundred is missing from a resample with probability 0.99^100 = 37 %, ten from 0.9^100.
    let estimate_of_one = parts(1);
    assert_eq!(
        (estimate_of_one.value, estimate_of_one.low),
        (Some(1.0), None)
    );
    assert_eq!(parts(10).low, Some(1.0));
    // Four are missing from 1.7 % of the resamples, which are left out.
    assert_eq!(parts(4).low, Some(1.0));

    assert_eq!(
        estimate(&mean([]), &Resampling::default()),
        Estimate::default()
    );
    let (a, _) = listed();
    for other in [mean([1.0; 39]), mean([])] {
        let test = compare(&a, &other, &resampling(100, 100));
        assert_eq!((test.difference.value, test.randomization_p), (None, None));
    }
    assert_eq!(estimate(&a, &resampling(0, 0)).low, None);
}

#[test]
fn the_seed_decides_and_nothing_else() {
    let (a, b) = listed();
    let first = compare(&a, &b, &resampling(500, 500));
    assert_eq!(first, compare(&a, &b, &resampling(500, 500)));
    let other = Resampling {
        seed: 5,
        ..resampling(500, 500)
    };
    assert_ne!(first, compare(&a, &b, &other));
    // On the same articles every figure sees the same resamples: doubled values have the doubled interval.
    let doubled = mean(a.rows.iter().map(|row| 2.0 * row[0]));
    let (once, twice) = (
        estimate(&a, &resampling(500, 0)),
        estimate(&doubled, &resampling(500, 0)),
    );
    assert_near(twice.low, 2.0 * once.low.expect("an interval"), 1e-12);
    assert_near(twice.high, 2.0 * once.high.expect("an interval"), 1e-12);
}

#[test]
fn a_formula_that_is_no_mean_is_made_again_from_rows() {
    // F1 of counts (true positives, false positives, false negatives), undefined without positives.
    let f1 = |rows: Vec<Vec<f64>>| Figure {
        name: "f1".to_owned(),
        direction: Direction::Higher,
        parameters: String::new(),
        rows,
        formula: Arc::new(|rows| {
            let sum = |column: usize| rows.iter().map(|row| row[column]).sum::<f64>();
            let whole = 2.0 * sum(0) + sum(1) + sum(2);
            (whole > 0.0).then(|| 2.0 * sum(0) / whole)
        }),
    };
    let row = |right: bool| match right {
        true => vec![1.0, 0.0, 0.0],
        false => vec![0.0, 1.0, 1.0],
    };
    let a = f1((0..60).map(|at| row(at % 4 != 0)).collect());
    let b = f1((0..60).map(|at| row(at % 4 != 0 && at % 3 != 0)).collect());
    let test = compare(&a, &b, &resampling(1000, 2000));
    // b errs on 15 articles more and is right on none that a is not: the chance is 2^-14.
    assert_near(test.difference.value, 0.25, 1e-12);
    assert!(test.randomization_p.is_some_and(|p| p < 0.002), "{test:?}");
    assert!(test.p_worse.is_some_and(|p| p > 0.998), "{test:?}");
}
