//! The checks by example: one article, right and wrong abstracts of it.

use super::*;
use crate::article::{PublicationDate, Span};
use crate::text::segment;
use proptest::prelude::*;
use std::sync::LazyLock;

static GLOSSARY: LazyLock<Glossary> = LazyLock::new(|| Glossary::load(None).unwrap());

const ARTICLE: &str = "Le vice-ministre permanent des Affaires étrangères Bui Thanh Son a reçu mercredi 15 mai à Hanoï \
    l'ambassadeur de Russie au Vietnam, Guennadi Bezdetko.\n\nLe président russe Vladimir Poutine a salué la \
    coopération avec l'UEEA.\n\nLes échanges ont augmenté de 12 % pour atteindre 3,5 milliards de dollars en 2023.";

fn checks(text: &str) -> Vec<&'static str> {
    checks_of(ARTICLE, text)
}

fn checks_of(article: &str, text: &str) -> Vec<&'static str> {
    let whole = Span {
        start: 0,
        end: article.len(),
    };
    let document = segment(article, whole);
    let date = PublicationDate::parse("2024-05-16");
    let article = Material::of(None, article, &document, date);
    let mut checks: Vec<&str> = Verifier::new(&article, &GLOSSARY)
        .check(text, 40)
        .iter()
        .map(|finding| finding.check)
        .collect();
    checks.dedup();
    checks
}

#[test]
fn right_abstracts_have_no_findings() {
    for text in [
        "Permanent Deputy Foreign Minister Bui Thanh Son received Russian Ambassador Gennady Bezdetko in Hanoi on 15 \
         May 2024. Trade rose 12% to 3.5 billion US dollars in 2023.",
        "Deputy Minister Bui Thanh Son received Russian Ambassador Gennady Bezdetko on 15 May 2024.",
        "On Wednesday, Russia's ambassador to Vietnam, Gennady Bezdetko, met Deputy Minister Bui Thanh Son.",
        "Russian President Vladimir Putin welcomed cooperation with the Eurasian Economic Union (EAEU).",
        "Moscow's president welcomed cooperation with the EAEU.",
    ] {
        assert_eq!(checks(text), [""; 0], "{text}");
    }
}

/// What a translator calls otherwise than the article, and the same with another thing's name.
#[test]
fn translated_names_and_dates() {
    let table = [
        (
            "La Banque européenne d'investissement (BEI) a prêté 31 millions de dollars à des éleveurs du Finistère.",
            "The European Investment Bank (EIB) lent USD31 million to livestock farmers in Brittany.",
            "The European Investment Bank (EIX) lent USD31 million to livestock farmers in Bavaria.",
        ),
        (
            "Le Centre de prévision hydrométéorologique attend de la neige à Gomel les 25, 26 et 27 mai, dit Aliona \
             Lavrenovitch.",
            "The Hydro-Meteorological Forecasting Centre expects snow in Homel on 25 to 27 May, Aliona Laurenovich said.",
            "The Hydro-Meteorological Forecasting Centre expects snow in Hrodna on 25 to 27 May, Aliona Laukevich said.",
        ),
        (
            "Le Collège a reconduit, dans deux mois et sans droits, le contingent : zéro pour cent jusqu'à Noël.",
            "The Collegium renewed the quota for July 2024 at zero percent until 25 December.",
            "The Kolchak renewed the quota for July 2024 at zero percent until 25 December.",
        ),
        (
            "Le vice-Premier ministre, ministre des Finances, Park Joon-seo, a reçu la presse du pays, qui est resté.",
            "Deputy Prime Minister Park Joon-seo received the press.",
            "Deputy Prime Minister Kim Joon-seo received the press.",
        ),
    ];
    for (article, right, wrong) in table {
        assert_eq!(checks_of(article, right), [""; 0], "{right}");
        assert!(checks_of(article, wrong).contains(&"names"), "{wrong}");
    }
}

#[test]
fn wrong_abstracts_have_their_finding() {
    let table = [
        (
            "numbers",
            "Trade rose 13% to 3.5 billion US dollars in 2023.",
        ),
        ("numbers", "Trade rose 12% to 3.5 billion euros in 2023."),
        ("numbers", "Trade rose by 12 tonnes in 2023."),
        (
            "dates",
            "Bui Thanh Son received Russian Ambassador Gennady Bezdetko on 16 June 2024.",
        ),
        (
            "dates",
            "Bui Thanh Son received Russian Ambassador Gennady Bezdetko on 15 May 2023.",
        ),
        (
            "dates",
            "Bui Thanh Son received Russian Ambassador Gennady Bezdetko on Friday.",
        ),
        ("dates", "Trade rose 12% in 2022."),
        (
            "names",
            "Permanent Deputy Foreign Minister Bui Thanh Son received Sergey Bezdetko.",
        ),
        (
            "names",
            "Russian President Vladimir Bezdetko welcomed the cooperation.",
        ),
        (
            "organisations",
            "Russian President Vladimir Putin welcomed cooperation with the European Union.",
        ),
        (
            "organisations",
            "He welcomed cooperation with the European Union (EAEU).",
        ),
        (
            "organisations",
            "Bui Thanh Son received the Chinese ambassador in Hanoi.",
        ),
        (
            "roles",
            "Vietnamese President Vladimir Putin welcomed the cooperation.",
        ),
        (
            "roles",
            "Vietnamese Ambassador Gennady Bezdetko was received in Hanoi.",
        ),
        (
            "roles",
            "Foreign Minister Bui Thanh Son received the Russian ambassador.",
        ),
        (
            "roles",
            "Permanent Deputy Defence Minister Bui Thanh Son received the ambassador.",
        ),
        (
            "direction",
            "Trade fell 12% to 3.5 billion US dollars in 2023.",
        ),
        (
            "direction",
            "Bui Thanh Son did not receive Russian Ambassador Gennady Bezdetko.",
        ),
        (
            "direction",
            "Russian President Vladimir Putin condemned the cooperation.",
        ),
        (
            "language",
            "Le vice-ministre a reçu mercredi à Hanoï l'ambassadeur de Russie au Vietnam pour parler du commerce.",
        ),
        (
            "length",
            "the the the the the the the the the the the the the the the the the the the the the the the the the \
                    the the the the the the the the the the the the the the the the the the",
        ),
        (
            "organisations",
            "Bui Thanh Son received the Russian ambassador in Moscow.",
        ),
        ("sentences", "Trade rose 12% to 3.5 billion US dollars in"),
        (
            "repetition",
            "The two sides agreed to raise their trade, and the two sides agreed to raise their trade.",
        ),
        ("french", "Trade with the UEEA rose 12%."),
        (
            "french",
            "Bui Thanh Son received the ambassador le 15 mai dans la capitale.",
        ),
    ];
    for (check, text) in table {
        let found = checks(text);
        assert!(found.contains(&check), "{check}: {found:?} in {text}");
        assert!(CHECKS.contains(&check));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_can_be_checked(text in "(?:[A-Z][a-z]+|[0-9]{1,4}| |-|,|\\. |\\(|'s|Minister|Deputy|not|rose|May|%|é|\\PC){0,40}") {
        let document = segment(&text, Span { start: 0, end: text.len() });
        let article = Material::of(Some(&text), &text, &document, None);
        for finding in Verifier::new(&article, &GLOSSARY).check(&text, 60) {
            prop_assert!(text.get(finding.span).is_some());
        }
    }
}
