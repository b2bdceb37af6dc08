//! Whether a verb is denied: `did not sign` against `ont signé`, and the other way round.
//!
//! Part of the check `direction`. A small list of verbs in both languages says where the article speaks of the
//! same thing; a verb that is not in it is compared only with whether the article denies anything at all.

use super::facts::Facts;
use super::words::{Joint, Word, lists};
use super::{Candidate, Finding, align};
use std::ops::Range;

/// English stems → French stems (folded).
const VERBS: [(&str, &str); 62] = [
    ("agree", "conven convien accord entend accept approuv"),
    ("sign", "sign paraph"),
    ("initial", "paraph sign"),
    (
        "meet met",
        "rencontr entreten entretien entretenu reun recu recoi",
    ),
    ("receiv", "recu recev recoi accueill"),
    ("announc", "annonc declar indiqu fait_savoir"),
    (
        "said say",
        "declar dit indiqu affirm soulign precis annonc assur explique estim not fait ajout",
    ),
    ("call", "appel demand exhort plaid reclam"),
    ("urg", "appel demand exhort plaid invit reclam"),
    ("ask request", "demand pri sollicit reclam"),
    ("adopt", "adopt approuv"),
    ("approv", "approuv adopt accept valid"),
    ("send sent", "envo enverr depech"),
    ("train", "form entrain apprend"),
    ("build built", "constru bati realis amenag"),
    ("open", "ouv inaugur entam"),
    ("clos shut", "ferm clos clotur"),
    ("end", "achev termin fin clos clotur cess"),
    ("begin began start", "commenc debut entam demarr lanc ouv"),
    ("support back", "sout appui appuy favorable"),
    ("pledg promis", "promi engag"),
    ("offer", "propos offr offert"),
    ("propos", "propos sugger"),
    ("visit", "visit rend"),
    ("deliver", "livr remis remet"),
    ("supply supplie provid", "fourn livr apport approvisionn"),
    ("export", "export"),
    ("import", "import"),
    ("buy bought purchas", "achet achat acquis acquer"),
    ("sell sold", "vend vent cede"),
    ("rais", "port relev augment elev hauss releve"),
    ("cut reduc", "redui reduc baiss diminu abaiss"),
    ("extend", "prolong etend etendu repouss"),
    ("ratif", "ratifi"),
    ("recognis recogniz", "reconn"),
    ("accept", "accept agre"),
    ("join", "rejoin adher integr"),
    ("take took", "pris prend particip"),
    ("participat attend", "particip assist pris_part"),
    ("vote", "vot"),
    ("abstain", "abst"),
    ("elect", "elu elire elect"),
    ("appoint nam", "nomm design"),
    ("withdraw withdrew", "retir retrait"),
    ("return", "ren retour regagn revenu revien"),
    ("leav left", "quitt part laiss"),
    ("arriv land", "arriv atterri pose debarqu"),
    ("die", "mort mour dece tue victime"),
    ("kill", "tue mort victime"),
    ("injur burn", "bless brul"),
    ("reach", "attein attei parven"),
    ("host", "accueill organis abrit heberg"),
    ("hold held", "tenu tien organis tenir reuni celebr"),
    ("launch", "lanc inaugur demarr"),
    ("complet finish", "achev termin conclu boucl"),
    ("set", "fix etabl mis met cree creat instaur"),
    ("creat establish", "cree creat etabl mis met instaur"),
    ("affirm reaffirm", "affirm reaffirm reiter confirm"),
    ("decid", "decid choisi conven"),
    ("invit", "invit convi"),
    ("fund financ pay", "financ pai pay vers prend"),
    ("restrict limit", "restrei limit"),
];
/// French words that deny (folded); `n'` and `ne` need a second one.
const DENIALS: &str = "pas jamais aucun aucune sans ni rien personne nul nulle non guere plus hors";
/// English words that deny.
const ENGLISH_DENIALS: &str = "not never no without cannot neither nor nobody none nothing";
/// English words that deny by their own sense: after them a verb's opposite is meant.
const NEGATIVE: &str = "refus reject lack fail prevent stop except unable den free oppos abst halt ban avoid absen block \
    only exempt restrict suspend withhold declin rul miss un";
