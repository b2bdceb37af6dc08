//! Check `direction`: import is not export, a rise is not a fall, who refuses does not accept.
//!
//! Compares words of opposite sense: what the abstract says and the article never does, while the article has
//! the opposite. Beside a number the article's words beside the same number decide. False alarms cost more
//! than misses, so a pair is only compared where both languages have plain words for it.

use super::facts::Facts;
use super::lexicon::{COUNTRIES, Kind};
use super::words::{Word, lists};
use super::{Candidate, Finding, align, negation};
use std::ops::Range;

pub(super) const NAME: &str = "direction";

/// Words of one sense: English ones (whole, or with `*` as stems) and French stems, folded.
struct Sense {
    english: &'static str,
    french: &'static str,
}

const RISE: Sense = Sense {
    english: "rose rise rises risen rising increas* grew grow* up higher jumped climbed soar* gained",
    french: "hauss augment progress croiss croit accr bond grimp gagn relev doubl tripl supplement \
        surcro envol rench majoration davantage quintupl",
};
const FALL: Sense = Sense {
    english: "fell fall falls fallen falling decreas* declin* drop* down shrank plung* slump*",
    french: "baiss recul chut diminu repli perd inferieur moins tomb retomb redui contract effondr \
        degringol abaiss ramen flech amput affaibl ralenti",
};
const RAISE: Sense = Sense {
    english: "raise raises raised increas*",
    french: "port relev augment hauss elev hiss accro doubl lever leve triple majoration quintupl agrand etend multipli",
};
const REDUCE: Sense = Sense {
    english: "reduce reduces reduced reducing cut cuts cutting halv*",
    french: "redui reduc abaiss baiss diminu remise rabais ristourne alleg",
};
const MORE: Sense = Sense {
    english: "more",
    french: "plus davantage",
};
const LESS: Sense = Sense {
    english: "less fewer",
    french: "moins infer peu baiss recul chut diminu ramen redui",
};
const EXPORT: Sense = Sense {
    english: "export* sells sold sale sales",
    french: "export sort vend vent exped livr ecoul debouch",
};
const IMPORT: Sense = Sense {
    english: "import imports imported importing importer importers buys bought purchas*",
    french: "importat importer importee importes importent achat achet acquis acquer approvision command",
};
const SUPPORT: Sense = Sense {
    english: "support supports supported supporting backs backed endors*",
    french: "sout appui appuy favorable aid accompagn salu approuv defend plaid vot concour epaul assistanc \
        encourag",
};
const OPPOSE: Sense = Sense {
    english: "oppos* reject* condemn* denounc*",
    french: "oppos rejet condamn contest object protest refus denonc contre repouss ecart desapprouv",
};
const ACCEPT: Sense = Sense {
    english: "accept accepts accepted agree agrees agreed approv*",
    french: "accept approuv conven convien accord entend entent adopt sign decid valid paraph engag promi arret \
        retenu consent agre resol souhait vot",
};
const REFUSE: Sense = Sense {
    english: "refus* reject* declin*",
    french: "refus rejet declin repouss",
};
const SURPLUS: Sense = Sense {
    english: "surplus",
    french: "exceden",
};
const DEFICIT: Sense = Sense {
    english: "deficit*",
    french: "deficit",
};
const STRENGTHEN: Sense = Sense {
    english: "strengthen* expand* boost* deepen*",
    french: "renforc approfond elarg intensif develop consolid accroi etend elan dynam promou agrand davantage \
        stimul",
};
const WEAKEN: Sense = Sense {
    english: "weaken*",
    french: "affaibl fragilis",
};

const OPPOSITES: [(Sense, Sense); 6] = [
    (EXPORT, IMPORT),
    (SUPPORT, OPPOSE),
    (ACCEPT, REFUSE),
    (SURPLUS, DEFICIT),
    (STRENGTHEN, WEAKEN),
    (RAISE, REDUCE),
];
/// Pairs that a number near them decides.
const BESIDE_NUMBERS: [(Sense, Sense); 2] = [(RISE, FALL), (EXPORT, IMPORT)];

/// Words between a number and the word of sense that goes with it.
const NEAR: usize = 6;

impl Sense {
    fn is_english(&self, folded: &str) -> bool {
        self.english
            .split(' ')
            .any(|form| match form.strip_suffix('*') {
                Some(stem) => folded.starts_with(stem),
                None => folded == form,
            })
    }

