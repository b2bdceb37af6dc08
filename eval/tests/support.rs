//! Holds the judge of abstracts to the gold corpus: what people wrote must pass, and planted errors must not.
//!
//! Thresholds are below the measured figures by little; a change that crosses one is a change of the judge.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use regex::{Captures, Regex};
use unicode_normalization::UnicodeNormalization;

use depeche_eval::support::{faults, figures};
use depeche_eval::{AbstractStatus, Gold, PredictedAbstract, Prediction, align};

fn corpus(file: &str) -> Vec<Gold> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../corpus")
        .join(file);
    let rows = fs::read_to_string(&path).expect("the corpus is part of the repository");
    // Articles to train the generator with are no split of the gold.
    let rows = rows.replace(r#""split": "adapt""#, r#""split": null"#);
    Gold::parse(rows.as_bytes(), &path).expect("rows of the corpus are gold rows")
}

/// All articles with a human abstract.
fn all() -> Vec<Gold> {
    [TRAIN, ADAPT, DEV].into_iter().flat_map(corpus).collect()
}

const TRAIN: &str = "gold/train.jsonl";
const DEV: &str = "gold/dev.jsonl";
const ADAPT: &str = "adapt/articles.jsonl";

/// The reference abstracts as if a program had written and verified them.
fn as_predictions(gold: &[Gold]) -> Vec<Prediction> {
    let written = gold.iter().filter_map(|article| {
        Some(Prediction {
            id: article.id.clone(),
            topics: Vec::new(),
            summary: Some(PredictedAbstract {
                text: article.summary.clone()?,
                status: AbstractStatus::Verified,
                checks: Vec::new(),
            }),
            provenance: None,
        })
    });
    written.collect()
}

fn values(gold: &[Gold]) -> BTreeMap<String, Option<f64>> {
    let predictions = as_predictions(gold);
    let (pairs, _) = align(gold, &predictions, &[]);
    let figures = figures(&pairs);
    figures
        .iter()
        .map(|figure| (figure.name.clone(), figure.value()))
        .collect()
}

#[test]
fn what_people_wrote_is_supported() {
    // The judge was developed on dev, train and the even articles of adapt; odd ones show what it does to abstracts that it
    // was not: names that are translated, or implied by what the article calls otherwise, are its false alarms.
    let is_odd = |article: &Gold| article.id.ends_with(['1', '3', '5', '7', '9']);
    let (first, later): (Vec<Gold>, Vec<Gold>) = corpus(TRAIN)
        .into_iter()
        .partition(|article| article.id.as_str() < "train-155");
    let (odd, even): (Vec<Gold>, Vec<Gold>) = corpus(ADAPT).into_iter().partition(is_odd);
    for (part, gold, names, abstracts) in [
        ("train, first", first, 0.99, 0.97),
        ("dev", corpus(DEV), 0.99, 0.97),
        ("train, later", later, 0.99, 0.97),
        ("adapt, even", even, 0.99, 0.97),
        ("adapt, odd", odd, 0.95, 0.85),
    ] {
        for article in &gold {
            for fault in faults(article, article.summary.as_deref().unwrap_or_default()) {
                println!("{part}: {} {}: {}", article.id, fault.kind, fault.what);
            }
        }
        let values = values(&gold);
        for (figure, least) in [
            ("number-support", 0.98),
            ("date-support", 0.98),
            ("name-support", names),
            ("supported-abstracts", abstracts),
            ("verified-supported-abstracts", abstracts),
        ] {
            let value = values[figure].expect("every part has mentions");
            println!("{part}: {figure} {value:.4}");
            assert!(value >= least, "{part}: {figure} {value}");
        }
    }
    let recall = values(&corpus(DEV));
    for kind in [
        "",
        "-person",
        "-organisation",
        "-place",
        "-number",
        "-date",
        "-event",
    ] {
        let value = recall[&format!("fact-recall{kind}")].expect("dev has facts of each kind");
        assert!(value >= 0.98, "fact-recall{kind} {value}");
    }
}

/// Facts of one article are not in the abstract of another.
#[test]
fn another_abstract_lacks_the_facts() {
    let mut gold = corpus(DEV);
    let mut abstracts: Vec<Option<String>> = gold
        .iter_mut()
        .map(|article| article.summary.take())
        .collect();
    abstracts.rotate_left(1);
    for (article, summary) in gold.iter_mut().zip(abstracts) {
        article.summary = summary;
    }
    let values = values(&gold);
    for (figure, most) in [
        ("fact-recall", 0.1),
        ("number-support", 0.4),
        ("date-support", 0.2),
        ("name-support", 0.5),
        ("supported-abstracts", 0.0),
    ] {
        let value = values[figure].expect("dev has mentions and facts");
        println!("{figure} {value}");
        assert!(value <= most, "{figure} {value}");
    }
}

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