/// French stems that deny by their own sense.
const NEGATIVE_FRENCH: &str = "refus abst exclu interdi rejet renonc evit empech priv absen depourvu exempt dispens \
    impossib sauf epargn suspend suspens incap nullement hormis dement";
/// A verb with at most so many places in the article is taken to be the one meant.
const RARE: usize = 2;
/// Words of a clause looked at behind a denial.
const BEHIND: usize = 5;

/// Finds denials that the article has not, and denied verbs of the article that the abstract affirms.
pub(super) fn check(name: &'static str, candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let words = &candidate.words;
    let mut findings = Vec::new();
    for at in 0..words.len() {
        if is_denial(words, at) {
            if let Some(reason) = unfounded(candidate, at, facts) {
                findings.push(Finding::new(name, words[at].span.clone(), reason));
            }
        } else if let Some(reason) = lost(words, at, facts) {
            findings.push(Finding::new(name, words[at].span.clone(), reason));
        }
    }
    findings
}

fn is_denial(words: &[Word], at: usize) -> bool {
    let word = &words[at];
    let short = word.folded == "t"
        && word.joint == Joint::Tight
        && at > 0
        && words[at - 1].folded.ends_with('n');
    let number = word.folded == "no"
        && (word.capital && !word.starts
            || words
                .get(at + 1)
                .is_some_and(|next| next.folded.starts_with(|c: char| c.is_ascii_digit())));
    (lists(ENGLISH_DENIALS, &word.folded) && !number) || short
}

/// Why the denial at `at` cannot be right: the article does not deny its verb, or anything.
fn unfounded(candidate: &Candidate, at: usize, facts: &Facts) -> Option<String> {
    let words = &candidate.words;
    let clause = words[at + 1..]
        .iter()
        .take_while(|word| word.joint != Joint::Stop && !word.starts)
        .take(BEHIND);
    let verb = clause.filter_map(|word| french_of(&word.folded)).next();
    let places = verb.map_or(Vec::new(), |(_, french)| facts.verb_places(french));
    let denied = places.iter().any(|place| is_denied(*place, facts));
    if denied && places.len() <= RARE {
        return None;
    }
    // "Not before autumn" denies the time, which stands beside no verb.
    let next = words.get(at + 1).map_or("", |word| word.folded.as_str());
    if lists("before until later", next) && facts.sentences.iter().any(|range| delays(range, facts))
    {
        return None;
    }
    let meant = align::sentences(candidate, align::clause(words, at), facts);
    let denies = |range: &Range<usize>| {
        range
            .clone()
            .any(|place| is_french_denial(place, facts) || is_negative(place, facts))
    };
    // "Without" and "no" are said in too many ways to look for them in one sentence.
    let plain = matches!(words[at].folded.as_str(), "not" | "never" | "cannot" | "t");
    if plain && !meant.is_empty() {
        return (!meant.iter().any(denies)).then(|| "the article does not deny this".to_owned());
    }
    if let Some((english, _)) = verb.filter(|_| !places.is_empty()) {
        return (!denied).then(|| format!("the article does not deny {english:?}"));
    }
    let any = facts.sentences.iter().any(denies);
    (!any).then(|| "the article denies nothing".to_owned())
}

/// Whether the sentence says `ne … pas avant` or the like.
fn delays(range: &Range<usize>, facts: &Facts) -> bool {
    let time = |place: &usize| lists("avant qu que jusqu", &facts.words[*place].folded);
    range.clone().any(|place| is_french_denial(place, facts))
        && range.clone().any(|place| time(&place))
}

/// Words between `sans que` and its verb at most.
const FAR: usize = 12;

/// Whether `ne` or `sans` stands before the word in its sentence.
pub(super) fn is_behind_denial(place: usize, facts: &Facts) -> bool {
    let start = facts.sentence_of(place).start;
    facts.words[start.max(place.saturating_sub(FAR))..place]
        .iter()
        .any(|word| lists("ne n sans", &word.folded))
}

