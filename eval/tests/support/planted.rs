//! Errors planted into what people wrote: the judge must find them.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use regex::{Captures, Regex};
use unicode_normalization::UnicodeNormalization;

use depeche_eval::Gold;
use depeche_eval::support::faults;

use crate::all;

/// How often each place of an abstract is changed.
const ROUNDS: usize = 4;

/// Plants errors of one kind: for each abstract and each place that `pattern` matches, `change` gives another reading of
/// the matched text, or `None` where it would be no error. Returns how many were planted and how many were found as
/// faults of that kind.
fn plant(
    kind: &str,
    pattern: &str,
    mut change: impl FnMut(&Captures, &Gold, &mut ChaCha8Rng) -> Option<String>,
) -> (usize, usize) {
    let pattern = Regex::new(pattern).expect("a pattern of this file");
    let mut random = ChaCha8Rng::seed_from_u64(20_240_501);
    let (mut planted, mut found) = (0, 0);
    for article in all() {
        let Some(summary) = article.summary.clone() else {
            continue;
        };
        let count = |text: &str| {
            faults(&article, text)
                .iter()
                .filter(|fault| fault.kind == kind)
                .count()
        };
        let before = count(&summary);
        let places: Vec<Captures> = pattern.captures_iter(&summary).collect();
        for captures in places.iter().flat_map(|place| [place; ROUNDS]) {
            let Some(changed) = change(captures, &article, &mut random) else {
                continue;
            };
            let place = captures
                .name("it")
                .expect("each pattern names what is changed")
                .range();
            let mut wrong = summary.clone();
            wrong.replace_range(place, &changed);
            planted += 1;
            if count(&wrong) > before {
                found += 1;
            } else {
                println!(
                    "missed {kind} in {}: {} -> {changed}",
                    article.id, &captures["it"]
                );
            }
        }
    }
    (planted, found)
}

fn assert_caught(what: &str, (planted, found): (usize, usize), at_least: usize, share: f64) {
    println!("{what}: {found} of {planted}");
    assert!(planted >= at_least, "{what}: only {planted} planted");
    let caught = found as f64 / planted as f64;
    assert!(caught >= share, "{what}: {found} of {planted} caught");
}

/// Small letters without accents.
fn plain(text: &str) -> String {
    let letters = text
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    letters.collect::<String>().to_lowercase().replace('đ', "d")
}

fn article_has(article: &Gold, word: &str) -> bool {
    let text = format!(
        "{} {}",
        article.title.as_deref().unwrap_or_default(),
        article.text
    );
    let words = plain(&text);
    let mut words = words.split(|c: char| !c.is_alphanumeric());
    words.any(|own| own == plain(word))
}

const MONTH: &str =
    "(?:January|February|March|April|May|June|July|August|September|October|November|December)";

#[test]
fn changed_numbers_are_caught() {
    // A numeral that is neither a day, a year nor part of a name: one digit becomes another.
    let pattern = r"(?:^|[ (])(?P<it>\d[\d,.]*\d|\d)(?P<unit>%|th\b| [a-zA-Z]+)";
    let month = Regex::new(MONTH).expect("a pattern of this file");
    let caught = plant("number", pattern, |captures, article, random| {
        let it = &captures["it"];
        let is_year = it.len() == 4 && it.chars().all(|c| c.is_ascii_digit());
        if is_year
            || month.is_match(&captures["unit"])
            || matches!(captures["unit"].trim(), "to" | "and")
        {
            return None;
        }
        let mut digits: Vec<char> = it.chars().collect();
        let places: Vec<usize> = (0..digits.len())
            .filter(|at| digits[*at].is_ascii_digit())
            .collect();
        let place = places[random.random_range(0..places.len())];
        let other = (digits[place].to_digit(10)? + random.random_range(1..9)) % 10;
        digits[place] = char::from_digit(if place == 0 { other.max(1) } else { other }, 10)?;
        let changed: String = digits.into_iter().collect();
        // A number that the article has elsewhere is out of this judge's reach.
        let french = changed
            .replace('.', ";")
            .replace(',', ".")
            .replace(';', ",");
        let elsewhere = article_has(article, &changed) || article.text.contains(&french);
        (changed != it && !elsewhere).then_some(changed)
    });
    assert_caught("numbers", caught, 1500, 0.97);
}

