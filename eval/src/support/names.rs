//! Names that an English text mentions.
//!
//! Owns [`mentions`]: capitalised words in a row, with what joins them ("Ministry of Finance", "COVID-19", "Cote
//! d'Ivoire"). Months, weekdays, titles, currencies and ordinary words that open a sentence are no names.

use super::gazetteer::GAZETTEER;
use super::tokens::{APOSTROPHES, DASHES, Kind, Token, listed};

/// A name as mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NameMention {
    /// As written.
    pub text: String,
    /// Its words and numbers, folded, without what joins them.
    pub words: Vec<String>,
}

const DAYS: &str = "monday tuesday wednesday thursday friday saturday sunday";
const TITLES: &str = "mr mrs ms miss dr prof sir madam mme gen lt col capt st no i";
/// Currencies and units that are written in capitals.
const UNITS: &str = "usd vnd eur gbp jpy cny aud sgd rub thb xaf xof cfa chf krw myr php idr lak mmk inr cad uah mw gw tw kv \
    kw km gb tb wh kwh mwh gwh";
/// What "US" before it makes a currency of.
const MONEY: &str = "dollar dollars $ cent cents currency";
/// What "'s" after it makes a body of: "People's Council", "Children's Fund".
const COLLECTIVES: &str = "people peoples women children workers farmers veterans";
/// Words that join two capitalised words of one name.
const CONNECTORS: &str = "of the;on the;for the;of;for;de la;de;da;del;di;bin;al;von";
/// Words that often open a sentence and are no names there.
const OPENERS: &str = "a about above according across additionally after afterwards again against ahead all almost along already also \
    although amid among an analysts and annual another any anyone apart around as at because before besides between \
    beyond bilateral both briefly but by currently daily despite dozens due during each earlier eight eighteen \
    eighty either eleven elsewhere even every everyone everything except experts few fewer fifteen fifty final \
    finally five following for forty four fourteen fresh from full fully further given growth half he heavy hence \
    her here his how however hundred hundreds i if in including inside instead it its joint just last later less \
    like livestock local low lower major many meanwhile millions monthly months more moreover most much near nearly \
    neither next nine nineteen ninety no none nor not nothing now of off officials often old on once one only or \
    other others our out over overall part pending people per plans police prior rather recent recently residents \
    respectively same scores second separate separately seven seventeen seventy several she short similar since six \
    sixteen sixty small so some somewhat soon start still strong such talks ten than thanks that the their then \
    there these they third thirteen thirty this those though thousands three through thus to today together tomorrow \
    top torrential total toward towards twelve twenty twice two under unlike until up upon very visitors we weekly \
    well what when where whereas whether which while who whose why with within without work years yesterday yet you";
/// Verbs whose subject is a name although it opens the sentence alone: "Putin said".
const SPEECH: &str = "said says told met added visited received announced thanked urged called stressed affirmed proposed";

/// The names of `tokens`, without those parts that `taken` marks as dates.
pub(super) fn mentions(text: &str, tokens: &[Token], taken: &[bool]) -> Vec<NameMention> {
    let reader = Reader { tokens, taken };
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !reader.may_start(at) {
            at += 1;
            continue;
        }
        let (mut words, end) = reader.run(at);
        if reader.opens_sentence(at) && reader.is_ordinary(&words) {
            words.remove(0);
        }
        // "Descendants of …"
        let starts = words.iter().position(|word| tokens[*word].is_capitalised());
        words.drain(..starts.unwrap_or(words.len()));
        words.retain(|word| !listed(TITLES, &tokens[*word].folded));
        if let (Some(first), Some(last)) = (words.first(), words.last()) {
            found.push(NameMention {
                text: text[tokens[*first].start..tokens[*last].end()].to_owned(),
                words: words
                    .iter()
                    .map(|word| tokens[*word].folded.clone())
                    .collect(),
            });
        }
        at = end;
    }
    found
}

struct Reader<'t, 'a> {
    tokens: &'t [Token<'a>],
    taken: &'t [bool],
}

