//! What did not fit together, in words.

use crate::align::Alignment;

/// The lists of an alignment that are not empty, each with what it means.
pub(crate) fn gaps(alignment: &Alignment) -> Vec<(&'static str, &[String])> {
    let all: [(&str, &[String]); 6] = [
        (
            "no prediction; scored as nothing assigned and nothing written",
            &alignment.missing,
        ),
        (
            "prediction without what is scored; treated as missing",
            &alignment.empty,
        ),
        (
            "prediction for an article that is not in gold; not scored",
            &alignment.unknown,
        ),
        (
            "id that occurs more than once; the first one is scored",
            &alignment.duplicate,
        ),
        (
            "topic that some prediction does not list; not assigned there",
            &alignment.unlisted_topics,
        ),
        (
            "topic in gold that is not scored",
            &alignment.unscored_topics,
        ),
    ];
    all.into_iter().filter(|(_, ids)| !ids.is_empty()).collect()
}
