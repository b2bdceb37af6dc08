//! Figures of an abstract against a reference and by its form: ROUGE, BLEU, chrF, length, novelty, language.
