//! Check `roles`: who is whose minister, ambassador or president, as the article has it.
//!
//! Compares each office of the abstract with the offices that the article gives the same person, else with
//! all offices of that kind. Silence of the article is no contradiction.

use super::english_offices;
use super::facts::Facts;
use super::lexicon::COUNTRIES;
use super::names::{Origin, origin};
use super::offices::{Head, Office};
use super::words::bytes;
use super::{Candidate, Finding};
use std::ops::Range;

pub(super) const NAME: &str = "roles";

/// Finds offices that contradict the article.
pub(super) fn check(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let offices = english_offices::find(&candidate.words, &candidate.countries);
    let problem = |office: &Office| problem(office, candidate, facts);
    offices
        .iter()
        .filter_map(|office| {
            problem(office).map(|reason| {
                Finding::new(NAME, bytes(&candidate.words, office.words.clone()), reason)
            })
        })
        .collect()
}

fn problem(office: &Office, candidate: &Candidate, facts: &Facts) -> Option<String> {
    let mut held: Vec<&Office> = match &office.person {
        Some(person) => facts
            .offices
            .iter()
            .filter(|known| is_same(person, known, candidate, facts))
            .collect(),
        None => Vec::new(),
    };
    // "Le vice-Premier ministre, ministre des Finances, X" holds both.
    let chained = |first: &&Office| {
        let next = |second: &&Office| first.words.end == second.words.start;
        first.person.is_none() && held.iter().any(next)
    };
    let before: Vec<&Office> = facts.offices.iter().filter(chained).collect();
    held.extend(before);
    if held.is_empty() {
        return article_wide(office, facts);
    }
    let can_be: Vec<&Office> = held
        .iter()
        .filter(|known| office.head.can_be(known.head))
        .copied()
        .collect();
    let who = office
        .person
        .clone()
        .map(|person| &candidate.text[bytes(&candidate.words, person)])
        .unwrap_or_default();
    if can_be.is_empty() {
        let known = held[0].head.name();
        return Some(format!(
            "the article calls {who} {known}, not {}",
            office.head.name()
        ));
    }
    if let Some(problem) = rank_problem(office, &can_be) {
        return Some(format!("{problem} ({who})"));
    }
    // Several holders share one phrase: whose country and field it is cannot be told.
    if office.plural {
        return None;
    }
    if let Some(problem) =
        nation_problem(office, &can_be, facts).filter(|_| office.nations.len() == 1)
    {
        return Some(format!("{problem} ({who})"));
    }
    field_problem(office, &can_be)
}

/// Deputy against full office. A counterpart's rank is not said.
fn rank_problem(office: &Office, known: &[&Office]) -> Option<String> {
    let ranked: Vec<_> = known
        .iter()
        .filter(|known| known.head != Head::Counterpart)
        .collect();
    let other = !ranked.is_empty() && ranked.iter().all(|known| known.deputy != office.deputy);
    let name = office.head.name();
    (other && office.head != Head::Counterpart).then(|| match office.deputy {
        true => format!("the article has no deputy {name}"),
        false => format!("the article has a deputy {name}, not a {name}"),
    })
}

fn nation_problem(office: &Office, known: &[&Office], facts: &Facts) -> Option<String> {
    let nation = *office.nations.first()?;
    let with_nation: Vec<_> = known
        .iter()
        .filter(|known| !known.nations.is_empty())
        .collect();
    let other = with_nation
        .iter()
        .all(|known| !known.nations.contains(&nation));
    let first = with_nation.first()?.nations.first()?;
    let counterpart = facts
        .offices
        .iter()
        .any(|known| known.head == Head::Counterpart && known.nations.contains(&nation));
    (other && !counterpart).then(|| {
        format!(
            "the article gives this {} {}, not {}",
            office.head.name(),
            COUNTRIES.name(*first),
            COUNTRIES.name(nation)
        )
    })
}

fn field_problem(office: &Office, known: &[&Office]) -> Option<String> {
    let with_field: Vec<_> = known
        .iter()
        .filter(|known| !known.fields.is_empty())
        .collect();
    let shared = with_field.iter().any(|known| {
        known
            .fields
            .iter()
            .any(|field| office.fields.contains(field))
    });
    let first = with_field.first()?.fields.first()?;
    (!office.fields.is_empty() && !shared).then(|| {
        format!(
            "the article gives this {} {first}, not {}",
            office.head.name(),
            office.fields.join(" and ")
        )
    })
}

/// Offices without a holder that the article knows: some office of the article must fit.
fn article_wide(office: &Office, facts: &Facts) -> Option<String> {
    use Head::{Ambassador, Consul, Minister, President, PrimeMinister, SecretaryGeneral};
    let checked = matches!(
        office.head,
        Ambassador | Consul | Minister | President | PrimeMinister | SecretaryGeneral
    );
    if !checked || is_said_otherwise(office, facts) {
        return None;
    }
    let can_be: Vec<&Office> = facts
        .offices
        .iter()
        .filter(|known| office.head.can_be(known.head))
        .collect();
    let named: Vec<&Office> = can_be
        .iter()
        .filter(|known| known.head != Head::Counterpart)
        .copied()
        .collect();
    if named.is_empty() {
        return Some(format!("the article has no {}", office.head.name()));
    }
    if let Some(problem) = rank_problem(office, &named) {
        return Some(problem);
    }
    let ranked: Vec<&Office> = named
        .iter()
        .filter(|known| known.deputy == office.deputy)
        .copied()
        .collect();
    let all_with_nation = ranked.iter().all(|known| !known.nations.is_empty());
    if office.nations.len() == 1
        && !office.plural
        && all_with_nation
        && let Some(problem) = nation_problem(office, &ranked, facts)
    {
        return Some(problem);
    }
    let all_with_field = ranked.iter().all(|known| !known.fields.is_empty());
    let nowhere = !office.fields.iter().any(|field| facts.has_field(field));
    field_problem(office, &ranked).filter(|_| all_with_field || nowhere)
}

/// French has other words for some offices: `la diplomatie`, `au niveau ministériel`, `la présidence`.
fn is_said_otherwise(office: &Office, facts: &Facts) -> bool {
    let stems: &[&str] = match office.head {
        Head::Minister => &["ministeriel", "ministere"],
        Head::President => &["presidence", "presidentiel", "numero"],
        Head::PrimeMinister => &["primature"],
        Head::Ambassador => &["ambassade", "diplomate"],
        Head::Consul => &["consulat", "consulaire"],
        Head::SecretaryGeneral => &["secretariat"],
        _ => &[],
    };
    let verbs = |stem: &&str| facts.with_stem(stem).any(|word| !is_office_word(word));
    stems.iter().any(verbs)
}

/// `président` is the office itself, `présidence` another word for it.
fn is_office_word(word: &str) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    matches!(
        singular,
        "president" | "presidente" | "ambassadeur" | "ambassadrice"
    )
}

/// Whether the English name and the French holder are one person: the last word of the name is among the
/// holder's.
fn is_same(person: &Range<usize>, known: &Office, candidate: &Candidate, facts: &Facts) -> bool {
    let Some(holder) = &known.person else {
        return false;
    };
    let last = &candidate.words[person.end - 1];
    match origin(last, facts) {
        Origin::Places(places) => places.iter().any(|place| {
            holder.contains(place)
                || facts.words[holder.clone()]
                    .iter()
                    .any(|word| word.folded == facts.words[*place].folded)
        }),
        _ => false,
    }
}
