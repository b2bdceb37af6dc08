//! French sentences → the text that the generator is given: what it could get wrong stands in English already.
//!
//! Owns the order of the steps. Numbers first and dates second, because both read French; then the terms, whose forms
//! hold neither; names last, because the terms say which are English already. All sentences of an article go through
//! together: a day or a name of one sentence is what the next one leans on.

use super::dates::Calendar;
use super::translit::Names;
use super::{Glossary, numbers};
use crate::article::PublicationDate;

/// The sentences of an article, in their order, with numbers, dates, terms and names in English.
///
/// ```
/// use depeche::abstracts::{Glossary, in_english};
/// use depeche::article::PublicationDate;
///
/// let sentences = ["Guennadi Lapchine a signé le 6 mars 3.500 contrats.", "M. Lapchine est parti le même jour."];
/// let english = in_english(sentences, PublicationDate::parse("2020-03"), &Glossary::load(None).unwrap());
/// assert_eq!(english[0], "Gennady Lapshin a signé le 6 March 2020 3,500 contrats.");
/// assert_eq!(english[1], "M. Lapshin est parti on 6 March 2020.");
/// ```
pub fn in_english<'a>(
    sentences: impl IntoIterator<Item = &'a str>,
    published: Option<PublicationDate>,
    glossary: &Glossary,
) -> Vec<String> {
    let mut calendar = Calendar::new(published);
    let termed: Vec<String> = sentences
        .into_iter()
        .map(|sentence| glossary.apply(&calendar.in_english(&numbers::in_english(sentence))))
        .collect();
    let names = Names::of(&termed);
    termed
        .iter()
        .map(|sentence| names.in_english(sentence))
        .collect()
}
