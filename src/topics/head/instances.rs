//! An article as instances: its sentences, its pairs of neighbours and the clauses of long sentences, seen from the
//! centre of the training sentences.
//!
//! Owns [`Space`]: the centre and the prototypes, all in the form in which they are stored.

use super::{Article, Prototypes};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};

/// Where vectors are looked at from.
///
/// The encoder's cosines lie close together; seen from the mean of the training sentences they spread.
#[derive(Debug, Clone)]
pub(super) struct Space {
    /// Mean of the training sentences, `(dimension)`, as stored.
    pub centre: Array1<f32>,
    /// As given.
    pub prototypes: Prototypes,
    generic: Array2<f64>,     // (prototypes, dimension), centred unit rows
    topics: Vec<Array2<f64>>, // the same of each topic
}

/// An article's instances.
pub(super) struct Instances {
    /// Sentences, then each two neighbours together, then clauses; centred unit rows, `(instances, dimension)`.
    pub rows: Array2<f64>,
    /// How many of the rows are sentences.
    pub sentences: usize,
    /// Direction of the mean of the sentences, `(dimension)`.
    pub mean: Array1<f64>,
    generic: Array1<f64>, // best cosine to a generic prototype, of each instance
}

impl Space {
    /// The space of these articles' sentences.
    pub fn of<'a>(articles: impl Iterator<Item = &'a Article>, prototypes: &Prototypes) -> Self {
        let mut sum = Array1::<f64>::zeros(prototypes.generic.ncols());
        let mut count = 0.0;
        for article in articles {
            let sentences = article.vectors.slice(s![..article.sentences(), ..]);
            for row in sentences.rows() {
                sum.zip_mut_with(&row, |sum, value| *sum += f64::from(*value));
                count += 1.0;
            }
        }
        let centre = sum.mapv(|sum| (sum / f64::max(count, 1.0)) as f32);
        Self::new(centre, prototypes.clone())
    }

    /// The space with this centre.
    pub fn new(centre: Array1<f32>, prototypes: Prototypes) -> Self {
        let mut space = Self {
            centre,
            prototypes,
            generic: Array2::zeros((0, 0)),
            topics: Vec::new(),
        };
        space.generic = space.unit_rows(&space.prototypes.generic);
        space.topics = space
            .prototypes
            .topics
            .iter()
            .map(|rows| space.unit_rows(rows))
            .collect();
        space
    }

    /// Length of the vectors.
    pub fn dimension(&self) -> usize {
        self.centre.len()
    }

    /// Prototypes of no topic, centred unit rows.
    pub fn generic(&self) -> &Array2<f64> {
        &self.generic
    }

    /// Prototypes of each topic, centred unit rows.
    pub fn topics(&self) -> &[Array2<f64>] {
        &self.topics
    }

    /// These vectors seen from the centre, made unit.
    pub fn unit_rows(&self, vectors: &Array2<f32>) -> Array2<f64> {
        self.centred(vectors.mapv(f64::from))
    }

    fn centred(&self, mut rows: Array2<f64>) -> Array2<f64> {
        for mut row in rows.rows_mut() {
            row.zip_mut_with(&self.centre, |value, centre| *value -= f64::from(*centre));
        }
        unit(rows)
    }

    /// The instances of an article with at least one sentence, whose last rows are this many clauses.
    pub fn instances(&self, vectors: ArrayView2<f32>, clauses: usize) -> Instances {
        let (vectors, clauses) = vectors.split_at(Axis(0), vectors.nrows() - clauses);
        let raw = vectors.mapv(f64::from);
        let sentences = self.centred(raw.clone());
        let mean = unit(
            sentences
                .mean_axis(Axis(0))
                .expect("at least one sentence")
                .insert_axis(Axis(0)),
        )
        .remove_axis(Axis(0));
        let count = sentences.nrows();
        let pairs = unit(&raw.slice(s![..count - 1, ..]) + &raw.slice(s![1.., ..]));
        let rows = concatenate![
            Axis(0),
            sentences,
            self.centred(pairs),
            self.centred(clauses.mapv(f64::from))
        ];
        Instances {
            generic: best_cosines(rows.view(), &self.generic),
            sentences: count,
            rows,
            mean,
        }
    }
}

impl Instances {
    /// How much nearer each instance is to one of these prototypes than to a generic one; zeros without prototypes.
    pub fn margins(&self, prototypes: &Array2<f64>) -> Array1<f64> {
        match prototypes.nrows() {
            0 => Array1::zeros(self.rows.nrows()),
            _ => best_cosines(self.rows.view(), prototypes) - &self.generic,
        }
    }

    /// The rows that are sentences.
    pub fn sentence_rows(&self) -> ArrayView2<'_, f64> {
        self.rows.slice(s![..self.sentences, ..])
    }
}

/// For each row the best cosine to one of the prototypes; 0 without prototypes.
fn best_cosines(rows: ArrayView2<'_, f64>, prototypes: &Array2<f64>) -> Array1<f64> {
    if prototypes.nrows() == 0 {
        return Array1::zeros(rows.nrows());
    }
    let cosines = rows.dot(&prototypes.t());
    cosines.map_axis(Axis(1), |row| row.fold(f64::NEG_INFINITY, |a, b| a.max(*b)))
}

/// Rows divided by their length.
pub(super) fn unit(mut rows: Array2<f64>) -> Array2<f64> {
    for mut row in rows.rows_mut() {
        let length = row.dot(&row).sqrt().max(1e-9);
        row /= length;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn space() -> Space {
        let prototypes = Prototypes {
            topics: vec![array![[0.0, 1.0]], Array2::zeros((0, 2))],
            generic: array![[1.0, 0.0]],
        };
        Space::new(array![0.0, 0.0], prototypes)
    }

    #[test]
    fn sentences_come_before_pairs_of_neighbours() {
        let instances = space().instances(array![[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]].view(), 0);
        assert_eq!(instances.rows.dim(), (5, 2));
        assert_eq!(instances.sentence_rows().nrows(), 3);
        let pair = instances.rows.row(3);
        assert!((pair[0] - pair[1]).abs() < 1e-12, "{pair}");
        assert_eq!(instances.rows.row(4), array![0.0, 1.0]);
    }

    #[test]
    fn margins_set_a_topic_against_the_generic_sentences() {
        let space = space();
        let instances = space.instances(array![[1.0, 0.0], [0.0, 1.0]].view(), 0);
        let margins = instances.margins(&space.topics()[0]);
        assert!((margins[0] + 1.0).abs() < 1e-12 && (margins[1] - 1.0).abs() < 1e-12);
        assert_eq!(
            instances.margins(&space.topics()[1]),
            array![0.0, 0.0, 0.0],
            "no prototypes"
        );
    }

    #[test]
    fn clauses_come_last_and_do_not_move_the_mean() {
        let vectors = array![[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]];
        let instances = space().instances(vectors.view(), 1);
        assert_eq!(instances.sentences, 2);
        assert_eq!(
            instances.rows.dim(),
            (4, 2),
            "two sentences, a pair, a clause"
        );
        assert_eq!(instances.rows.row(3), array![0.0, 1.0]);
        assert_eq!(instances.mean, array![1.0, 0.0]);
    }

    #[test]
    fn one_sentence_has_no_pairs() {
        let instances = space().instances(array![[1.0, 0.0]].view(), 0);
        assert_eq!(instances.rows.dim(), (1, 2));
        assert_eq!(instances.mean, array![1.0, 0.0]);
    }
}
