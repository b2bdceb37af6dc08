//! Tests of the dates put into English, with the traps of the wire.

use super::*;

fn english(french: &str, published: &str) -> String {
    Calendar::new(PublicationDate::parse(published)).in_english(french)
}

#[test]
fn days_get_their_year_and_months_their_english_name() {
    let table = [
        (
            "tenu le 6 mars à Hanoï",
            "2020-03",
            "tenu le 6 March 2020 à Hanoï",
        ),
        (
            "le mercredi 15 mai",
            "2024-05-16",
            "le Wednesday 15 May 2024",
        ),
        (
            "Mercredi 15 mai, il",
            "2024-05",
            "Wednesday 15 May 2024, il",
        ),
        // 15 May 2024 is a Wednesday.
        ("le mardi 15 mai", "2024-05-16", "le 15 May 2024"),
        // 5 July: a Friday in 2019, a Sunday in 2020.
        ("le vendredi 5 juillet", "2020-01", "le Friday 5 July 2019"),
        ("le dimanche 5 juillet", "2020-01", "le Sunday 5 July 2020"),
        (
            "ce mercredi 15 mai",
            "2024-05-16",
            "ce Wednesday 15 May 2024",
        ),
        ("le 28 décembre", "2021-01", "le 28 December 2020"),
        ("le 1er juillet 2019", "2024-05", "le 1 July 2019"),
        ("les 15-16 mai", "2024-05", "les 15-16 May 2024"),
        ("du 1er au 3 mai", "2024-05", "du 1 au 3 May 2024"),
        (
            "du mercredi 15 au vendredi 17 mai",
            "2024-05",
            "du Wednesday 15 au Friday 17 May 2024",
        ),
        (
            "du 28 mai au 2 juin 2023",
            "2023-05",
            "du 28 May 2023 au 2 June 2023",
        ),
        ("le 06/07/2022", "2022-07", "le 6 July 2022"),
        ("en mars 2020", "2024-05", "en March 2020"),
        ("d'ici 2025", "2024-05", "d'ici 2025"),
        ("le 11e Dialogue", "2020-03", "le 11e Dialogue"),
        ("le 6 mars", "", "le 6 March"),
    ];
    for (french, published, expected) in table {
        assert_eq!(english(french, published), expected, "{french} {published}");
    }
}

#[test]
fn a_year_that_is_not_certain_is_not_given() {
    let table = [
        (
            "la Fête nationale du 2 septembre",
            "la Fête nationale du 2 September",
        ),
        ("chaque 9 mai", "chaque 9 May"),
        ("le 1er septembre", "le 1 September"),
        ("le dimanche 1er septembre", "le Sunday 1 September 2024"),
        ("le vendredi 1er septembre", "le Friday 1 September 2023"),
        ("avant le 31 décembre", "avant le 31 December"),
        ("avant le 1er septembre", "avant le 1 September 2024"),
        ("le 31 décembre", "le 31 December 2023"),
        ("le 10 juin", "le 10 June 2024"),
        ("rue du 4 septembre", "rue du 4 September"),
        ("En 1954, le 7 mai", "En 1954, le 7 May"),
        ("le 7 mai de la même année", "le 7 May de la même année"),
        ("en janvier", "en January"),
        ("de janvier à juillet 2023", "de January 2023 à July 2023"),
    ];
    for (french, expected) in table {
        assert_eq!(english(french, "2024-02-10"), expected, "{french}");
    }
}

#[test]
fn words_behind_a_date_give_its_year() {
    let table = [
        ("en juin dernier", "2024-05-16", "en June 2023"),
        ("en mai dernier", "2024-05-16", "en May 2023"),
        ("en avril dernier", "2024-05", "en April 2024"),
        ("en juin dernier", "2024", "en June dernier"),
        ("dès janvier prochain", "2021-06-10", "dès January 2022"),
        ("en juin prochain", "2022-09", "en June 2023"),
        ("en décembre prochain", "2022-09", "en December 2022"),
        ("le 28 mai dernier", "2024-03", "le 28 May 2023"),
        ("le 3 mai dernier", "2024-05-16", "le 3 May 2024"),
        ("le 3 mai dernier", "2024-05", "le 3 May dernier"),
        ("en juin de l'an prochain", "2024-02-23", "en June 2025"),
        (
            "le 6 mars de l'année dernière",
            "2024-02-23",
            "le 6 March 2023",
        ),
    ];
    for (french, published, expected) in table {
        assert_eq!(english(french, published), expected, "{french} {published}");
    }
}

