//! What a score was measured with, in one line that can be quoted beside the number.
//!
//! Owns [`Signature`], and what of it must agree before two numbers may be held against each other ([`comparable`]).
//! The form is that of sacreBLEU (Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018,
//! <https://aclanthology.org/W18-6319/>): `key:value` pairs in a fixed order, joined by `|`, what is not known left
//! out, the program's version last.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::report::Resampling;

/// All that changes a score and is not in the score itself.
///
/// Known before anything is scored: it is made from the configuration. In JSON it is an object; its line can be read
/// back.
///
/// ```
/// use depeche_eval::Signature;
///
/// let signature = Signature {
///     metric: "chrf".to_owned(),
///     parameters: "nc:6|nw:0|beta:2".to_owned(),
///     task: "abstracts".to_owned(),
///     task_version: 1,
///     data: "sha256:0a1b2c3d4e5f".to_owned(),
///     n: 240,
///     system: "depeche".to_owned(),
///     model: Some("gemma-3-270m@sha256:1571fc982750".to_owned()),
///     resampling: None,
///     version: "0.1.0".to_owned(),
/// };
/// let line = "chrf|nc:6|nw:0|beta:2|task:abstracts|task-version:1|data:sha256:0a1b2c3d4e5f|n:240|system:depeche\
///             |model:gemma-3-270m@sha256:1571fc982750|version:0.1.0";
/// assert_eq!(signature.to_string(), line);
/// assert_eq!(line.parse::<Signature>()?, signature);
/// # Ok::<(), depeche_eval::signature::NotASignature>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// What was computed: the figure's name, for example `core-macro-f1`.
    pub metric: String,
    /// Parameters of the metric, themselves `key:value` pairs joined by `|`, as in
    /// [`Figure::parameters`](crate::Figure::parameters); empty if there are none. They stand after the metric.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub parameters: String,
    /// The task's name.
    pub task: String,
    /// The task's version: raised whenever its data or its rules change.
    pub task_version: u32,
    /// `sha256:` and the first 12 hex digits of the hash of the gold articles.
    pub data: String,
    /// How many articles were scored.
    pub n: usize,
    /// Name of the system that predicted.
    pub system: String,
    /// Name and weight hash of the model that predicted, if it is known; left out of the line otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How the interval was made; `None` (left out of the line) for a number without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resampling: Option<Resampling>,
    /// Version of the program that scored; see [`Signature::VERSION`].
    pub version: String,
}

impl Signature {
    /// The version of this crate, for [`Signature::version`].
    pub const VERSION: &'static str = env!("CARGO_PKG_VERSION");
}

/// Whether two numbers measure the same thing, so that one may be called better than the other.
///
/// Metric, parameters, task, task version, data, number of articles and the scoring program's version must agree. What
/// predicted (system, model) may differ, and so may the resampling, which makes the interval and not the number.
///
/// # Errors
/// Each difference in words, in the order of the line: `task version 1 against 2`.
///
/// ```
/// use depeche_eval::signature::{Signature, comparable};
///
/// let a: Signature = "f1|task:t|task-version:1|data:sha256:0a|n:9|system:x|version:0.1.0".parse()?;
/// let b = Signature { system: "y".to_owned(), ..a.clone() };
/// assert_eq!(comparable(&a, &b), Ok(()));
/// let c = Signature { task_version: 2, n: 10, ..b };
/// assert_eq!(comparable(&a, &c), Err(vec!["task version 1 against 2".to_owned(), "9 articles against 10".to_owned()]));
/// # Ok::<(), depeche_eval::signature::NotASignature>(())
/// ```
pub fn comparable(a: &Signature, b: &Signature) -> Result<(), Vec<String>> {
    let parameters = |signature: &Signature| match signature.parameters.as_str() {
        "" => "none".to_owned(),
        some => some.to_owned(),
    };
    let mut reasons = Vec::new();
    let mut unequal = |what: &str, a: &str, b: &str| {
        if a != b {
            reasons.push(format!("{what} {a} against {b}"));
        }
    };
    unequal("metric", &a.metric, &b.metric);
    unequal("parameters", &parameters(a), &parameters(b));
    unequal("task", &a.task, &b.task);
    let (old, new) = (a.task_version.to_string(), b.task_version.to_string());
    unequal("task version", &old, &new);
    unequal("data", &a.data, &b.data);
    if a.n != b.n {
        reasons.push(format!("{} articles against {}", a.n, b.n));
    }
    if a.version != b.version {
        reasons.push(format!(
            "scored by version {} against {}",
            a.version, b.version
        ));
    }
    match reasons.is_empty() {
        true => Ok(()),
        false => Err(reasons),
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", plain(&self.metric))?;
        if !self.parameters.is_empty() {
            let parts = self.parameters.split('|').map(plain);
            write!(f, "|{}", parts.collect::<Vec<_>>().join("|"))?;
        }
        write!(
            f,
            "|task:{}|task-version:{}|data:{}|n:{}|system:{}",
            plain(&self.task),
            self.task_version,
            plain(&self.data),
            self.n,
            plain(&self.system),
        )?;
        if let Some(model) = &self.model {
            write!(f, "|model:{}", plain(model))?;
        }
        if let Some(Resampling {
            bootstrap,
            randomization,
            seed,
        }) = self.resampling
        {
            write!(
                f,
                "|bootstrap:{bootstrap}|randomization:{randomization}|seed:{seed}"
            )?;
        }
        write!(f, "|version:{}", plain(&self.version))
    }
}

