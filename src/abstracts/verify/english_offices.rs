//! English text → the offices in it, with country, field and holder.
//!
//! The English twin of `french_offices`: modifiers stand before the head (`Russian Deputy Defence Minister`),
//! complements behind it (`of Defence of Laos`), the name in apposition on either side.

use super::lexicon::{Kind, Mention};
use super::offices::{Head, Office, english_field};
use super::words::{Joint, Word, lists};
use std::ops::Range;

/// Words that may stand between a country and the head besides fields.
const MODIFIERS: &str = "deputy vice academy institute museum agency department embassy association ministry first permanent acting former new outgoing senior state affairs national public higher \
    and s general two s special communist the assistant development";
/// Words that may stand in a complement besides fields and countries.
const COMPLEMENT: &str =
    "of the and for affairs national public state development rural training higher";

/// Finds the offices; `mentions` are countries and bodies among `words`.
pub(super) fn find(words: &[Word], countries: &[Mention]) -> Vec<Office> {
    (0..words.len())
        .filter_map(|at| head(words, at).map(|(head, end)| office(words, countries, at, head, end)))
        .collect()
}

fn head(words: &[Word], at: usize) -> Option<(Head, usize)> {
    let word = |offset: usize| {
        words
            .get(at + offset)
            .map_or("", |word| word.folded.as_str())
    };
    let before = at
        .checked_sub(1)
        .map_or("", |before| words[before].folded.as_str());
    let single = |head| Some((head, at + 1));
    match word(0) {
        "minister" | "ministers" if before == "prime" => single(Head::PrimeMinister),
        "minister" | "ministers" => single(Head::Minister),
        "president" | "presidents" => single(Head::President),
        "chairman" | "chairwoman" | "chairperson" | "chairmen" => single(Head::Chair),

        "chair" if before == "vice" => single(Head::Chair),
        "ambassador" | "ambassadors" => single(Head::Ambassador),
        "secretary" if word(1) == "general" => Some((Head::SecretaryGeneral, at + 2)),
        "secretary" if before == "general" => single(Head::SecretaryGeneral),
        "secretary" | "secretaries" => single(Head::Secretary),
        "spokesman" | "spokeswoman" | "spokesperson" => single(Head::Spokesperson),
        "consul" | "consuls" => single(Head::Consul),
        "governor" => single(Head::Governor),
        "representative" | "representatives" => single(Head::Representative),
        "director" => single(Head::Director),
        "counterpart" | "counterparts" => single(Head::Counterpart),
        "head" | "heads" if word(1) == "of" && word(2) == "state" => {
            Some((Head::President, at + 3))
        }
        "head" | "heads" if word(1) == "of" && word(2) == "government" => {
            Some((Head::PrimeMinister, at + 3))
        }
        _ => None,
    }
}

fn office(words: &[Word], countries: &[Mention], at: usize, head: Head, head_end: usize) -> Office {
    let start = modifiers_start(words, countries, at);
    let end = complement_end(words, countries, head_end);
    let phrase = &words[start..at];
    let deputy = phrase
        .iter()
        .any(|word| matches!(word.folded.as_str(), "deputy" | "vice"));
    let mut fields: Vec<&'static str> = words[start..end]
        .iter()
        .filter_map(|word| english_field(&word.folded))
        .collect();
    fields.dedup();
    let of_phrase = |mention: &&Mention| {
        mention.words.start >= start
            && mention.words.end <= end
            && matches!(mention.kind, Kind::Name | Kind::Adjective)
    };
    let person =
        person_after(words, countries, end).or_else(|| person_before(words, countries, start));
    Office {
        words: start..end,
        head,
        deputy,
        plural: words[at].folded.ends_with('s') && !words[at].possessive,
        nations: countries
            .iter()
            .filter(of_phrase)
            .map(|mention| mention.id)
            .collect(),
        fields,
        person,
    }
}

fn modifiers_start(words: &[Word], countries: &[Mention], at: usize) -> usize {
    let mut start = at;
    while let Some(before) = start.checked_sub(1) {
        let word = &words[before];
        let joined = matches!(words[start].joint, Joint::Space | Joint::Tight);
        let country = countries
            .iter()
            .any(|mention| mention.words.contains(&before));
        let known = word.folded == "prime"
            || country
            || english_field(&word.folded).is_some()
            || lists(MODIFIERS, &word.folded);
        // "Vietnam and Russian Deputy Minister": the country before "and" is another phrase's.
        let crossed = word.folded == "and" && !fields_around(words, before);
        if !joined || !known || crossed || words[start].starts || at - before > 8 {
            break;
        }
        start = before;
    }
    start
}