fn assert_caught(what: &str, (planted, found): (usize, usize), at_least: usize) {
    println!("{what}: {found} of {planted}");
    assert!(planted >= at_least, "{what}: only {planted} planted");
    let share = found as f64 / planted as f64;
    assert!(share >= 0.97, "{what}: {found} of {planted} caught");
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
    assert_caught("numbers", caught, 400);
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
    let pattern = format!(r" (?P<it>{})\b", english.join("|"));
    let caught = plant("number", &pattern, |captures, article, random| {
        let at = random.random_range(0..english.len());
        let elsewhere = article_has(article, french[at])
            || article_has(article, ordinals[at])
            || article_has(article, &(at + 3).to_string());
        (english[at] != &captures["it"] && !elsewhere).then(|| english[at].to_owned())
    });
    assert_caught("number words", caught, 200);
}

#[test]
fn changed_years_are_caught() {
    let caught = plant(
        "date",
        r"\b(?P<it>20[12]\d)\b",
        |captures, article, random| {
            let year: i32 = captures["it"].parse().ok()?;
            let step = random.random_range(1..4) * if random.random_bool(0.5) { 1 } else { -1 };
            let changed = (year + step).to_string();
            (!article_has(article, &changed)).then_some(changed)
        },
    );
    assert_caught("years", caught, 600);
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
    assert_caught("days", caught, 500);
}

#[test]
fn changed_months_are_caught() {
    let names: Vec<&str> = MONTH[3..MONTH.len() - 1].split('|').collect();
    let pattern = format!(r"\b\d{{1,2}} (?P<it>{MONTH})");
    let caught = plant("date", &pattern, |captures, _, random| {
        let changed = names[random.random_range(0..12)];
        (changed != &captures["it"]).then(|| changed.to_owned())
    });
    assert_caught("months", caught, 500);
}

/// English names and what in a French article would make them true.
const COUNTRIES: [(&str, &str); 16] = [
    (
        "Vietnam",
        "vietnam|hano[iï]|danang|chi minh|nha trang|hai phong",
    ),
    ("Russia", "russ|moscou|kremlin"),
    (
        "Ukraine",
        "ukrain|kiev|kyiv|kharkiv|odess|dnie?pr|donbas|donets|marioupol|kherson|mykola",
    ),
    ("China", "chin|pékin|sino"),
    ("India", "inde|indien|delhi"),
    ("Japan", "japon|nippon|tokyo"),
    ("Thailand", "thaïland|thailand|bangkok"),
    ("Indonesia", "indonési|jakarta"),
    ("Singapore", "singapour"),
    ("Malaysia", "malaisi|kuala|putrajaya"),
    ("Germany", "allem|berlin"),
    ("France", "franc|paris"),
    ("Australia", "australi|canberra"),
    ("Poland", "polon|varsovie"),
    ("Cuba", "cuba|havane"),
    ("Laos", "lao|vientiane"),
];

#[test]
fn changed_countries_are_caught() {
    let names: Vec<&str> = COUNTRIES.iter().map(|(name, _)| *name).collect();
    let pattern = format!(r"\b(?P<it>{})\b", names.join("|"));
    let caught = plant("name", &pattern, |captures, article, random| {
        let (changed, french) = COUNTRIES[random.random_range(0..COUNTRIES.len())];
        let french = Regex::new(&format!("(?i){french}")).expect("a pattern of this file");
        let title = article.title.as_deref().unwrap_or_default();
        let elsewhere = french.is_match(&article.text) || french.is_match(title);
        (changed != &captures["it"] && !elsewhere).then(|| changed.to_owned())
    });
    assert_caught("countries", caught, 400);
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
    assert_caught("persons", caught, 120);
}

/// Words of offices and what in a French article would make them true.
const OFFICES: [(&str, &str); 9] = [
    ("Finance", "financ"),
    ("Health", "sante|sanit|medic|hopita"),
    ("Justice", "justic|judic|jurid|parquet"),
    ("Education", "educat|enseign|ecol|format|pedagog"),
    ("Agriculture", "agric|agro|paysan"),
    ("Culture", "cultur"),
    ("Tourism", "touris"),
    ("Transport", "transport"),
    ("Foreign", "etranger|diplomat|exterieur|AE"),
];

#[test]
fn changed_offices_are_caught() {
    let names: Vec<&str> = OFFICES.iter().map(|(name, _)| *name).collect();
    let pattern = format!(
        r"[a-z] (?P<it>{}|Defence|Trade|Industry)\b",
        names.join("|")
    );
    let caught = plant("name", &pattern, |captures, article, random| {
        let (changed, french) = OFFICES[random.random_range(0..OFFICES.len())];
        let elsewhere = Regex::new(french).expect("a pattern of this file");
        let title = article.title.as_deref().unwrap_or_default();
        let elsewhere = elsewhere.is_match(&plain(&article.text))
            || elsewhere.is_match(&plain(title))
            || article.text.contains(" AE");
        (changed != &captures["it"] && !elsewhere).then(|| changed.to_owned())
    });
    assert_caught("offices", caught, 50);
}

/// A name of another article that both languages write alike (its words stand in that article too), in the place of a
/// name. Countries and what is implied by their cities have a test of their own.
#[test]
fn names_of_other_articles_are_caught() {
    const NAME: &str = r"[a-z,] (?P<it>[A-Z][\w-]+(?: [A-Z][\w-]+)*)";
    let name = Regex::new(NAME).expect("a pattern of this file");
    let implied = Regex::new("Viet|ASEAN|Ukrain|Russ|COVID").expect("a pattern of this file");
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
    assert_caught("names of other articles", caught, 2000);
}
