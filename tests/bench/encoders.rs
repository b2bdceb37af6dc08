//! The encoders on whole articles: this crate's, and Candle's BERT in f32.

use super::{articles, model, peak_memory};
use anyhow::{Context, Result, bail, ensure};
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use depeche::cli::load;
use depeche::encoder::Encoder;
use depeche::registry::Role as ModelRole;
use std::time::Instant;

/// Articles a second by the encoder, whole articles.
pub fn encode(engine: &str, path: &str, count: usize) -> Result<serde_json::Value> {
    let texts: Vec<String> = articles(path)?
        .into_iter()
        .take(count)
        .map(|article| article.text)
        .collect();
    ensure!(
        texts.len() == count,
        "{path} has only {} articles",
        texts.len()
    );
    let model = model(ModelRole::Encoder)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let start;
    match engine {
        "depeche" => {
            let encoder = load::encoder(&model, load::Adaptation::None)?;
            encoder.encode(&texts[..1])?;
            start = Instant::now();
            encoder.encode(&texts)?;
        }
        "candle" => {
            let tokenizer = model
                .file("tokenizer.json")
                .context("the encoder has no tokenizer")?;
            let tokenizer =
                tokenizers::Tokenizer::from_file(tokenizer).map_err(anyhow::Error::msg)?;
            // Speed does not depend on the weights: those of the published model are packed in four bits.
            let config: Config = serde_json::from_value(serde_json::json!({
                "vocab_size": 250_037, "hidden_size": 384, "num_hidden_layers": 12, "num_attention_heads": 12,
                "intermediate_size": 1536, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
                "max_position_embeddings": 512, "type_vocab_size": 2, "initializer_range": 0.02,
                "layer_norm_eps": 1e-12, "pad_token_id": 0, "position_embedding_type": "absolute",
                "use_cache": true, "model_type": "bert",
            }))?;
            let bert = BertModel::load(VarBuilder::zeros(DType::F32, &Device::Cpu), &config)?;
            start = Instant::now();
            for text in &texts {
                let encoding = tokenizer
                    .encode(format!("query: {text}"), true)
                    .map_err(anyhow::Error::msg)?;
                for window in encoding.get_ids().chunks(512) {
                    let ids = Tensor::new(window, &Device::Cpu)?.unsqueeze(0)?;
                    let hidden = bert.forward(&ids, &ids.zeros_like()?, None)?;
                    hidden.mean(1)?.to_vec2::<f32>()?;
                }
            }
        }
        _ => bail!("unknown engine {engine:?}"),
    }
    let seconds = start.elapsed().as_secs_f64();
    Ok(
        serde_json::json!({"articles_per_second": count as f64 / seconds, "peak_bytes": peak_memory()}),
    )
}
