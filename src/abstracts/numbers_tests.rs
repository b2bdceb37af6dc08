//! Tests of numbers put into English, and of the digits that must stay.

use super::*;
use proptest::prelude::*;

#[test]
fn numbers_as_english_writes_them() {
    let table = [
        ("3.500 projets", "3,500 projets"),
        (
            "1.127 attaques et 1.180 lignes",
            "1,127 attaques et 1,180 lignes",
        ),
        ("28 000 cas, 1 234 567,5 km", "28,000 cas, 1,234,567.5 km"),
        (
            "hausse de 12,5 %, de 40 à 60 %",
            "hausse de 12.5%, de 40 à 60%",
        ),
        ("dix pour cent, 4,4 pour cent", "10%, 4.4%"),
        ("6,3 milliards d'ici 2025", "6.3 billion d'ici 2025"),
        ("10 milliards d'USD", "10 billion US dollars"),
        ("10 milliards de dollars", "10 billion dollars"),
        (
            "1,4 million de dollars locaux",
            "1.4 million dollars locaux",
        ),
        ("3 500 milliards de dollars", "3,500 billion dollars"),
        (
            "41 milliards de dôngs, 20 millions d'euros",
            "41 billion dong, 20 million euros",
        ),
        (
            "500.000 USD, 13 USD le baril, 25 €",
            "500,000 US dollars, 13 US dollars le baril, 25 euros",
        ),
        ("1,9 million de tonnes", "1.9 million de tonnes"),
        ("2 billions de dollars américains", "2 trillion US dollars"),
    ];
    for (french, expected) in table {
        assert_eq!(in_english(french), expected);
    }
}

#[test]
fn ordinals_and_numbers_in_words() {
    let table = [
        (
            "le 11e Dialogue, la 1re, la 22e, la 3e",
            "le 11th Dialogue, la 1st, la 22nd, la 3rd",
        ),
        ("XIIIe Congrès, XXIe siècle", "13th Congrès, 21st siècle"),
        ("la Ve Région militaire", "la 5th Région militaire"),
        ("le 112e et le 12 ème", "le 112th et le 12 ème"),
        (
            "dix-neuf marins, quatre-vingt-dix jours",
            "19 marins, 90 jours",
        ),
        ("Deux cent douze familles", "212 familles"),
        (
            "un milliard deux cents millions de roubles",
            "1.2 billion roubles",
        ),
        (
            "une dizaine de pays, une centaine d'élèves",
            "about 10 pays, about 100 élèves",
        ),
        ("-5,3 % et 0.125", "-5.3% et 0.125"),
        ("le pays compte 3.500 écoles", "le pays compte 3,500 écoles"),
    ];
    for (french, expected) in table {
        assert_eq!(in_english(french), expected);
    }
}

#[test]
fn what_is_no_quantity_or_not_certain_stays() {
    let table = [
        "en 2025, en 2016 et 1976",
        "le 15.05.2024, le 06/07/2022",
        "les 9 et 10 juin, du 1er au 3 mai 2023",
        "la version 1.0, la version 1.127",
        "l'article 1.127, la résolution n° 2.758",
        "décision 1.127/QD-TTg, 1.127/QD",
        "Tél. : 024 3845 2345, +84 24 0000 0001, (+84) 28 3555 0192, 1900 1234",
        "+84 912 345 678 ou 0912 345 678",
        "3,500 personnes",
        "deuxième, premier, le cinquième Sommet",
        "deux pays, trois jours, dix ans, neuf",
        "le Groupe des Vingt, les Douze",
        "une quarantaine de 14 jours",
        "un million et demi de tonnes",
        "3 e-mails, G20, COVID-19, 5G, 14h30",
        "victoire 4-0",
        "Le pays, la ligne d'urgence",
    ];
    for french in table {
        assert_eq!(in_english(french), french);
    }
    assert_eq!(in_english("9,8 cents"), "9.8 cents");
    assert_eq!(
        in_english("plus d'un millier de voix"),
        "plus de about 1,000 voix"
    );
    assert_eq!(in_english("Napoléon Ier"), "Napoléon I");
    assert_eq!(
        in_english("une dizaine d'entre eux"),
        "about 10 d'entre eux"
    );
    assert_eq!(in_english("l'an deux mille vingt"), "l'an 2020");
}

proptest! {
    #[test]
    fn a_text_without_numbers_stays(text in "(?:[.,]|[ ]|e|cent mille|milliards|d'USD|%|XI|\\PC){0,20}") {
        let numbers = find(&text);
        prop_assert!(!numbers.is_empty() || in_english(&text) == text);
    }

    #[test]
    fn grouped_digits_keep_their_value(n in 1_000_u32..2_000_000_000) {
        let french = grouped(&n.to_string()).replace(',', ".");
        prop_assert_eq!(in_english(&format!("{french} tonnes")), format!("{} tonnes", grouped(&n.to_string())));
    }
}
