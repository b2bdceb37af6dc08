//! Intervals and significance by resampling articles.
//!
//! Owns what turns a [`Figure`](crate::Figure) into an interval ([`estimate()`]), two of them into a difference with
//! p-values ([`compare()`]), decisions into McNemar's test ([`mcnemar()`]), and p-values into p-values that may be read
//! side by side ([`holm()`]). It knows no metric: figures are made again from their rows.
//!
//! The resamples depend on the seed and on the number of articles, on nothing else: every figure of a task sees the
//! same ones, so intervals of two systems may be compared, and the numbers are the same on every machine. All of it
//! runs on one thread.
//!
//! Where a resample leaves a figure undefined (a topic without articles), it is left out; if more than 5 % of the
//! resamples are undefined, there is no interval and no p-value, because what is left no longer stands for all.

mod compare;
mod estimate;
mod holm;
mod mcnemar;
mod resample;

pub use compare::{Difference, compare};
pub use estimate::estimate;
pub use holm::holm;
pub use mcnemar::mcnemar;

use crate::report::Resampling;

impl Default for Resampling {
    /// 1000 bootstrap samples and 10 000 exchanges, the numbers that sacreBLEU takes (Post, WMT 2018; its
    /// `PairedTest` of version 2).
    ///
    /// ```
    /// # use depeche_eval::report::Resampling;
    /// assert_eq!(Resampling::default().bootstrap, 1000);
    /// ```
    fn default() -> Resampling {
        Resampling {
            bootstrap: 1000,
            randomization: 10_000,
            seed: 20_260_101,
        }
    }
}

/// Whether so many of the resamples are defined that they still stand for all: 95 % or more, and not none.
fn enough(defined: usize, all: usize) -> bool {
    defined > 0 && (all - defined) * 20 <= all
}