/// Whether the word denies by its own sense: `refuser`, `privé de`.
fn is_negative(place: usize, facts: &Facts) -> bool {
    let word = facts.words[place].folded.as_str();
    NEGATIVE_FRENCH
        .split(' ')
        .any(|stem| word.starts_with(stem))
}

/// French stems of an English verb of the list, parted by spaces; empty for another word.
pub(super) fn french_stems(folded: &str) -> &'static str {
    french_of(folded).map_or("", |(_, french)| french)
}

/// Why the affirmed verb at `at` cannot be right: wherever the article has it, it denies it.
fn lost(words: &[Word], at: usize, facts: &Facts) -> Option<String> {
    let (english, french) = french_of(&words[at].folded)?;
    let sentence_start = (0..=at)
        .rev()
        .find(|place| words[*place].starts)
        .unwrap_or(0);
    let nearby = &words[sentence_start.max(at.saturating_sub(8))..(at + 6).min(words.len())];
    let negative = nearby.iter().any(|word| {
        lists(ENGLISH_DENIALS, &word.folded)
            || word.folded == "t"
            || NEGATIVE
                .split(' ')
                .any(|stem| word.folded.starts_with(stem))
    });
    let places: Vec<usize> = french
        .split(' ')
        .flat_map(|stem| facts.stem_places(stem))
        .collect();
    let denied = !places.is_empty() && places.iter().all(|place| is_denied_closely(*place, facts));
    (denied && !negative).then(|| format!("the article denies {english:?}"))
}

fn french_of(folded: &str) -> Option<(&'static str, &'static str)> {
    VERBS.iter().find_map(|(english, french)| {
        let stem = english.split(' ').find(|stem| is_form(folded, stem))?;
        Some((stem, *french))
    })
}

/// Whether the word is a form of the English verb: `sign`, `signed`, `signing`; not `significant`.
fn is_form(folded: &str, stem: &str) -> bool {
    folded.strip_prefix(stem).is_some_and(|ending| {
        matches!(
            ending,
            "" | "e"
                | "s"
                | "es"
                | "d"
                | "ed"
                | "ing"
                | "ling"
                | "ned"
                | "ted"
                | "y"
                | "ies"
                | "ied"
                | "ting"
                | "n"
        )
    })
}

/// Whether the clause around a word of the article denies something.
fn is_denied(place: usize, facts: &Facts) -> bool {
    let sentence = facts.sentence_of(place);
    let near = place.saturating_sub(9).max(sentence.start)..(place + 7).min(sentence.end);
    near.clone().any(|at| is_french_denial(at, facts))
        || near.into_iter().any(|at| is_negative(at, facts))
}

/// Whether the verb at this place is itself between `ne` and `pas`, or behind `sans`.
fn is_denied_closely(place: usize, facts: &Facts) -> bool {
    let sentence = facts.sentence_of(place);
    let word = |at: usize| facts.words[at].folded.as_str();
    let before = place.saturating_sub(4).max(sentence.start)..place;
    let after = place.saturating_sub(2).max(sentence.start)..(place + 3).min(sentence.end);
    let ne = before.clone().any(|at| matches!(word(at), "ne" | "n"));
    let sure = after.into_iter().any(|at| {
        matches!(
            word(at),
            "pas" | "jamais" | "aucun" | "aucune" | "rien" | "ni"
        )
    });
    let without = before
        .into_iter()
        .rev()
        .take(2)
        .any(|at| word(at) == "sans");
    (ne && sure) || without
}

/// `pas`, `sans`, `aucun`; `plus`, `personne` and `non` only behind `ne`.
fn is_french_denial(at: usize, facts: &Facts) -> bool {
    let word = facts.words[at].folded.as_str();
    let behind_ne = || {
        let start = facts.sentence_of(at).start.max(at.saturating_sub(5));
        facts.words[start..at]
            .iter()
            .any(|word| matches!(word.folded.as_str(), "ne" | "n"))
    };
    lists(DENIALS, word) && (!matches!(word, "plus" | "personne" | "non" | "nul") || behind_ne())
        || (word == "ne" || word == "n")
}
