//! What a score was measured with, in one line that can be quoted beside the number.
//!
//! Owns [`Signature`]. The form is that of sacreBLEU (Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018,
//! <https://aclanthology.org/W18-6319/>): `key:value` pairs in a fixed order, joined by `|`, the program's version last.

use std::fmt;

use serde::{Deserialize, Serialize};

/// All that changes a score and is not in the score itself.
///
/// Known before anything is scored: it is made from the configuration.
///
/// ```
/// use depeche_eval::Signature;
///
/// let signature = Signature {
///     metric: "macro-f1".to_owned(),
///     task: "topics-core".to_owned(),
///     task_version: 1,
///     n: 240,
///     model: Some("multilingual-e5-small-q4@sha256:1571fc982750".to_owned()),
///     version: "0.1.0".to_owned(),
/// };
/// assert_eq!(
///     signature.to_string(),
///     "macro-f1|task:topics-core|task-version:1|n:240|model:multilingual-e5-small-q4@sha256:1571fc982750|version:0.1.0",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// What was computed, for example `macro-f1`.
    pub metric: String,
    /// The task's name.
    pub task: String,
    /// The task's version: raised whenever its data or its rules change.
    pub task_version: u32,
    /// How many articles were scored.
    pub n: usize,
    /// Name and weight hash of the model that predicted, if it is known; left out of the line otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Version of the program that scored; see [`Signature::VERSION`].
    pub version: String,
}

impl Signature {
    /// The version of this crate, for [`Signature::version`].
    pub const VERSION: &'static str = env!("CARGO_PKG_VERSION");
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", plain(&self.metric))?;
        write!(
            f,
            "|task:{}|task-version:{}|n:{}",
            plain(&self.task),
            self.task_version,
            self.n
        )?;
        if let Some(model) = &self.model {
            write!(f, "|model:{}", plain(model))?;
        }
        write!(f, "|version:{}", plain(&self.version))
    }
}

/// Keeps a value from breaking the line: `|` and white space become `_`.
fn plain(value: &str) -> String {
    value.replace(|c: char| c == '|' || c.is_whitespace(), "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(task: &str, model: Option<&str>) -> Signature {
        Signature {
            metric: "micro-f1".to_owned(),
            task: task.to_owned(),
            task_version: 2,
            n: 0,
            model: model.map(str::to_owned),
            version: Signature::VERSION.to_owned(),
        }
    }

    #[test]
    fn table() {
        let version = Signature::VERSION;
        let cases = [
            (
                signature("t", None),
                format!("micro-f1|task:t|task-version:2|n:0|version:{version}"),
            ),
            (
                signature("t", Some("m@x:y")),
                format!("micro-f1|task:t|task-version:2|n:0|model:m@x:y|version:{version}"),
            ),
            (
                signature("a|b c", Some("m\nn")),
                format!("micro-f1|task:a_b_c|task-version:2|n:0|model:m_n|version:{version}"),
            ),
        ];
        for (signature, expected) in cases {
            assert_eq!(signature.to_string(), expected);
        }
    }

    #[test]
    fn every_field_changes_the_line() {
        let base = signature("t", Some("m"));
        let changed = [
            Signature {
                metric: "macro-f1".to_owned(),
                ..base.clone()
            },
            Signature {
                task: "u".to_owned(),
                ..base.clone()
            },
            Signature {
                task_version: 3,
                ..base.clone()
            },
            Signature {
                n: 1,
                ..base.clone()
            },
            Signature {
                model: None,
                ..base.clone()
            },
            Signature {
                version: "9.9.9".to_owned(),
                ..base.clone()
            },
        ];
        for other in changed {
            assert_ne!(other.to_string(), base.to_string(), "{other:?}");
        }
    }
}
