//! What a run of `depeche label` will work with: models, taxonomy, terms, settings.

use super::label::{LabelArgs, Task};
use super::load::{self, LoadedHead};
use crate::abstracts::{Glossary, Summariser};
use crate::encoder::Encoder;
use crate::pipeline::{Pipeline, Settings};
use crate::record::Provenance;
use crate::registry::{Role, Store};
use crate::topics::{Tagger, Taxonomy, Training};
use anyhow::Context;
use std::sync::Arc;

/// Everything that is known before a model is loaded, so that a wrong setting fails at once.
pub(super) struct Plan {
    store: Store,
    encoder: String,
    with_topics: bool,
    generator: Option<String>,
    taxonomy: Taxonomy,
    head: LoadedHead,
    topics: Vec<String>,
    glossary: Option<Glossary>,
    /// What shapes the records besides the models.
    pub settings: Settings,
    /// What will be stamped on the records.
    pub provenance: Provenance,
}

impl Plan {
    /// Chooses the models and reads the files that the flags name.
    pub fn new(args: &LabelArgs, quiet: bool) -> anyhow::Result<Self> {
        let store = args.store.open(quiet)?;
        let choose = |wanted: &Option<String>, role: Role| -> anyhow::Result<(String, String)> {
            let model = match wanted {
                Some(id) => store.registry().get(id)?,
                None => store.registry().default_model(role)?,
            };
            anyhow::ensure!(
                model.role == role,
                "model {:?} is of the role {}, not {role}; see `depeche models list`",
                model.id,
                model.role
            );
            let fingerprint = model.fingerprint().with_context(|| {
                format!("model {0:?} is not usable yet: its hash is not known; run `depeche models pin {0}`", model.id)
            })?;
            Ok((model.id.clone(), fingerprint))
        };
        // Abstracts need it, too: it says which of several attempts is most like the article.
        let (encoder, encoder_hash) = choose(&args.encoder, Role::Encoder)?;
        let with_topics = args.only != Some(Task::Abstracts);
        let generator = match args.only {
            Some(Task::Topics) => None,
            _ => Some(choose(&args.generator, Role::Generator)?),
        };
        let taxonomy = match &args.taxonomy {
            Some(path) => Taxonomy::from_file(path)?,
            None => Taxonomy::built_in(),
        };
        let head = load::head(args.head.as_deref(), &encoder_hash)?;
        let topics = match (&args.head, &args.taxonomy) {
            // A head of one's own says which topics there are, unless a taxonomy does.
            (Some(_), None) if with_topics => head.head.names().to_vec(),
            _ => taxonomy.ids().map(str::to_owned).collect(),
        };
        let glossary = match generator {
            Some(_) => Some(Glossary::load(args.terms.as_deref())?),
            None => None,
        };
        let settings = Settings {
            max_article_bytes: args.max_article_bytes,
            text_field: args.text_field.clone(),
            zero_shot: args.zero_shot && with_topics,
            abstracts: generator.as_ref().map(|_| args.summary_settings()),
            terms: glossary
                .as_ref()
                .map(|glossary| glossary.fingerprint().to_owned()),
        };
        let provenance = Provenance {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            encoder: Some(head.adaptation.fingerprint(&encoder_hash)),
            head: with_topics.then(|| head.fingerprint.clone()),
            generator: generator
                .as_ref()
                .map(|(_, fingerprint)| load::generator_fingerprint(fingerprint, !args.no_adapter)),
            taxonomy: taxonomy.fingerprint.clone(),
            settings: settings.fingerprint(),
            kernels: crate::kernels::detect().to_owned(),
        };
        Ok(Self {
            store,
            encoder,
            with_topics,
            generator: generator.map(|(id, _)| id),
            taxonomy,
            head,
            topics,
            glossary,
            settings,
            provenance,
        })
    }

    /// All that decides what the records will say: equal identities, equal records.
    pub fn identity(&self) -> serde_json::Value {
        let sources = |asked: bool, hash: &'static str| asked.then_some(hash);
        serde_json::json!({
            "sources": {
                "topics": sources(self.with_topics, env!("DEPECHE_TOPICS_SOURCES")),
                "abstracts": sources(self.generator.is_some(), env!("DEPECHE_ABSTRACTS_SOURCES")),
            },
            "provenance": self.provenance,
            "settings": self.settings,
        })
    }

    /// The topics, in the order of the taxonomy or of the head.
    pub fn topic_ids(&self) -> Vec<String> {
        self.topics.clone()
    }

    /// Fetches what is missing, then loads the models.
    pub fn load(self) -> anyhow::Result<Pipeline> {
        let model = self.store.ensure(&self.encoder)?;
        let generator = self.generator.as_deref().map(|id| self.store.ensure(id));
        let generator = generator.transpose()?;
        let adaptation = self.head.adaptation;
        let encoder: Arc<dyn Encoder> = Arc::new(load::encoder(&model, adaptation)?);
        let tagger = match self.with_topics {
            true => {
                let training = match self.settings.zero_shot {
                    true => Training::Ignored,
                    false => Training::Used,
                };
                Some(Tagger::new(
                    &self.topics,
                    &self.taxonomy,
                    self.head.head,
                    training,
                    Arc::clone(&encoder),
                )?)
            }
            false => None,
        };
        let summariser = match (generator, self.glossary, &self.settings.abstracts) {
            (Some(model), Some(glossary), Some(settings)) => {
                let generator = load::generator(&model, settings.adapted)?;
                let settings = settings.clone();
                let generator = Box::new(generator);
                Some(Summariser::new(generator, encoder, glossary, settings))
            }
            _ => None,
        };
        Ok(Pipeline::new(tagger, summariser, self.provenance))
    }
}