    fn is_french(&self, folded: &str) -> bool {
        self.french.split(' ').any(|stem| folded.starts_with(stem))
    }
}

/// Finds words of the opposite sense, denials that do not belong, and swapped sellers and buyers.
pub(super) fn check(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (one, other) in &OPPOSITES {
        findings.extend(opposite(candidate, facts, one, other));
        findings.extend(opposite(candidate, facts, other, one));
    }
    for (one, other) in &BESIDE_NUMBERS {
        findings.extend(beside_numbers(candidate, facts, one, other));
        findings.extend(beside_numbers(candidate, facts, other, one));
    }
    // "More" has too many French words to be missed.
    findings.extend(opposite(candidate, facts, &LESS, &MORE));
    findings.extend(harsh(candidate, facts));
    findings.extend(negation::check(NAME, candidate, facts));
    findings.extend(swapped(candidate, facts));
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
    findings.dedup_by(|a, b| a.span == b.span);
    findings
}

/// The abstract says `said`; the article, or the sentences that it speaks of, only `other`.
fn opposite(candidate: &Candidate, facts: &Facts, said: &Sense, other: &Sense) -> Vec<Finding> {
    let words = &candidate.words;
    let plain = |at: &usize| {
        let word = words[*at].folded.as_str();
        // Where the abstract has both senses, which one a sentence means cannot be told.
        let both = words.iter().any(|word| other.is_english(&word.folded))
            && facts.words.iter().any(|word| said.is_french(&word.folded));
        said.is_english(word) && !both && !lists("up down higher", word)
    };
    let has = |sense: &Sense, range: &Range<usize>| {
        facts.words[range.clone()]
            .iter()
            .any(|word| sense.is_french(&word.folded))
    };
    let contradicted = |at: &usize| {
        let meant = align::sentences(candidate, align::clause(words, *at), facts);
        let ranges = if meant.is_empty() {
            &facts.sentences
        } else {
            &meant
        };
        // "Sans que Kiev consente" is a refusal.
        let refused = |range: &Range<usize>| {
            said.english == REFUSE.english
                && range.clone().any(|place| {
                    other.is_french(&facts.words[place].folded)
                        && negation::is_behind_denial(place, facts)
                })
        };
        ranges.iter().any(|range| has(other, range))
            && !ranges
                .iter()
                .any(|range| has(said, range) || refused(range))
    };
    let wrong = (0..words.len()).filter(plain).filter(contradicted);
    wrong.map(|at| finding(candidate, &words[at])).collect()
}

/// English verbs that say no: an article has words for that, or it does not say it.
const HARSH: Sense = Sense {
    english: "oppose opposes opposed opposing opposition reject* refus* condemn* denounc*",
    french: "oppos rejet rejete condamn contest object protest refus denonc contre repouss ecart desapprouv declin hostil \
        critiqu interdi recus dement demen deplor",
};

/// A refusal or condemnation, where the article has none.
fn harsh(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let in_article = facts
        .words
        .iter()
        .any(|word| HARSH.is_french(&word.folded) && word.folded != "contre");
    let said = candidate
        .words
        .iter()
        .filter(|word| !in_article && HARSH.is_english(&word.folded));
    said.map(|word| finding(candidate, word)).collect()
}

fn finding(candidate: &Candidate, word: &Word) -> Finding {
    let written = &candidate.text[word.span.clone()];
    Finding::new(
        NAME,
        word.span.clone(),
        format!("{written:?}: the article says the opposite"),
    )
}

/// The abstract says `said` beside a number, the article only `other` beside the same number.
fn beside_numbers(
    candidate: &Candidate,
    facts: &Facts,
    said: &Sense,
    other: &Sense,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for number in candidate
        .numbers
        .iter()
        .filter(|number| !candidate.in_date(&number.span))
    {
        let at = candidate
            .words
            .partition_point(|word| word.span.end <= number.span.start);
        let Some(place) = nearest(&candidate.words, at, said, other) else {
            continue;
        };
        let known: Vec<usize> = facts
            .numbers
            .iter()
            .filter(|known| (known.value - number.value).abs() < 1e-9 * number.value.abs().max(1.0))
            .map(|known| facts.place_of_byte(known.span.start))
            .collect();
        let contradicts = |place: &usize| {
            let sentence = facts.sentence_of(*place);
            let sense = |at: &usize| {
                let word = &facts.words[*at].folded;
                said.is_french(word) || other.is_french(word)
            };
            let is_said = |at: usize| said.is_french(&facts.words[at].folded);
            let before = (place.saturating_sub(14).max(sentence.start)..*place)
                .rev()
                .find(sense);
            let after = (*place..(place + 8).min(sentence.end)).find(sense);
            before.or(after).is_some_and(|at| !is_said(at)) && !after.is_some_and(is_said)
        };
        if !known.is_empty() && known.iter().all(contradicts) {
            findings.push(finding(candidate, &candidate.words[place]));
        }
    }
    findings
}