#[test]
fn years_and_months_that_lean_on_the_date_of_publication() {
    let table = [
        ("a coûté l'an dernier", "2024-05", "a coûté in 2023"),
        ("L'an passé, il", "2024", "In 2023, il"),
        ("depuis l'année dernière", "2024-05", "depuis 2023"),
        ("de l'année prochaine", "2024-05", "de 2025"),
        (
            "l'année passée à étudier",
            "2024-05",
            "l'année passée à étudier",
        ),
        (
            "que cette année, les deux",
            "2024-05",
            "que in 2024, les deux",
        ),
        ("Cette année marque", "2024-05", "Cette année marque"),
        ("cette année-là, il", "2024-05", "cette année-là, il"),
        (
            "le mois dernier, 38%",
            "2022-01-12",
            "in December 2021, 38%",
        ),
        ("le mois dernier", "2022", "le mois dernier"),
    ];
    for (french, published, expected) in table {
        assert_eq!(english(french, published), expected, "{french} {published}");
    }
}

#[test]
fn days_that_lean_on_the_date_of_publication() {
    let table = [
        ("reçu hier par", "2024-05-01", "reçu on 30 April 2024 par"),
        ("Hier soir, il", "2024-05-16", "On 15 May 2024 soir, il"),
        ("reçu hier", "2024-05", "reçu hier"),
        ("les ennemis d'hier", "2024-05-16", "les ennemis d'hier"),
        (
            "hier comme aujourd'hui",
            "2024-05-16",
            "hier comme aujourd'hui",
        ),
        ("arrivé avant-hier", "2024-05-16", "arrivé on 14 May 2024"),
        // 16 May 2024 is a Thursday.
        (
            "reçu ce mercredi",
            "2024-05-16",
            "reçu on Wednesday 15 May 2024",
        ),
        ("dès ce jeudi", "2024-05-16", "dès Thursday 16 May 2024"),
        ("ce lundi", "2024-05-16", "ce lundi"),
        ("ce jeudi", "2024-05", "ce jeudi"),
        (
            "tenue jeudi à Hanoï",
            "2024-05-16",
            "tenue on Thursday 16 May 2024 à Hanoï",
        ),
        (
            "tenue mercredi à Hanoï",
            "2024-05-16",
            "tenue Wednesday à Hanoï",
        ),
        (
            "chaque jeudi, le jeudi",
            "2024-05-16",
            "chaque Thursday, le Thursday",
        ),
        (
            "jeudi soir 16 mai",
            "2024-05-16",
            "Thursday soir 16 May 2024",
        ),
        ("mardi dernier", "2024-05-16", "on Tuesday 14 May 2024"),
        ("jeudi prochain", "2024-05-16", "jeudi prochain"),
        (
            "Mardi gras, mardi gras, les lundis",
            "2024-05-16",
            "Mardi gras, mardi gras, les lundis",
        ),
        (
            "contre 9.000 aujourd'hui, pour demain",
            "2024-05-16",
            "contre 9.000 aujourd'hui, pour demain",
        ),
    ];
    for (french, published, expected) in table {
        assert_eq!(english(french, published), expected, "{french} {published}");
    }
}

#[test]
fn the_same_day_is_the_one_day_named_before() {
    let mut calendar = Calendar::new(PublicationDate::parse("2020-03"));
    let one = calendar.in_english("tenu le 6 mars à Hanoï, une conférence organisée le même jour");
    assert_eq!(
        one,
        "tenu le 6 March 2020 à Hanoï, une conférence organisée on 6 March 2020"
    );
    let next = calendar.in_english("Le même jour, il est parti.");
    assert_eq!(next, "On 6 March 2020, il est parti.");
    // That sentence named no day of its own, so the next one has none to lean on.
    assert_eq!(calendar.in_english("Le même jour, il"), "Le même jour, il");
    let two = calendar.in_english("du 3 au 5 mars, et le même jour");
    assert_eq!(two, "du 3 au 5 March 2020, et le même jour");
    assert_eq!(calendar.in_english("Le même jour"), "Le même jour");
}
