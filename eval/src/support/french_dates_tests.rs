//! Tables for the French dates.

use super::super::tokens::tokens;
use super::*;

fn supports(text: &str, document: &str, mention: PartialDate) -> bool {
    let (found, _) = evidence(&tokens(text), PartialDate::parse(document));
    found.iter().any(|known| known.supports(mention))
}

fn date(text: &str) -> PartialDate {
    let (text, yearless) = match text.strip_prefix('-') {
        Some(rest) => (format!("2000-{rest}"), true),
        None => (text.to_owned(), false),
    };
    let date = PartialDate::parse(&text).expect("a date");
    PartialDate {
        year: date.year.filter(|_| !yearless),
        ..date
    }
}

#[test]
fn supported() {
    let table: &[(&str, &str, &[&str])] = &[
        (
            "le 26 octobre 2023",
            "2024-05-02",
            &["2023-10-26", "-10-26", "2023-10", "2023"],
        ),
        (
            "le 26 octobre",
            "2023-10-27",
            &["2023-10-26", "-10-26", "2023-10"],
        ),
        ("le 1er mars", "2023-03-02", &["2023-03-01"]),
        (
            "du 4 au 6 février",
            "2026-02-07",
            &["2026-02-04", "2026-02-06"],
        ),
        (
            "les 9, 10 et 11 juin",
            "2025-06-12",
            &["2025-06-09", "2025-06-10", "2025-06-11"],
        ),
        (
            "du 29 novembre au 2 décembre 2021",
            "2021-12-01",
            &["2021-11-29", "2021-12-02"],
        ),
        ("le 26/10/2023", "2023-10-27", &["2023-10-26"]),
        ("jeudi 26", "2023-10-27", &["2023-10-26"]),
        (
            "tireront les 25, 26 et 27 à Vung Tàu.",
            "2023-03-14",
            &["2023-03-25", "2023-03-26", "2023-03-27"],
        ),
        ("le 30, il", "2023-11-02", &["2023-10-30"]),
        ("mardi", "2023-10-27", &["2023-10-24", "2023-10-31"]),
        ("hier", "2023-11-01", &["2023-10-31"]),
        (
            "avant-hier et demain",
            "2023-11-01",
            &["2023-10-30", "2023-11-02"],
        ),
        ("le 18 avril ; la veille", "2024-04-30", &["2024-04-17"]),
        ("en décembre", "2024-01-10", &["2023-12"]),
        ("en janvier", "2023-12-10", &["2024-01"]),
        ("en juin dernier", "2023-02-10", &["2022-06"]),
        (
            "le 24 février de l'année dernière",
            "2023-04-27",
            &["2022-02-24", "2022"],
        ),
        ("en mars de cette année", "2023-09-01", &["2023-03"]),
        ("en juin prochain", "2023-08-10", &["2024-06"]),
        (
            "de janvier à juillet 2024",
            "2024-09",
            &["2024-01", "2024-07"],
        ),
        ("avant le 31 décembre", "2024-03-19", &["2024-12-31"]),
        (
            "l'an dernier, l'année prochaine",
            "2024-03-19",
            &["2023", "2025"],
        ),
        ("il y a trois ans", "2024-03-19", &["2021"]),
        ("dans douze jours", "2024-03-19", &["2024-03-31"]),
        (
            "rien",
            "2024-03-19",
            &["2024-03-19", "2024", "-03-19", "2024-03"],
        ),
        ("en 2022-23", "2024", &["2022", "2023"]),
        ("le droit de la mer", "2024", &["1982"]),
        ("le 3 mai, en 2019", "", &["2019-05-03"]),
    ];
    for (text, document, mentions) in table {
        for mention in *mentions {
            assert!(supports(text, document, date(mention)), "{text}: {mention}");
        }
    }
}

#[test]
fn not_supported() {
    let table: &[(&str, &str, &[&str])] = &[
        (
            "le 26 octobre 2023",
            "2024-05-02",
            &["2024-10-26", "2023-10-27", "2023-11-26", "-11", "2022"],
        ),
        (
            "le 26 octobre",
            "2023-10-27",
            &["2022-10-26", "2024-10-26", "2023-10-25", "2022"],
        ),
        ("en janvier", "2023-12-10", &["2024", "2022-01"]),
        ("en juin dernier", "2023-02-10", &["2023-06"]),
        (
            "du 4 au 6 février",
            "2026-02-07",
            &["2026-02-03", "2026-03-04"],
        ),
        ("mardi", "2023-10-27", &["2023-10-25"]),
        ("le 26e sommet", "2023-10-27", &["2023-10-26"]),
        ("les 15 et 16 pays", "2024-03-19", &["2024-03-15", "-03-16"]),
        ("il y a trois ans", "2024-03-19", &["2022", "2027"]),
    ];
    for (text, document, mentions) in table {
        for mention in *mentions {
            assert!(
                !supports(text, document, date(mention)),
                "{text}: {mention}"
            );
        }
    }
}

#[test]
fn numbers_of_days_are_taken_and_years_are_not() {
    let tokens = tokens("12 navires du 4 au 6 février 2026");
    let (_, taken) = evidence(&tokens, None);
    let left: Vec<&str> = tokens
        .iter()
        .zip(taken)
        .filter(|(_, taken)| !taken)
        .map(|(token, _)| token.text)
        .collect();
    assert_eq!(left, ["12", "navires", "du", "2026"]);
}
