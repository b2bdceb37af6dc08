//! How well probabilities rank articles: average precision, area under the ROC curve, precision-recall curve.
//!
//! Rows hold two columns a topic: gold (0 or 1) and probability. Definitions are scikit-learn's
//! (`average_precision_score`, `roc_auc_score`, `precision_recall_curve`), except that a topic which no article has (or,
//! for ROC, which all have) has no value instead of 0 with a warning.

/// (gold, probability) of one topic.
pub(super) fn column(rows: &[&[f64]], topic: usize) -> Vec<(bool, f64)> {
    let pair = |row: &&[f64]| (row[2 * topic] > 0.5, row[2 * topic + 1]);
    rows.iter().map(pair).collect()
}

/// The mean of a value over the topics that have one.
pub(super) fn mean(rows: &[&[f64]], value: fn(&mut [(bool, f64)]) -> Option<f64>) -> Option<f64> {
    let topics = rows.first().map_or(0, |row| row.len() / 2);
    let values: Vec<f64> = (0..topics)
        .filter_map(|topic| value(&mut column(rows, topic)))
        .collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Σ (Rₙ − Rₙ₋₁) Pₙ over falling thresholds; equal probabilities share one threshold. `None` without a positive.
///
/// Sorts `ranked`.
pub(super) fn average_precision(ranked: &mut [(bool, f64)]) -> Option<f64> {
    let positives = ranked.iter().filter(|(gold, _)| *gold).count() as f64;
    if positives == 0.0 {
        return None;
    }
    let mut sum = 0.0;
    let mut found_before = 0.0;
    for (found, taken, _) in steps(ranked) {
        sum += (found - found_before) / positives * (found / taken);
        found_before = found;
    }
    Some(sum)
}

/// The probability that a positive ranks above a negative, ties counting half (Hanley and McNeil, Radiology 143, 1982).
/// `None` without a positive or without a negative. Sorts `ranked`.
pub(super) fn roc_auc(ranked: &mut [(bool, f64)]) -> Option<f64> {
    let positives = ranked.iter().filter(|(gold, _)| *gold).count() as f64;
    let negatives = ranked.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let mut area = 0.0;
    let mut before = (0.0, 0.0);
    for (found, taken, _) in steps(ranked) {
        let wrong = taken - found;
        area += (wrong - before.1) * (found + before.0) / 2.0;
        before = (found, wrong);
    }
    Some(area / (positives * negatives))
}

/// (recall, precision) at each distinct threshold from the lowest to the highest, then (0, 1); empty without a positive.
/// Sorts `ranked`.
pub(super) fn curve(ranked: &mut [(bool, f64)]) -> Vec<(f64, f64)> {
    let positives = ranked.iter().filter(|(gold, _)| *gold).count() as f64;
    if positives == 0.0 {
        return Vec::new();
    }
    let steps = steps(ranked);
    let mut points: Vec<(f64, f64)> = steps
        .iter()
        .rev()
        .map(|(found, taken, _)| (found / positives, found / taken))
        .collect();
    points.push((0.0, 1.0));
    points
}

/// (positives found, articles taken, threshold) at each distinct threshold, falling.
fn steps(ranked: &mut [(bool, f64)]) -> Vec<(f64, f64, f64)> {
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut steps: Vec<(f64, f64, f64)> = Vec::new();
    let (mut found, mut taken) = (0.0, 0.0);
    for (gold, probability) in ranked.iter() {
        found += f64::from(u8::from(*gold));
        taken += 1.0;
        match steps.last_mut() {
            Some(last) if last.2 == *probability => *last = (found, taken, *probability),
            _ => steps.push((found, taken, *probability)),
        }
    }
    steps
}
