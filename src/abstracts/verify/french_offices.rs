//! French text → the offices in it, with country, field and holder.
//!
//! Reads noun phrases by rule: head, rank before it, complements behind it, and the name that stands in
//! apposition. A phrase that it does not understand has no holder; nothing is guessed.

use super::lexicon::{Kind, Mention};
use super::offices::{Head, Office, french_field};
use super::words::{Joint, Word, lists};
use std::ops::Range;

/// Longest complement in words.
const LONGEST: usize = 14;
/// Words after which a name of the same phrase does not follow, since they want a complement.
const LINKS: &str = "de du des d l la le les et aux au a pour sur";
/// Words that end the phrase; what follows them is where the holder works.
const ENDS: &str =
    "en au aux a aupres chez avec que qui pour par lors dont dans est ont se s sur vers son";
/// Titles before a name.
const TITLES: &str = "m mme mlle me dr pr le la l general colonel lieutenant commandant amiral major professeur docteur \
    son camarade senior";

/// Finds the offices; `countries` are the mentions among `words`.
pub(super) fn find(words: &[Word], countries: &[Mention]) -> Vec<Office> {
    (0..words.len())
        .filter_map(|at| head(words, at).map(|(head, end)| office(words, countries, at, head, end)))
        .collect()
}

/// The head at `at` and the word past it.
fn head(words: &[Word], at: usize) -> Option<(Head, usize)> {
    let word = |offset: usize| {
        words
            .get(at + offset)
            .map_or("", |word| word.folded.as_str())
    };
    let before = at
        .checked_sub(1)
        .map_or("", |before| words[before].folded.as_str());
    let follow = |phrase: &[&str]| {
        phrase
            .iter()
            .enumerate()
            .all(|(offset, part)| word(offset + 1) == *part)
    };
    let single = |head| Some((head, at + 1));
    match word(0) {
        "ministre" | "ministres" if before.starts_with("premier") => single(Head::PrimeMinister),
        "ministre" | "ministres" => single(Head::Minister),
        "pm" if words[at].acronym => single(Head::PrimeMinister),
        "president" | "presidente" | "presidents" | "presidentes" => single(Head::President),
        "ambassadeur" | "ambassadrice" | "ambassadeurs" | "ambassadrices" => {
            single(Head::Ambassador)
        }
        "secretaire" | "secretaires" if word(1).starts_with("genera") => {
            Some((Head::SecretaryGeneral, at + 2))
        }
        "secretaire" | "secretaires" => single(Head::Secretary),
        "porte" if word(1) == "parole" => Some((Head::Spokesperson, at + 2)),
        "consul" | "consule" | "consuls" => single(Head::Consul),
        "gouverneur" | "gouverneure" => single(Head::Governor),
        "representant" | "representante" | "representants" => single(Head::Representative),
        "directeur" | "directrice" => single(Head::Director),
        "homologue" | "homologues" => single(Head::Counterpart),
        "chef" | "chefs" if follow(&["de", "l", "etat"]) => Some((Head::President, at + 4)),
        "chef" | "chefs" | "dirigeant" if follow(&["d", "etat"]) => Some((Head::President, at + 3)),
        "chef" | "chefs" if follow(&["du", "gouvernement"]) || follow(&["de", "gouvernement"]) => {
            Some((Head::PrimeMinister, at + 3))
        }
        "chef" | "chefs" if (1..4).any(|offset| word(offset).starts_with("gouvernement")) => {
            single(Head::PrimeMinister)
        }
        // The field is read from the complement.
        "chef" | "chefs" if follow(&["de", "la", "diplomatie"]) => single(Head::Minister),
        _ => None,
    }
}

fn office(words: &[Word], countries: &[Mention], at: usize, head: Head, head_end: usize) -> Office {
    let (start, vice) = rank_before(words, at);
    let end = complement_end(words, countries, head_end);
    let complement = &words[head_end..end];
    let adjoint = complement
        .iter()
        .take(2)
        .any(|word| word.folded.starts_with("adjoint") || word.folded.starts_with("delegue"));
    let mut fields: Vec<&'static str> = words[at..end]
        .iter()
        .filter_map(|word| french_field(&word.folded))
        .collect();
    fields.dedup();
    let nations = countries
        .iter()
        .filter(|mention| {
            mention.words.start >= at
                && mention.words.end <= end
                && matches!(mention.kind, Kind::Name | Kind::Adjective)
        })
        .map(|mention| mention.id)
        .collect();
    Office {
        words: start..end,
        head,
        deputy: vice || adjoint,
        plural: words[at].folded.ends_with('s'),
        nations,
        fields,
        person: person_after(words, countries, end)
            .or_else(|| person_before(words, countries, start)),
    }
}

/// Where the phrase begins, and whether its rank is a deputy's: `premier vice-`.
fn rank_before(words: &[Word], at: usize) -> (usize, bool) {
    let mut start = at;
    let mut vice = false;
    while let Some(before) = start.checked_sub(1) {
        let word = words[before].folded.as_str();
        match word {
            "vice" => vice = true,
            "premier" | "premiere" | "premiers" | "ancien" | "ancienne" | "nouveau"
            | "nouvelle" | "l" | "le" | "la" | "son" | "sa" | "un" | "une" => {}
            _ => break,
        }
        if words[start].joint == Joint::Comma {
            break;
        }
        start = before;
    }
    (start, vice)
}

