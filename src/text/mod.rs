//! What a wire page says, without what it carries along: noise, sentences, language.
