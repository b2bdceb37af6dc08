//! What a topic of one's own is worth: each topic in turn is left out of training and then met as a new one.
//!
//! Owns the measurement only; the head is that of `train_with`, `Head::untrained` and `Head::with_topic`, as a user has
//! them.

use super::folds::lot;
use super::{Article, Background, Example, Prototypes, Settings, TrainError, train_with};
use crate::record::Decision;
use ndarray::Array2;

/// Articles that a new topic is learnt from: with it, without it.
pub const FEW: (usize, usize) = (8, 24);
/// How often they are drawn anew.
const DRAWS: u64 = 3;

/// F1 of a topic that was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// The topic.
    pub name: String,
    /// Of all examples, from prototypes and cues alone.
    pub zero_shot: f64,
    /// The same without the examples that were drawn to learn from: to compare with `few_shot`. Mean of the draws.
    pub zero_shot_on_rest: f64,
    /// After learning from [`FEW`] examples, of the others. Mean of the draws.
    pub few_shot: f64,
}

/// Leaves out each topic of the examples in turn.
///
/// # Errors
/// As [`train_with`]; a topic has fewer examples than [`FEW`].
pub fn leave_topics_out(
    names: &[String],
    examples: &[Example],
    background: &[Background],
    prototypes: &Prototypes,
    settings: &Settings,
) -> Result<Vec<LeftOut>, TrainError> {
    (0..names.len())
        .map(|topic| leave_out(topic, names, examples, background, prototypes, settings))
        .collect()
}

fn leave_out(
    topic: usize,
    names: &[String],
    examples: &[Example],
    background: &[Background],
    prototypes: &Prototypes,
    settings: &Settings,
) -> Result<LeftOut, TrainError> {
    let others = without(names, topic);
    let known: Vec<Example> = examples
        .iter()
        .map(|example| Example {
            id: example.id.clone(),
            article: with_cues(&example.article, |row| without(row, topic)),
            topics: without(&example.topics, topic),
        })
        .collect();
    let background: Vec<Background> = background
        .iter()
        .map(|article| Background {
            vectors: article.vectors.clone(),
            lacks: without(&article.lacks, topic),
        })
        .collect();
    let other_prototypes = Prototypes {
        topics: without(&prototypes.topics, topic),
        generic: prototypes.generic.clone(),
    };
    let head = train_with(&others, &known, &background, &other_prototypes, settings)?;
    let own: Vec<Example> = examples
        .iter()
        .map(|example| Example {
            id: example.id.clone(),
            article: with_cues(&example.article, |row| vec![row[topic]]),
            topics: vec![example.topics[topic]],
        })
        .collect();
    let prototypes: &Array2<f32> = &prototypes.topics[topic];
    let untrained = head.untrained(&names[topic], prototypes);
    let gold: Vec<bool> = own.iter().map(|example| example.topics[0]).collect();
    let zero_shot: Vec<bool> = own
        .iter()
        .map(|example| untrained.score(&example.article).decision == Decision::Assigned)
        .collect();

    let (mut on_rest, mut few_shot) = (0.0, 0.0);
    for draw in 0..DRAWS {
        let drawn = draw_few(&own, settings.seed.wrapping_add(draw));
        let few: Vec<Example> = drawn.iter().map(|at| own[*at].clone()).collect();
        let extended = head.with_topic(&names[topic], prototypes, &few)?;
        let rest: Vec<usize> = (0..own.len()).filter(|at| !drawn.contains(at)).collect();
        let learnt = rest.iter().map(|at| {
            // The new topic's cues come last, as its verdict does.
            let article = with_cues(&examples[*at].article, |row| {
                [without(row, topic), vec![row[topic]]].concat()
            });
            extended.score(&article)[others.len()].decision == Decision::Assigned
        });
        few_shot += f1(learnt.zip(rest.iter().map(|at| gold[*at])));
        on_rest += f1(rest.iter().map(|at| (zero_shot[*at], gold[*at])));
    }
    Ok(LeftOut {
        name: names[topic].clone(),
        zero_shot: f1(zero_shot.iter().copied().zip(gold.iter().copied())),
        zero_shot_on_rest: on_rest / DRAWS as f64,
        few_shot: few_shot / DRAWS as f64,
    })
}

/// Places of examples to learn from: so many with the topic and without it, drawn by their ids.
fn draw_few(examples: &[Example], seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..examples.len()).collect();
    order.sort_by_cached_key(|at| lot(seed, "few", &examples[*at].id));
    let take = |has: bool, count: usize| {
        let chosen = order
            .iter()
            .filter(move |at| examples[**at].topics[0] == has);
        chosen.take(count).copied().collect::<Vec<_>>()
    };
    [take(true, FEW.0), take(false, FEW.1)].concat()
}

/// All values but one.
fn without<T: Clone>(values: &[T], left_out: usize) -> Vec<T> {
    let kept = values.iter().enumerate().filter(|(at, _)| *at != left_out);
    kept.map(|(_, value)| value.clone()).collect()
}

/// The article with other columns of cues.
fn with_cues(article: &Article, columns: impl Fn(&[super::Cue]) -> Vec<super::Cue>) -> Article {
    Article {
        vectors: article.vectors.clone(),
        clause_of: article.clause_of.clone(),
        has_title: article.has_title,
        cues: article.cues.iter().map(|row| columns(row)).collect(),
    }
}

/// F1 of (assigned, gold); 0 where nothing is right.
fn f1(decisions: impl Iterator<Item = (bool, bool)>) -> f64 {
    let (mut both, mut either) = (0.0, 0.0);
    for (assigned, gold) in decisions {
        both += f64::from(u8::from(assigned && gold)) * 2.0;
        either += f64::from(u8::from(assigned) + u8::from(gold));
    }
    match either {
        0.0 => 0.0,
        _ => both / either,
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up::bare;
    use super::*;

    #[test]
    fn f1_is_the_harmonic_mean_of_precision_and_recall() {
        let decisions = [(true, true), (true, false), (false, true), (false, false)];
        assert_eq!(f1(decisions.into_iter()), 0.5);
        assert_eq!(f1([(false, false)].into_iter()), 0.0);
    }

    #[test]
    fn the_few_are_drawn_by_id_not_by_place() {
        let mut examples: Vec<Example> = (0..60)
            .map(|at| bare(format!("article {at}"), vec![at % 3 == 0]))
            .collect();
        let ids = |examples: &[Example], drawn: Vec<usize>| -> std::collections::BTreeSet<String> {
            drawn
                .into_iter()
                .map(|at| examples[at].id.clone())
                .collect()
        };
        let drawn = draw_few(&examples, 1);
        assert_eq!(drawn.len(), FEW.0 + FEW.1);
        let positives = drawn.iter().filter(|at| examples[**at].topics[0]).count();
        assert_eq!(positives, FEW.0);
        let first = ids(&examples, drawn);
        assert_ne!(
            first,
            ids(&examples, draw_few(&examples, 2)),
            "another seed"
        );
        examples.reverse();
        assert_eq!(first, ids(&examples, draw_few(&examples, 1)));
    }
}