/// The word of either sense nearest before the number in its clause (`up` and `more` also behind), if it is
/// of the sense `said`.
fn nearest(words: &[Word], at: usize, said: &Sense, other: &Sense) -> Option<usize> {
    let mut before = (at.saturating_sub(NEAR)..at).rev();
    let place = before.find(|place| {
        said.is_english(&words[*place].folded) || other.is_english(&words[*place].folded)
    });
    // "Imports, proposes changing the 5% export tax": the word behind decides.
    let behind = words.get(at + 1);
    if behind.is_some_and(|word| other.is_english(&word.folded)) {
        return None;
    }
    let same_clause = |place: &usize| {
        words[*place + 1..=at.min(words.len() - 1)]
            .iter()
            .all(|word| !word.starts && word.joint != super::words::Joint::Stop)
    };
    place
        .filter(|place| said.is_english(&words[*place].folded))
        .filter(same_clause)
}

/// `Vietnam's exports to Russia`, where the article has `exportations russes vers le Vietnam`.
fn swapped(candidate: &Candidate, facts: &Facts) -> Vec<Finding> {
    let known: Vec<(bool, usize, usize)> = facts
        .words
        .iter()
        .enumerate()
        .filter_map(|(at, word)| {
            let export = word.folded.starts_with("exporta");
            (export || word.folded.starts_with("importa") && !word.folded.starts_with("important"))
                .then(|| french_flow(facts, at))
                .flatten()
                .map(|(from, to)| (export, from, to))
        })
        .collect();
    let mut findings = Vec::new();
    for (at, word) in candidate.words.iter().enumerate() {
        let export = word.folded.starts_with("export");
        if !export && !matches!(word.folded.as_str(), "import" | "imports") {
            continue;
        }
        let Some((from, to)) = english_flow(candidate, at) else {
            continue;
        };
        let same = known.contains(&(export, from, to)) || known.contains(&(!export, to, from));
        let other = known.contains(&(export, to, from)) || known.contains(&(!export, from, to));
        if other && !same {
            let reason = format!(
                "the article has it from {} to {}",
                COUNTRIES.name(to),
                COUNTRIES.name(from)
            );
            findings.push(Finding::new(NAME, word.span.clone(), reason));
        }
    }
    findings
}

/// `exportations vietnamiennes vers la Russie`: whose they are, and where they go or come from.
fn french_flow(facts: &Facts, at: usize) -> Option<(usize, usize)> {
    let sentence = facts.sentence_of(at);
    let range = at + 1..(at + 12).min(sentence.end);
    let direction = range.clone().find(|place| {
        matches!(
            facts.words[*place].folded.as_str(),
            "vers" | "destination" | "provenance" | "depuis" | "en" | "au" | "aux"
        )
    })?;
    let mut of = facts.countries.iter().filter(|mention| {
        matches!(mention.kind, Kind::Name | Kind::Adjective)
            && mention.words.start > at
            && mention.words.start < direction
    });
    let mut to = facts.countries.iter().filter(|mention| {
        mention.kind == Kind::Name
            && mention.words.start > direction
            && mention.words.start < (direction + 4).min(range.end)
    });
    let (of, to) = (of.next()?.id, to.next()?.id);
    (of != to).then_some((of, to))
}

/// `Vietnam's exports to Russia`, `Vietnamese imports from Russia`.
fn english_flow(candidate: &Candidate, at: usize) -> Option<(usize, usize)> {
    let words = &candidate.words;
    let link = (at + 1..(at + 6).min(words.len()))
        .find(|place| matches!(words[*place].folded.as_str(), "to" | "from"))?;
    let before = |place: usize| {
        candidate
            .countries
            .iter()
            .find(|mention| mention.words.end == place + 1)
    };
    let of = (at.saturating_sub(3)..at).rev().find_map(before)?;
    let to = candidate
        .countries
        .iter()
        .find(|mention| mention.words.start > link && mention.words.start <= link + 2)?;
    (of.id != to.id).then_some((of.id, to.id))
}