/// Keeps a value from breaking the line: `|` and white space become `_`.
fn plain(value: &str) -> String {
    value.replace(|c: char| c == '|' || c.is_whitespace(), "_")
}

/// Why a line is not a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{line:?} is not a signature: {fault}; a signature has the form METRIC|…|task:…|task-version:…|…|version:…"
)]
pub struct NotASignature {
    /// The line.
    line: String,
    /// What is wrong with it.
    fault: String,
}

impl FromStr for Signature {
    type Err = NotASignature;

    fn from_str(line: &str) -> Result<Signature, NotASignature> {
        read_line(line).map_err(|fault| NotASignature {
            line: line.to_owned(),
            fault,
        })
    }
}

/// Reads from the end: there all keys are known, so that whatever is left after the metric is parameters, even if one
/// of them is called like a key.
fn read_line(line: &str) -> Result<Signature, String> {
    let mut parts: Vec<&str> = line.split('|').collect();
    let version = last(&mut parts, "version")?.to_owned();
    let resampling = match last(&mut parts, "seed") {
        Err(_) => None,
        Ok(seed) => Some(Resampling {
            seed: number("seed", seed)?,
            randomization: number("randomization", last(&mut parts, "randomization")?)?,
            bootstrap: number("bootstrap", last(&mut parts, "bootstrap")?)?,
        }),
    };
    let model = last(&mut parts, "model").ok().map(str::to_owned);
    let system = last(&mut parts, "system")?.to_owned();
    let n = number("n", last(&mut parts, "n")?)?;
    let data = last(&mut parts, "data")?.to_owned();
    let task_version = number("task-version", last(&mut parts, "task-version")?)?;
    let task = last(&mut parts, "task")?.to_owned();
    let (metric, parameters) = parts.split_first().ok_or("it names no metric")?;
    Ok(Signature {
        metric: (*metric).to_owned(),
        parameters: parameters.join("|"),
        task,
        task_version,
        data,
        n,
        system,
        model,
        resampling,
        version,
    })
}

/// Takes off the last part if it has this key, and gives its value.
fn last<'a>(parts: &mut Vec<&'a str>, key: &str) -> Result<&'a str, String> {
    let value = parts
        .last()
        .and_then(|part| part.strip_prefix(key)?.strip_prefix(':'))
        .ok_or_else(|| format!("{key:?} is missing or not in its place"))?;
    parts.pop();
    Ok(value)
}