fn complement_end(words: &[Word], countries: &[Mention], from: usize) -> usize {
    let mut at = from;
    while at < words.len() && at < from + LONGEST {
        let word = &words[at];
        let listed = matches!(word.folded.as_str(), "de" | "des" | "du" | "d");
        let ends = lists(ENDS, &word.folded)
            || word.joint == Joint::Stop
            || (word.joint == Joint::Comma && !listed)
            || head(words, at).is_some()
            || is_name(words, countries, at, from);
        if ends {
            break;
        }
        at += 1;
    }
    at
}

/// A capital that no link announces and that is neither country nor field: a person's name begins.
fn is_name(words: &[Word], countries: &[Mention], at: usize, from: usize) -> bool {
    let word = &words[at];
    let linked = at > from && lists(LINKS, &words[at - 1].folded);
    word.capital
        && !linked
        && word.joint != Joint::Tight
        && french_field(&word.folded).is_none()
        && !countries.iter().any(|mention| mention.words.contains(&at))
}

/// Past `en Russie`, `auprès de l'ONU`: the comma behind the place where the holder works.
fn past_workplace(words: &[Word], end: usize) -> Option<usize> {
    let place = matches!(
        words.get(end)?.folded.as_str(),
        "en" | "au" | "aux" | "a" | "aupres"
    );
    if !place || words[end].joint != Joint::Space {
        return Some(end);
    }
    let behind = end + 1..(end + 9).min(words.len());
    let mark = behind
        .into_iter()
        .find(|at| matches!(words[*at].joint, Joint::Comma | Joint::Stop))?;
    (words[mark].joint == Joint::Comma).then_some(mark)
}

fn person_after(words: &[Word], countries: &[Mention], end: usize) -> Option<Range<usize>> {
    let end = past_workplace(words, end)?;
    let mut at = end;
    while words
        .get(at)
        .is_some_and(|word| lists(TITLES, &word.folded) && !is_given_name(words, at))
    {
        at += 1;
        if at > end + 3 {
            return None;
        }
    }
    // "M. Nam": the full stop of the title is a stop mark.
    let title = at > end
        && matches!(
            words[at - 1].folded.as_str(),
            "m" | "mme" | "dr" | "mlle" | "pr" | "me"
        );
    let joint = words.get(at)?.joint;
    let near = |joint| matches!(joint, Joint::Space | Joint::Comma);
    if !(near(joint) || title)
        || words
            .get(end)
            .is_some_and(|word| word.joint == Joint::Stop && !title)
    {
        return None;
    }
    name_at(words, countries, at)
}

/// `Me` or `La` with a capital before another capital can be a Vietnamese name.
fn is_given_name(words: &[Word], at: usize) -> bool {
    words[at].capital
        && words[at].folded.len() > 1
        && words[at].folded != "mme"
        && words[at].joint != Joint::Comma
}

fn person_before(words: &[Word], countries: &[Mention], start: usize) -> Option<Range<usize>> {
    let joint = words.get(start)?.joint;
    if joint != Joint::Comma || start == 0 {
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
        if matches!(words[first].joint, Joint::Comma | Joint::Stop) {
            break;
        }
    }
    (first < start).then_some(first..start)
}

/// The capitals from `at`, particles between them included.
fn name_at(words: &[Word], countries: &[Mention], at: usize) -> Option<Range<usize>> {
    let country = |at: usize| {
        countries
            .iter()
            .any(|mention| mention.words.contains(&at) && mention.kind != Kind::Adjective)
    };
    let mut end = at;
    while let Some(word) = words.get(end) {
        let joined = end == at || matches!(word.joint, Joint::Space | Joint::Tight);
        let particle = end > at
            && matches!(
                word.folded.as_str(),
                "da" | "de" | "van" | "bin" | "al" | "el" | "von"
            )
            && words
                .get(end + 1)
                .is_some_and(|next| next.capital && next.joint == Joint::Space);
        if !joined || !(word.capital || particle) || country(end) {
            break;
        }
        end += 1;
    }
    (end > at).then_some(at..end)
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::COUNTRIES;
    use super::super::words::words;
    use super::*;

    #[test]
    fn phrases_with_rank_country_field_and_holder() {
        let table: [(&str, Head, bool, &str, &str, &str); 8] = [
            (
                "le vice-ministre russe des Situations d'urgence, Rouslan Ermolinski, a",
                Head::Minister,
                true,
                "Russia",
                "emergencies",
                "rouslan ermolinski",
            ),
            (
                "l'ambassadrice du Vietnam en Russie, Mme Vu Tuong An, a",
                Head::Ambassador,
                false,
                "Vietnam",
                "",
                "vu tuong an",
            ),
            (
                "Le Premier ministre vietnamien Pham Van Nam a",
                Head::PrimeMinister,
                false,
                "Vietnam",
                "",
                "pham van nam",
            ),
            (
                "avec Sergueï Ivanov, vice-ministre des Affaires étrangères, et",
                Head::Minister,
                true,
                "",
                "foreign affairs",
                "sergueï ivanov",
            ),
            (
                "le vice-Premier ministre Tran Linh est",
                Head::PrimeMinister,
                true,
                "",
                "",
                "tran linh",
            ),
            (
                "le secrétaire général adjoint de l'ONU",
                Head::SecretaryGeneral,
                true,
                "",
                "",
                "",
            ),
            (
                "le ministre de l'Agriculture et du Développement rural Lê Hoan",
                Head::Minister,
                false,
                "",
                "agriculture",
                "le hoan",
            ),
            (
                "Le chef de l'État vietnamien a reçu Ivan",
                Head::President,
                false,
                "Vietnam",
                "",
                "",
            ),
        ];
        for (text, head, deputy, nation, field, person) in table {
            let found_words = words(text);
            let countries = COUNTRIES.in_french(&found_words);
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
                super::super::words::fold(person),
                "{text}"
            );
        }
    }
}
