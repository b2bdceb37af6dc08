//! Intervals and significance by resampling articles.
