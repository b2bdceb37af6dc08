//! Why a head cannot be trained, read or written.

use std::path::PathBuf;

/// Why training could not be done.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// No topics or no examples.
    #[error("nothing to learn from: {topics} topics, {examples} examples; check --gold")]
    Nothing {
        /// Topics asked for.
        topics: usize,
        /// Examples given.
        examples: usize,
    },
    /// Two topics have one name, or the head has the topic already.
    #[error("topic {topic:?} is there already; give it another id or train all topics again")]
    Doubled {
        /// The topic.
        topic: String,
    },
    /// A topic has too few articles that have it.
    #[error(
        "topic {topic:?} has {found} examples and needs {needed}; label more articles or leave the topic untrained"
    )]
    TooFewPositives {
        /// The topic.
        topic: String,
        /// Examples with it.
        found: usize,
        /// How many it needs.
        needed: usize,
    },
    /// A topic has too few articles that do not have it.
    #[error(
        "topic {topic:?} has {found} examples without it and needs {needed}; label articles on other subjects"
    )]
    TooFewNegatives {
        /// The topic.
        topic: String,
        /// Examples without it.
        found: usize,
        /// How many it needs.
        needed: usize,
    },
    /// An example cannot be learnt from.
    #[error("example {id:?}: {problem}")]
    Example {
        /// The article's id.
        id: String,
        /// What is wrong with it and what to do.
        problem: String,
    },
    /// The prototypes do not belong to the topics or the examples.
    #[error("prototypes: {problem}; encode the taxonomy with the encoder of the examples")]
    Prototypes {
        /// What is wrong.
        problem: String,
    },
    /// A background article does not fit the examples.
    #[error(
        "background article {number} has no sentences, or other topics or vectors than the examples; leave it out or encode it again"
    )]
    Background {
        /// Its position, from 0.
        number: usize,
    },
    /// The head is one for exactly one topic an article.
    #[error(
        "this head gives each article exactly one topic and cannot take {topic:?} on; train it again with the new topic's articles"
    )]
    ExactlyOne {
        /// The topic that was to be added.
        topic: String,
    },
}

/// Why a head cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum HeadError {
    /// A file could not be read.
    #[error("cannot read {}; run `depeche train` or check --head", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {}; check that the folder is writable", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// `head.json` is not what this program writes.
    #[error("{} is not a topic head; run `depeche train` again", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, column and reason.
        #[source]
        source: serde_json::Error,
    },
    /// `head.safetensors` is torn or not in that format.
    #[error("{} is not a safetensors file; run `depeche train` again", path.display())]
    Tensors {
        /// The file.
        path: PathBuf,
        /// What was found.
        #[source]
        source: safetensors::SafeTensorError,
    },
    /// The two files do not agree with each other or with this program.
    #[error("{}: {problem}; run `depeche train` again", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What does not agree.
        problem: String,
    },
}
