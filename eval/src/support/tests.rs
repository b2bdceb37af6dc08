//! The judge as a whole: small articles with their abstracts.

use proptest::prelude::*;

use super::*;
use crate::read::prediction::{PredictedAbstract, Prediction};

#[test]
fn dots_of_abbreviations() {
    let table = [
        ("the U.S. and the U.N. met", "the US and the UN met"),
        ("J. Smith left. A dog came.", "J. Smith left. A dog came."),
        ("", ""),
    ];
    for (text, plain) in table {
        assert_eq!(without_dots(text), plain);
    }
}

fn article() -> Gold {
    Gold {
        id: "a".to_owned(),
        date: Some("2023-10-27".to_owned()),
        title: Some("Onzième session à Moscou".to_owned()),
        text: "Moscou (VNA) – Le vice-ministre vietnamien de la Défense, Lê Quang Minh, s'est entretenu jeudi avec son \
            homologue russe, Sergueï Tchoubarov. Les échanges ont atteint 3,5 milliards d'USD l'an dernier, en hausse \
            de 25%. Douze navires gagneront Haïphong du 4 au 6 février, et 3.500tonnes de riz suivront à 22h30."
            .to_owned(),
        ..Gold::default()
    }
}

/// Faults as "kind: what".
fn found(text: &str) -> Vec<String> {
    let faults = faults(&article(), text);
    faults
        .iter()
        .map(|fault| format!("{}: {}", fault.kind, fault.what))
        .collect()
}