#[test]
fn changed_number_words_are_caught() {
    let english =
        "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen";
    let french = "trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize";
    let ordinals = "troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme onzieme douzieme treizieme \
        quatorzieme quinzieme seizieme";
    let english: Vec<&str> = english.split(' ').collect();
    let french: Vec<&str> = french.split(' ').collect();
    let ordinals: Vec<&str> = ordinals.split_whitespace().collect();
    let implied = Regex::new("[oinz]zaine|trimestr|quinquenn").expect("a pattern of this file");
    let pattern = format!(r" (?P<it>{})\b", english.join("|"));
    let caught = plant("number", &pattern, |captures, article, random| {
        let at = random.random_range(0..english.len());
        let elsewhere = article_has(article, french[at])
            || article_has(article, ordinals[at])
            || article_has(article, &(at + 3).to_string())
            || article_has(article, &(at + 15).to_string()) // "21 heures" is nine in the evening.
            || implied.is_match(&article.text);
        (english[at] != &captures["it"] && !elsewhere).then(|| english[at].to_owned())
    });
    assert_caught("number words", caught, 400, 0.97);
}

#[test]
fn changed_years_are_caught() {
    let relative =
        Regex::new("(?i)derni|proch|précéd|passé|auparavant|plus t[ôa]|il y a|dans .* ans")
            .expect("a pattern of this file");
    let caught = plant(
        "date",
        r"\b(?P<it>20[12]\d)\b",
        |captures, article, random| {
            let year: i32 = captures["it"].parse().ok()?;
            let step = random.random_range(1..4) * if random.random_bool(0.5) { 1 } else { -1 };
            let changed = (year + step).to_string();
            // "l'an dernier" states the neighbour of the article's own year.
            let published = article
                .date
                .as_deref()
                .and_then(|date| date[..4].parse().ok());
            let neighbour = published.is_some_and(|own: i32| own.abs_diff(year + step) <= 1);
            let elsewhere =
                article_has(article, &changed) || neighbour && relative.is_match(&article.text);
            (!elsewhere).then_some(changed)
        },
    );
    assert_caught("years", caught, 1500, 0.98);
}

#[test]
fn changed_days_are_caught() {
    let pattern = format!(r"\b(?P<it>\d{{1,2}}) {MONTH}");
    let caught = plant("date", &pattern, |captures, article, random| {
        let changed = random.random_range(1..29).to_string();
        let published = article.date.as_deref().unwrap_or_default();
        let elsewhere =
            article_has(article, &changed) || published.ends_with(&format!("-{changed:0>2}"));
        (changed != captures["it"] && !elsewhere).then_some(changed)
    });
    assert_caught("days", caught, 800, 0.97);
}

#[test]
fn changed_months_are_caught() {
    let names: Vec<&str> = MONTH[3..MONTH.len() - 1].split('|').collect();
    let pattern = format!(r"\b\d{{1,2}} (?P<it>{MONTH})");
    let caught = plant("date", &pattern, |captures, _, random| {
        let changed = names[random.random_range(0..12)];
        (changed != &captures["it"]).then(|| changed.to_owned())
    });
    assert_caught("months", caught, 800, 0.99);
}

/// English names and what in a French article would make them true.
const COUNTRIES: &str = "Vietnam: viet|hanoi|danang|chi minh|nha trang|hai phong|nguyen|truong|trinh|dinh|dong; \
    Russia: russ|moscou|kremlin|sputnik|poutine; China: chin|pekin|sino|yuan; India: inde|indien|delhi; \
    Ukraine: ukrain|kiev|kyiv|kharkiv|odess|dnie?pr|donbas|donets|marioupol|kherson|mykola|lviv|crimee|tcherni|izmail|otchak; \
    Japan: japon|nippon|tokyo; Thailand: thai|bangkok|laem chabang; Indonesia: indonesi|jakarta|java|bali|bogor; \
    Singapore: singapour; Malaysia: malaisi|kuala|putrajaya; Germany: allem|berlin|hambourg; \
    France: franc|paris|lyon|marseill|toulous; Australia: australi|canberra|sydney; Poland: polon|varsovie|poznan; \
    Cuba: cuba|havane; Laos: lao|vientiane|xieng";

/// Words of offices and what in a French article would make them true.
const OFFICES: &str = "Finance: financ; Health: sante|sanit|medic|hopita; Justice: justic|judic|jurid|parquet; \
    Education: educat|enseign|ecol|format|pedagog|lyce; Agriculture: agric|agro|paysan; Culture: cultur; \
    Tourism: touris|voyag; Transport: transport; Foreign: etranger|diplomat|exterieur|\\bae\\b";

