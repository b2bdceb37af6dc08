//! Minimising a smooth function of many variables: L-BFGS of the crate argmin.
//!
//! Owns the bridge to argmin, which asks for the value and for the gradient of a point one after the other; ours come
//! out of one pass over the data, so the last point is remembered.

use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use std::cell::RefCell;

/// Pairs of steps and gradient differences kept (Nocedal & Wright 2006, section 7.2: 3 to 20).
const MEMORY: usize = 10;
/// The search ends when a step gains less than this share of the value at the start…
const VALUE_TOLERANCE: f64 = 1e-9;
/// …or when the gradient has shrunk to this share of the one at the start.
const GRADIENT_TOLERANCE: f64 = 1e-7;

/// A point with the function's value and gradient there.
#[derive(Clone)]
struct Evaluated {
    point: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

/// What argmin minimises: the function divided by the length of its gradient at the start.
///
/// argmin's first trial step is the whole gradient; divided so, that step has length one.
struct Problem<'a, F> {
    function: &'a F,
    scale: f64,
    last: RefCell<Option<Evaluated>>,
    best: &'a RefCell<Evaluated>,
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> Problem<'_, F> {
    fn at<T>(&self, point: &[f64], read: impl Fn(&Evaluated) -> T) -> T {
        let mut last = self.last.borrow_mut();
        let known = last.take().filter(|known| known.point == point);
        let known = known.unwrap_or_else(|| {
            let (value, gradient) = (self.function)(point);
            let new = Evaluated {
                point: point.to_vec(),
                value: value * self.scale,
                gradient: gradient.iter().map(|slope| slope * self.scale).collect(),
            };
            if new.value < self.best.borrow().value {
                self.best.replace(new.clone());
            }
            new
        });
        let found = read(&known);
        *last = Some(known);
        found
    }
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> CostFunction for Problem<'_, F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, point: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.at(point, |known| known.value))
    }
}

impl<F: Fn(&[f64]) -> (f64, Vec<f64>)> Gradient for Problem<'_, F> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, point: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.at(point, |known| known.gradient.clone()))
    }
}

/// The lowest point that at most `steps` steps from `start` reach. `function` gives value and gradient.
///
/// L-BFGS (Liu & Nocedal 1989) with the line search of Moré & Thuente (1994). Nothing in it is random. A line search
/// that finds no lower point ends the descent; the lowest point seen so far is the result.
pub(super) fn minimise(
    function: impl Fn(&[f64]) -> (f64, Vec<f64>),
    start: Vec<f64>,
    steps: u64,
) -> Vec<f64> {
    let (value, gradient) = function(&start);
    let slope = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
    if slope == 0.0 {
        return start;
    }
    let first = Evaluated {
        point: start.clone(),
        value: value / slope,
        gradient: gradient.iter().map(|g| g / slope).collect(),
    };
    let best = RefCell::new(first.clone());
    let problem = Problem {
        function: &function,
        scale: 1.0 / slope,
        last: RefCell::new(Some(first)),
        best: &best,
    };
    let solver = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY)
        .with_tolerance_grad(GRADIENT_TOLERANCE)
        .and_then(|solver| solver.with_tolerance_cost(VALUE_TOLERANCE * (value / slope).abs()))
        .expect("both tolerances are not negative");
    let run = Executor::new(problem, solver)
        .configure(|state| state.param(start).max_iters(steps))
        .timer(false)
        .run();
    match run {
        Ok(result) => tracing::trace!(steps = result.state().get_iter(), "descent ended"),
        Err(error) => tracing::debug!(%error, "descent ended early"),
    }
    best.into_inner().point
}

/// Largest difference between a function's gradient and central differences of its value, over the size of the
/// gradient, at a point.
#[cfg(test)]
pub(super) fn gradient_error(function: impl Fn(&[f64]) -> (f64, Vec<f64>), point: &[f64]) -> f64 {
    const STEP: f64 = 1e-5;
    let (_, gradient) = function(point);
    let size = gradient.iter().fold(1e-12_f64, |size, g| size.max(g.abs()));
    let moved = |at: usize, by: f64| {
        let mut point = point.to_vec();
        point[at] += by;
        function(&point).0
    };
    let error = |at: usize| (moved(at, STEP) - moved(at, -STEP)) / (2.0 * STEP) - gradient[at];
    (0..point.len()).fold(0.0, |worst, at| worst.max(error(at).abs() / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rosenbrock's valley: lowest at (1, 1).
    fn valley(point: &[f64]) -> (f64, Vec<f64>) {
        let (x, y) = (point[0], point[1]);
        let (a, b) = (1.0 - x, y - x * x);
        (
            a * a + 100.0 * b * b,
            vec![-2.0 * a - 400.0 * x * b, 200.0 * b],
        )
    }

    #[test]
    fn finds_the_lowest_point_of_a_bent_valley() {
        let found = minimise(valley, vec![-1.2, 1.0], 200);
        assert!(found.iter().all(|x| (x - 1.0).abs() < 1e-3), "{found:?}");
        assert_eq!(
            minimise(valley, vec![1.0, 1.0], 200),
            [1.0, 1.0],
            "already there"
        );
    }

    #[test]
    fn a_wrong_gradient_is_noticed() {
        assert!(gradient_error(valley, &[0.3, -0.7]) < 1e-6);
        let wrong = |point: &[f64]| (valley(point).0, vec![0.0, 0.0]);
        assert!(gradient_error(wrong, &[0.3, -0.7]) > 1.0);
    }
}