#[test]
fn what_the_article_says_passes() {
    let table = [
        "On 26 October 2023 Vietnamese Deputy Defence Minister Le Quang Minh met Russia's Sergey Chubarov in Moscow.",
        "At the 11th session on Thursday, October 26, officials said trade grew 25 percent to USD 3.5 billion in 2022.",
        "Trade reached US$3.5bn. Twelve ships will call at Hai Phong from 4 to 6 February 2024.",
        "The two sides spoke of 3,500 tonnes of rice, due at half past ten in the evening, the U.S. dollar and both ports.",
        "Long-term plans were made. Officials spoke.",
        "",
    ];
    for text in table {
        let found = found(text);
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn what_it_does_not_say_is_named() {
    let table: &[(&str, &[&str])] = &[
        ("On 24 October 2022 they met.", &["date: 24 October 2022"]),
        ("They met in November.", &["date: November"]),
        (
            "Trade reached 3.6 billion US dollars.",
            &["number: 3.6 billion"],
        ),
        (
            "Trade reached 3.5 million dollars.",
            &["number: 3.5 million"],
        ),
        ("Thirteen ships will come.", &["number: Thirteen"]),
        (
            "Chinese Deputy Defence Minister Le Quang Minh came.",
            &["name: Chinese Deputy Defence Minister Le Quang Minh"],
        ),
        (
            "Le Quang Dung met Sergey Chubarov.",
            &["name: Le Quang Dung"],
        ),
        (
            "He flew to Saint Petersburg for NATO.",
            &["name: Saint Petersburg", "name: NATO"],
        ),
    ];
    for (text, expected) in table {
        assert_eq!(&found(text), expected, "{text}");
    }
}

#[test]
fn missing_abstracts_miss_facts_and_count_in_nothing_else() {
    let fact = |english: &str| Fact::Place {
        source: String::new(),
        english: english.to_owned(),
    };
    let gold = [
        Gold {
            facts: vec![fact("Moscow"), fact("Hanoi")],
            ..article()
        },
        Gold {
            facts: vec![fact("Moscow")],
            ..article()
        },
        article(),
    ];
    let prediction = |text: &str, status: AbstractStatus| Prediction {
        id: "a".to_owned(),
        topics: Vec::new(),
        summary: Some(PredictedAbstract {
            text: text.to_owned(),
            status,
            checks: Vec::new(),
        }),
        provenance: None,
    };
    let said = [
        prediction("They met in Moscow.", AbstractStatus::Verified),
        prediction("  ", AbstractStatus::Verified),
        prediction(
            "They met in Paris, twelve of them.",
            AbstractStatus::NeedsReview,
        ),
    ];
    let pairs: Vec<Pair> = gold
        .iter()
        .zip(&said)
        .map(|(gold, said)| Pair {
            gold,
            prediction: Some(said),
        })
        .collect();
    let figures = figures(&pairs);
    let value = |name: &str| {
        let figure = figures.iter().find(|figure| figure.name == name);
        figure.expect("a figure of this name").value()
    };
    assert!(figures.iter().all(|figure| figure.rows.len() == 3));
    assert_eq!(value("fact-recall"), Some(1.0 / 3.0));
    assert_eq!(value("fact-recall-place"), Some(1.0 / 3.0));
    assert_eq!(value("fact-recall-person"), None);
    assert_eq!(value("name-support"), Some(0.5));
    assert_eq!(value("number-support"), Some(1.0));
    assert_eq!(value("date-support"), None);
    assert_eq!(value("supported-abstracts"), Some(0.5));
    assert_eq!(value("verified-supported-abstracts"), Some(1.0));
    assert_eq!(value("verified-number-support"), None);
}

#[test]
fn facts_in_an_abstract() {
    let text = "The UN and Russia's Gennady Ovcharuk asked General Minh on 4 February to send 1.2 million tonnes, half of \
        it to Kyiv; Le Quang Minh signed an agreement recognising degrees in 2021.";
    let source = String::new;
    let person = |english: &str| Fact::Person {
        source: source(),
        english: english.to_owned(),
        office: None,
    };
    let organisation = |english: &str| Fact::Organisation {
        source: source(),
        english: english.to_owned(),
    };
    let number = |value: f64| Fact::Number {
        source: source(),
        english: String::new(),
        value,
        unit: String::new(),
    };
    let date = |value: &str| Fact::Date {
        source: source(),
        english: String::new(),
        value: value.to_owned(),
    };
    let event = |english: &str, who: &str| Fact::Event {
        source: source(),
        english: english.to_owned(),
        who: who.to_owned(),
        did: String::new(),
        to: None,
    };
    let table = [
        (person("Gennady Ovcharuk"), true),
        (person("Guennadi Ovtcharouk"), true),
        (person("Viktor Ovcharuk"), true),
        (person("Gennady Petrov"), false),
        (person("Le Quang Minh"), true),
        (person("Le Van Minh"), false),
        (organisation("the United Nations"), true),
        (organisation("the WHO"), false),
        (number(1_200_000.0), true),
        (number(0.5), true),
        (number(1200.0), false),
        (date("2024-02-04"), true),
        (date("2024-02-04/2024-02-06"), true),
        (date("2024-02-05"), false),
        (date("2024-02"), true),
        (date("2021"), true),
        (date("2022"), false),
        (
            event(
                "signed an agreement on recognising degrees",
                "Le Quang Minh",
            ),
            true,
        ),
        (
            event("signed an agreement on recognising degrees", "China"),
            false,
        ),
        (
            event("opened a new embassy and a consulate", "Russia"),
            false,
        ),
    ];
    for (fact, expected) in table {
        let gold = Gold {
            facts: vec![fact.clone()],
            ..article()
        };
        let lacks = faults(&gold, text).iter().any(|fault| fault.kind == "fact");
        assert_eq!(!lacks, expected, "{fact:?}");
    }
}

proptest! {
    /// Whatever stands in article and abstract, the judge says something.
    #[test]
    fn never_panics(
        text in "([0-9]{1,4}|[.,:'’/%&;#-]| |\u{a0}|mars|le|du|au|et|il y a|dans|ans|million|demi|U\\.S|XX|[a-zA-Zéǆ]{1,3}){0,20}",
        said in "([0-9]{1,4}|[.,:'’/%&;$-]| |May|of|the|to|and|half a|million|two|third|U\\.S|[a-zA-Zéǆ]{1,3}){0,20}",
        date in "([0-9]{4}(-[0-9]{2}){0,2}|.{0,6})",
    ) {
        let gold = Gold { text, date: Some(date), ..Gold::default() };
        faults(&gold, &said);
    }

    /// What is in the article word for word is supported: numbers and names need no translation.
    #[test]
    fn digits_and_names_support_themselves(number in 2_u32..1_000_000, name in "[A-Z][bdglmnr][aeiou][bdglmnr]{2}ov") {
        let gold = Gold {
            text: format!("M. {name} a vu {number} navires."),
            ..Gold::default()
        };
        let said = format!("He told {name} of {number} million or {number} ships.");
        let faults = faults(&gold, &said);
        let found: Vec<&str> = faults.iter().map(|fault| fault.kind.as_str()).collect();
        prop_assert!(found.iter().all(|kind| *kind == "number" || *kind == "date"), "{faults:?}");
        prop_assert!(found.len() <= 1, "{faults:?}");
    }
}
