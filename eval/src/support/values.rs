//! Quantities as values: what a numeral stands for, whatever the language that it is written in.
//!
//! Owns [`Quantity`], [`same_value`] and the ranges whose scale is said once ("2 to 3 billion").

/// A numeral of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quantity {
    /// As written, with its scale word.
    pub text: String,
    /// What it may stand for, the likeliest first; never empty.
    pub values: Vec<f64>,
    /// 1e6 of "3 million"; 1 without a scale word.
    pub scale: f64,
    /// Whether the text claims a quantity by it: "one of them", "both" and "the two sides" are counted as no claim.
    pub is_claim: bool,
    /// First token.
    pub first: usize,
    /// One past the last token.
    pub end: usize,
}

impl Quantity {
    /// Whether one of its values is one of these.
    pub fn is_among(&self, values: &[f64]) -> bool {
        self.values
            .iter()
            .any(|own| values.iter().any(|other| same_value(*own, *other)))
    }
}

/// Equal but for the rounding of floating-point products (0.1 billion is 100 million).
pub(super) fn same_value(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// Lets the first number of a range also be read with the scale of the second: in "2 to 3 billion" it is 2e9.
///
/// `joins` says whether the tokens between the two, given by their positions, make a range of them.
pub(super) fn share_scales(quantities: &mut [Quantity], joins: impl Fn(usize, usize) -> bool) {
    for at in (1..quantities.len()).rev() {
        let (before, after) = quantities.split_at_mut(at);
        let (Some(left), Some(right)) = (before.last_mut(), after.first()) else {
            continue;
        };
        if left.scale == 1.0 && right.scale > 1.0 && joins(left.end, right.first) {
            let scaled = left.values[0] * right.scale;
            left.values.push(scaled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_up_to_rounding() {
        assert!(same_value(0.1 * 1e9, 100_000_000.0));
        assert!(same_value(2.2 * 1e6, 2_200_000.0));
        assert!(same_value(0.0, 0.0));
        assert!(!same_value(1000.0, 1001.0));
        assert!(!same_value(1e12, 1e12 + 1e6));
    }
}