fn number<T: FromStr>(key: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("{key:?} is {value:?} and must be a whole number"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn signature() -> Signature {
        Signature {
            metric: "micro-f1".to_owned(),
            parameters: String::new(),
            task: "t".to_owned(),
            task_version: 2,
            data: "sha256:0a".to_owned(),
            n: 0,
            system: "s".to_owned(),
            model: None,
            resampling: None,
            version: "0.1.0".to_owned(),
        }
    }

    /// Signatures that differ from [`signature`] in one field each, and whether they may be compared with it.
    fn changed() -> Vec<(Signature, bool)> {
        let base = signature;
        let text = |value: &str| value.to_owned();
        #[rustfmt::skip]
        let changed = vec![
            (Signature { metric: text("macro-f1"), ..base() }, false),
            (Signature { parameters: text("beta:2"), ..base() }, false),
            (Signature { task: text("u"), ..base() }, false),
            (Signature { task_version: 3, ..base() }, false),
            (Signature { data: text("sha256:0b"), ..base() }, false),
            (Signature { n: 1, ..base() }, false),
            (Signature { system: text("r"), ..base() }, true),
            (Signature { model: Some(text("m")), ..base() }, true),
            (Signature { resampling: Some(Resampling::default()), ..base() }, true),
            (Signature { version: text("9.9.9"), ..base() }, false),
        ];
        changed
    }

    #[test]
    fn table() {
        let cases = [
            (
                signature(),
                "micro-f1|task:t|task-version:2|data:sha256:0a|n:0|system:s|version:0.1.0",
            ),
            (
                Signature {
                    model: Some("m@x:y".to_owned()),
                    resampling: Some(Resampling {
                        bootstrap: 1,
                        randomization: 2,
                        seed: 3,
                    }),
                    ..signature()
                },
                "micro-f1|task:t|task-version:2|data:sha256:0a|n:0|system:s|model:m@x:y\
                 |bootstrap:1|randomization:2|seed:3|version:0.1.0",
            ),
            (
                Signature {
                    task: "a|b c".to_owned(),
                    parameters: "k: 1|l:2".to_owned(),
                    model: Some("m\nn".to_owned()),
                    ..signature()
                },
                "micro-f1|k:_1|l:2|task:a_b_c|task-version:2|data:sha256:0a|n:0|system:s|model:m_n|version:0.1.0",
            ),
        ];
        for (signature, expected) in cases {
            assert_eq!(signature.to_string(), expected);
        }
    }

    #[test]
    fn every_field_changes_the_line_and_those_that_matter_forbid_to_compare() {
        let base = signature();
        assert_eq!(comparable(&base, &base), Ok(()));
        for (other, allowed) in changed() {
            assert_ne!(other.to_string(), base.to_string(), "{other:?}");
            let reasons = comparable(&base, &other).err().unwrap_or_default();
            assert_eq!(reasons.len(), usize::from(!allowed), "{reasons:?}");
        }
        let beta = Signature {
            parameters: "beta:2".to_owned(),
            version: "9.9.9".to_owned(),
            ..signature()
        };
        assert_eq!(
            comparable(&base, &beta),
            Err(vec![
                "parameters none against beta:2".to_owned(),
                "scored by version 0.1.0 against 9.9.9".to_owned()
            ])
        );
    }

    #[test]
    fn what_is_not_a_signature_is_refused_with_the_reason() {
        let good = signature().to_string();
        let cases = [
            (String::new(), "\"version\" is missing"),
            (good.replace("|n:0", ""), "\"n\" is missing"),
            (good.replace("n:0", "n:many"), "\"n\" is \"many\""),
            (
                good.replace("|version", "|seed:1|version"),
                "\"randomization\" is missing",
            ),
            (good.replace("micro-f1|", ""), "it names no metric"),
        ];
        for (line, fault) in cases {
            let error = line.parse::<Signature>().expect_err(&line).to_string();
            assert!(error.contains(fault), "{error}");
        }
    }

    prop_compose! {
        /// Any signature; values without what a line cannot hold, parameters with anything, even `task:x`.
        fn any_signature()(
            texts in prop::collection::vec("[^|\\s]{0,12}", 5),
            parameters in prop::collection::vec("(task|model|seed|version|k):[^|\\s]{0,5}", 0..4),
            (task_version, n) in any::<(u32, usize)>(),
            model in prop::option::of("[^|\\s]{0,12}"),
            resampling in prop::option::of(any::<(usize, usize, u64)>()),
        ) -> Signature {
            let [metric, task, data, system, version] = texts.try_into().expect("five texts");
            Signature {
                metric,
                parameters: parameters.join("|"),
                task,
                task_version,
                data,
                n,
                system,
                model,
                resampling: resampling.map(|(bootstrap, randomization, seed)| Resampling {
                    bootstrap,
                    randomization,
                    seed,
                }),
                version,
            }
        }
    }

    proptest! {
        #[test]
        fn line_and_json_are_read_back(signature in any_signature()) {
            prop_assert_eq!(&signature.to_string().parse::<Signature>(), &Ok(signature.clone()));
            let json = serde_json::to_string(&signature).expect("plain data");
            prop_assert_eq!(serde_json::from_str::<Signature>(&json).expect("its own form"), signature);
        }

        #[test]
        fn any_text_makes_one_line(text in "\\PC{0,20}", parameters in any::<String>()) {
            let signature = Signature { metric: text.clone(), parameters, model: Some(text), ..signature() };
            let line = signature.to_string();
            prop_assert!(!line.contains(char::is_whitespace));
            prop_assert_eq!(line.parse::<Signature>().expect("its own line").to_string(), line);
        }
    }
}