fn fields_around(words: &[Word], and: usize) -> bool {
    let field = |at: Option<usize>| {
        at.and_then(|at| words.get(at))
            .is_some_and(|word| english_field(&word.folded).is_some())
    };
    field(and.checked_sub(1)) && (field(Some(and + 1)) || field(Some(and + 2)))
}

fn complement_end(words: &[Word], countries: &[Mention], from: usize) -> usize {
    if words.get(from).is_none_or(|word| {
        !matches!(word.folded.as_str(), "of" | "for") || word.joint != Joint::Space
    }) {
        return from;
    }
    let mut at = from;
    while let Some(word) = words.get(at) {
        let country = countries.iter().any(|mention| mention.words.contains(&at));
        let known =
            country || english_field(&word.folded).is_some() || lists(COMPLEMENT, &word.folded);
        let joined = matches!(word.joint, Joint::Space | Joint::Tight);
        if !known || !joined || head(words, at).is_some() {
            break;
        }
        at += 1;
    }
    // Links at the end belong to what follows.
    while at > from && matches!(words[at - 1].folded.as_str(), "of" | "the" | "and" | "for") {
        at -= 1;
    }
    at
}

fn person_after(words: &[Word], countries: &[Mention], end: usize) -> Option<Range<usize>> {
    let first = words.get(end)?;
    let joint = matches!(first.joint, Joint::Space | Joint::Comma) && !first.starts;
    let taken = |at: usize| countries.iter().any(|mention| mention.words.contains(&at));
    let mut last = end;
    while words.get(last).is_some_and(|word| {
        let joined = last == end || matches!(word.joint, Joint::Space | Joint::Tight);
        joined
            && word.capital
            && !taken(last)
            && english_field(&word.folded).is_none()
            && head(words, last).is_none()
    }) {
        last += 1;
        if words[last - 1].possessive {
            break;
        }
    }
    (joint && last > end).then_some(end..last)
}

fn person_before(words: &[Word], countries: &[Mention], start: usize) -> Option<Range<usize>> {
    if start == 0 || words.get(start)?.joint != Joint::Comma {
        return None;
    }
    let mut first = start;
    while first > 0
        && words[first - 1].capital
        && !countries
            .iter()
            .any(|mention| mention.words.contains(&(first - 1)))
    {
        first -= 1;
        if words[first].joint != Joint::Space {
            break;
        }
    }
    (first < start).then_some(first..start)
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::COUNTRIES;
    use super::super::words::words;
    use super::*;

    #[test]
    fn phrases_with_rank_country_field_and_holder() {
        let table: [(&str, Head, bool, &str, &str, &str); 7] = [
            (
                "Russian Deputy Emergencies Minister Ruslan Ermolinsky met",
                Head::Minister,
                true,
                "Russia",
                "emergencies",
                "ruslan ermolinsky",
            ),
            (
                "Vietnam's ambassador Khong Viet Ha said",
                Head::Ambassador,
                false,
                "Vietnam",
                "",
                "khong viet ha",
            ),
            (
                "the Deputy Minister of Defence of Laos, Kham, said",
                Head::Minister,
                true,
                "Laos",
                "defence",
                "kham",
            ),
            (
                "Vu Ngoc Tien, vice-chairman of the",
                Head::Chair,
                true,
                "",
                "",
                "vu ngoc tien",
            ),
            (
                "Vietnam and Russian Prime Minister Ivan",
                Head::PrimeMinister,
                false,
                "Russia",
                "",
                "ivan",
            ),
            (
                "the ASEAN Secretary-General said",
                Head::SecretaryGeneral,
                false,
                "",
                "",
                "",
            ),
            (
                "Deputy Minister of Education and Training Le Thu Trang",
                Head::Minister,
                true,
                "",
                "education",
                "le thu trang",
            ),
        ];
        for (text, head, deputy, nation, field, person) in table {
            let found_words = words(text);
            let countries = COUNTRIES.in_english(&found_words);
            let office = &find(&found_words, &countries)[0];
            let name = |range: &Range<usize>| {
                found_words[range.clone()]
                    .iter()
                    .map(|word| word.folded.clone())
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            assert_eq!((office.head, office.deputy), (head, deputy), "{text}");
            assert_eq!(
                office.nations.first().map_or("", |id| COUNTRIES.name(*id)),
                nation,
                "{text}"
            );
            assert_eq!(
                office.fields.first().copied().unwrap_or_default(),
                field,
                "{text}"
            );
            assert_eq!(
                office.person.as_ref().map(name).unwrap_or_default(),
                person,
                "{text}"
            );
        }
    }
}