/// The rows "English: pattern" of a table.
fn rows(table: &'static str) -> Vec<(&'static str, Regex)> {
    let rows = table.split("; ").map(|row| {
        let (english, french) = row.split_once(": ").expect("a row of this file");
        let french = Regex::new(french).expect("a pattern of this file");
        (english, french)
    });
    rows.collect()
}

/// Plants another word of the table in the place of what `place` matches.
fn plant_from(table: &'static str, place: &str) -> (usize, usize) {
    let table = rows(table);
    plant("name", place, |captures, article, random| {
        let (changed, french) = &table[random.random_range(0..table.len())];
        let title = article.title.as_deref().unwrap_or_default();
        let elsewhere = french.is_match(&plain(&format!("{title} {}", article.text)));
        (*changed != &captures["it"] && !elsewhere).then(|| (*changed).to_owned())
    })
}

#[test]
fn changed_countries_are_caught() {
    let names: Vec<&str> = rows(COUNTRIES).iter().map(|(name, _)| *name).collect();
    let place = format!(r"\b(?P<it>{})\b", names.join("|"));
    assert_caught("countries", plant_from(COUNTRIES, &place), 1200, 0.98);
}

#[test]
fn changed_offices_are_caught() {
    let place =
        r"[a-z] (?P<it>Finance|Health|Justice|Education|Culture|Foreign|Defence|Trade|Industry)\b";
    assert_caught("offices", plant_from(OFFICES, place), 200, 0.95);
}

/// An office and the name after it: the person is the second part.
const PERSON: &str = r"(?:[Mm]inisters?|[Aa]mbassador|[Ss]pokes\w+|Colonel|General|[Cc]oach|[Cc]ounsellor|physicist|jurist|scholar|developer|representative,|secretary|minister|Chairman|by|receiving|said) (?P<it>[A-Z][a-z]+(?: [A-Z][a-z]+){1,3})\b";

#[test]
fn changed_persons_are_caught() {
    let pattern = Regex::new(PERSON).expect("a pattern of this file");
    let mut names: Vec<String> = Vec::new();
    for article in all() {
        let summary = article.summary.unwrap_or_default();
        names.extend(
            pattern
                .captures_iter(&summary)
                .map(|captures| captures["it"].to_owned()),
        );
    }
    let caught = plant("name", PERSON, |captures, article, random| {
        let other = &names[random.random_range(0..names.len())];
        let its_last = other.rsplit(' ').next()?;
        let is_office = its_last == "Minister";
        if is_office || captures["it"].ends_with(its_last) || article_has(article, its_last) {
            return None;
        }
        // Half of the time another person, half of the time only another last word.
        match random.random_bool(0.5) {
            true => Some(other.clone()),
            false => Some(format!("{} {its_last}", captures["it"].rsplit_once(' ')?.0)),
        }
    });
    assert_caught("persons", caught, 400, 0.98);
}

/// A name of another article that both languages write alike (its words stand in that article too), in the place of a
/// name. Countries and what is implied by their cities have a test of their own.
#[test]
fn names_of_other_articles_are_caught() {
    const NAME: &str = r"[a-z,] (?P<it>[A-Z][\w-]+(?: [A-Z][\w-]+)*)";
    let name = Regex::new(NAME).expect("a pattern of this file");
    let implied = Regex::new("Viet|ASEAN|Ukrain|Russ|COVID|Lao|Hanoi|France|UN|EU|USD|CFA|League")
        .expect("a pattern of this file");
    let has = |article: &Gold, name: &str, all: bool| {
        let mut words = name.split([' ', '-']);
        match all {
            true => words.all(|word| article_has(article, word)),
            false => words.any(|word| article_has(article, word)),
        }
    };
    let mut names: Vec<String> = Vec::new();
    for article in all() {
        let summary = article.summary.clone().unwrap_or_default();
        let own = name.captures_iter(&summary).map(|it| it["it"].to_owned());
        names.extend(own.filter(|own| has(&article, own, true) && !implied.is_match(own)));
    }
    let caught = plant("name", NAME, |_, article, random| {
        let other = &names[random.random_range(0..names.len())];
        (!has(article, other, false)).then(|| other.clone())
    });
    assert_caught("names of other articles", caught, 5000, 0.98);
}
