//! Small made-up articles for tests: one axis a topic, one for talk of nothing, the rest noise.

use super::*;
use ndarray::Array1;

pub(super) const DIMENSION: usize = 12;
pub(super) const TOPICS: usize = 3;
pub(super) const SENTENCES: usize = 6;

/// Numbers in −1..1 that look random and are always the same.
pub(super) struct Noise(pub(super) u64);

impl Noise {
    fn next(&mut self) -> f32 {
        // Knuth's MMIX generator; the high bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    /// A unit vector near an axis.
    pub(super) fn near(&mut self, axis: usize) -> Array1<f32> {
        let mut vector = Array1::from_shape_fn(DIMENSION, |_| 0.25 * self.next());
        vector[axis] += 1.0;
        let length = vector.dot(&vector).sqrt();
        vector / length
    }

    pub(super) fn rows(&mut self, axes: &[usize]) -> Array2<f32> {
        let mut rows = Array2::zeros((axes.len(), DIMENSION));
        for (mut row, axis) in rows.rows_mut().into_iter().zip(axes) {
            row.assign(&self.near(*axis));
        }
        rows
    }
}

pub(super) fn names() -> Vec<String> {
    ["sea", "sky", "soil"].map(str::to_owned).to_vec()
}

/// Where an example's topic is planted.
pub(super) fn planted(number: usize, topic: usize) -> usize {
    (number + 2 * topic) % SENTENCES
}

pub(super) fn example(number: usize, topics: [bool; TOPICS]) -> Example {
    let mut noise = Noise(number as u64 + 1);
    let mut axes = [TOPICS; SENTENCES];
    let mut cues = vec![vec![Cue::default(); TOPICS]; SENTENCES];
    for topic in (0..TOPICS).filter(|topic| topics[*topic]) {
        axes[planted(number, topic)] = topic;
        cues[planted(number, topic)][topic].clean = number.is_multiple_of(2);
    }
    Example {
        id: format!("article-{number}"),
        article: Article {
            vectors: noise.rows(&axes),
            clause_of: Vec::new(),
            has_title: false,
            cues,
        },
        topics: topics.to_vec(),
    }
}

/// Articles with none, one or two topics.
pub(super) fn several() -> Vec<Example> {
    let kinds = [
        [false; TOPICS],
        [true, false, false],
        [false, true, false],
        [false, false, true],
        [true, false, true],
    ];
    (0..60)
        .map(|number| example(number, kinds[number % kinds.len()]))
        .collect()
}

/// An article of which only the id and the topics matter.
pub(super) fn bare(id: String, topics: Vec<bool>) -> Example {
    let article = Article {
        vectors: Array2::zeros((1, 2)),
        clause_of: Vec::new(),
        has_title: false,
        cues: Vec::new(),
    };
    Example {
        id,
        article,
        topics,
    }
}

/// Articles with exactly one topic, which half of their sentences speak of.
pub(super) fn single() -> Vec<Example> {
    (0..45).map(exclusive).collect()
}

pub(super) fn exclusive(number: usize) -> Example {
    let topic = number % TOPICS;
    let mut example = example(number, std::array::from_fn(|at| at == topic));
    let mut noise = Noise(number as u64 + 1000);
    for sentence in own_sentences(number).into_iter().skip(1) {
        let row = noise.near(topic);
        example.article.vectors.row_mut(sentence).assign(&row);
    }
    example
}

/// The sentences of such an article that speak of its topic.
pub(super) fn own_sentences(number: usize) -> [usize; 3] {
    [0, 1, 3].map(|by| (planted(number, number % TOPICS) + by) % SENTENCES)
}

pub(super) fn prototypes() -> Prototypes {
    let mut noise = Noise(99);
    Prototypes {
        topics: (0..TOPICS).map(|topic| noise.rows(&[topic; 4])).collect(),
        generic: noise.rows(&[TOPICS; 4]),
    }
}

pub(super) fn no_prototypes() -> Prototypes {
    Prototypes {
        topics: vec![Array2::zeros((0, 0)); TOPICS],
        generic: Array2::zeros((0, 0)),
    }
}