impl Reader<'_, '_> {
    fn folded(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.folded)
    }

    /// Whether a name may start at `at` or go on there.
    fn is_part(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else {
            return false;
        };
        let hyphen = usize::from(self.folded(at + 1) == "-");
        let dollars = listed(MONEY, self.folded(at + 1 + hyphen));
        token.is_capitalised()
            && !self.taken[at]
            && !listed(DAYS, &token.folded)
            && !listed(UNITS, &token.folded)
            && (token.folded != "us" || !dollars)
    }

    fn may_start(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at).filter(|_| self.is_part(at)) else {
            return false;
        };
        // The initial of "T-72" and of "G20" counts, that of "X-ray" and the "C" of "20 C" do not.
        let initial = token.text.chars().count() == 1;
        let next = self.tokens.get(at + 1).filter(|next| next.gap.is_empty());
        let hyphened = next.is_some_and(|next| next.is_mark(&DASHES));
        let after = self.tokens.get(at + 1 + usize::from(hyphened));
        let number = after.is_some_and(|after| after.gap.is_empty() && after.kind == Kind::Digits);
        !initial || number
    }

    fn opens_sentence(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else {
            return true;
        };
        let mark = &self.tokens[before];
        let abbreviation = before > 0 && listed(TITLES, self.folded(before - 1));
        let ends = mark.is_mark(&['!', '?', ':', '"', '“', '”', '«', '('])
            || (mark.is_mark(&['.']) && !abbreviation && !self.tokens[at].gap.is_empty());
        ends && mark.kind == Kind::Mark
    }

    /// The word positions of the name that starts at `first`, and one past its last token.
    fn run(&self, first: usize) -> (Vec<usize>, usize) {
        let mut words = vec![first];
        let mut at = first + 1;
        loop {
            let Some(token) = self.tokens.get(at) else {
                return (words, at);
            };
            let glued = token.gap.is_empty();
            let next_glued = self.tokens.get(at + 1).filter(|next| next.gap.is_empty());
            if token.kind == Kind::Digits && glued {
                words.push(at);
                at += 1;
            } else if glued && token.is_mark(&DASHES) && next_glued.is_some() {
                let number = next_glued.is_some_and(|next| next.kind == Kind::Digits);
                if !(self.is_part(at + 1) || number && !self.taken[at + 1]) {
                    return (words, at + 1);
                }
                words.push(at + 1);
                at += 2;
            } else if glued && token.is_mark(&APOSTROPHES) && self.is_part(at + 1) {
                words.push(at + 1);
                at += 2;
            } else if glued && token.text == "." && self.is_abbreviated(at - 1) {
                at += 1;
            } else if self.is_part(at) {
                words.push(at);
                at += 1;
            } else if let Some((inner, next)) = self.joined(at) {
                words.extend(inner);
                words.push(next);
                at = next + 1;
            } else {
                return (words, at);
            }
        }
    }

    fn is_abbreviated(&self, at: usize) -> bool {
        let initial = self.tokens[at].text.chars().count() == 1;
        initial || listed(TITLES, self.folded(at))
    }

    /// What joins the word before `at` with a later one: the joining words that belong to the name, and the later one.
    fn joined(&self, at: usize) -> Option<(Vec<usize>, usize)> {
        let is_apostrophe = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|mark| mark.is_mark(&APOSTROPHES))
        };
        // "People's Council"
        if is_apostrophe(at) && self.folded(at + 1) == "s" && self.is_part(at + 2) {
            return listed(COLLECTIVES, self.folded(at - 1)).then(|| (vec![at + 1], at + 2));
        }
        // "Cote d'Ivoire"
        if matches!(self.folded(at), "d" | "l") && is_apostrophe(at + 1) && self.is_part(at + 2) {
            return Some((vec![at], at + 2));
        }
        let connector = CONNECTORS.split(';').find_map(|connector| {
            let words: Vec<&str> = connector.split(' ').collect();
            let stands =
                (words.iter().enumerate()).all(|(nth, word)| self.folded(at + nth) == *word);
            (stands && self.is_part(at + words.len())).then_some(words)
        })?;
        let next = at + connector.len();
        // "Minister for Education", but not "Hanoi for Moscow".
        let office =
            !matches!(connector[0], "for" | "on") || GAZETTEER.is_word(self.folded(at - 1));
        if !office {
            return None;
        }
        let kept = matches!(connector[0], "of" | "on" | "for");
        Some(((at..next).filter(|_| kept).collect(), next))
    }

    /// Whether the word at `at` and a small one are joined by a hyphen: "Start-up firms".
    fn is_compound(&self, at: usize) -> bool {
        let [hyphen, next, ..] = &self.tokens[at + 1..] else {
            return false;
        };
        let glued = hyphen.is_mark(&DASHES) && hyphen.gap.is_empty();
        glued && next.is_word() && !next.is_capitalised()
    }

    /// Whether the first of these words, which opens a sentence, is an ordinary word there.
    fn is_ordinary(&self, words: &[usize]) -> bool {
        let at = words[0];
        let token = &self.tokens[at];
        let word = token.folded.as_str();
        if listed(OPENERS, word) || token.is_acronym() {
            return !token.is_acronym();
        }
        if self.is_compound(at) && GAZETTEER.longest_match(&[word.to_owned()]).is_none() {
            return true;
        }
        let form: Vec<String> = words
            .iter()
            .map(|word| self.folded(*word).to_owned())
            .collect();
        if let Some((_, count)) = GAZETTEER.longest_match(&form) {
            // A name of the lists is one anywhere; an office only together with what follows it.
            return words.len() == 1 && count == 1 && GAZETTEER.is_word(word);
        }
        let suffixes = ["ing", "ed", "ly", "ists", "ers", "ors"];
        if suffixes
            .iter()
            .any(|suffix| word.len() > 5 && word.ends_with(suffix))
        {
            return true;
        }
        if !words
            .get(1)
            .is_none_or(|next| self.tokens[*next].is_capitalised())
        {
            return true;
        }
        let speaks = listed(SPEECH, self.folded(at + 1));
        let owns = self
            .tokens
            .get(at + 1)
            .is_some_and(|next| next.is_mark(&APOSTROPHES));
        words.len() == 1 && !owns && (!speaks || word.ends_with('s'))
    }
}

#[cfg(test)]
#[path = "names_tests.rs"]
mod tests;
