//! Tables for the French numerals.

use super::super::tokens::tokens;
use super::*;

fn read(text: &str) -> Vec<f64> {
    let tokens = tokens(text);
    values(&tokens, &vec![false; tokens.len()])
}

#[test]
fn values_are_found() {
    let table: &[(&str, &[f64])] = &[
        ("3.500tonnes", &[3500.0]),
        ("3\u{202f}500 tonnes", &[3500.0]),
        ("3,5 milliards", &[3.5e9]),
        ("1,2 milliard d'USD", &[1.2e9]),
        ("un million et demi", &[1.5e6]),
        ("2 millions et demi", &[2.5e6]),
        ("le 11e sommet", &[11.0]),
        ("onzième", &[11.0]),
        ("vingt-cinquième", &[25.0]),
        ("quatre-vingt-dix-sept", &[97.0]),
        ("quatre-vingts", &[80.0]),
        ("soixante-dix", &[70.0]),
        ("soixante et onze", &[71.0]),
        ("vingt et un", &[21.0]),
        ("dix-neuf", &[19.0]),
        ("huit cent mille", &[800_000.0]),
        ("deux cent cinq", &[205.0]),
        ("trois mille lanternes", &[3000.0]),
        ("cent dix", &[110.0]),
        ("mille deux cents", &[1200.0]),
        ("une douzaine", &[12.0]),
        ("deux douzaines", &[24.0]),
        ("une cinquantaine", &[50.0]),
        ("une centaine", &[100.0]),
        ("25% ou 40 %", &[25.0, 40.0]),
        ("demi-siècle", &[50.0]),
        ("un demi-million", &[500_000.0]),
        ("trois décennies", &[30.0, 3.0]),
        ("plan quinquennal", &[5.0]),
        ("de 2 à 3 milliards", &[2.0, 2e9, 3e9]),
        ("deux tiers", &[2.0 / 3.0]),
        ("un an et demi", &[18.0]),
        ("22 heures", &[22.0, 10.0]),
        ("XIIIe congrès", &[13.0]),
        ("les Dix, les Vingt-Sept", &[10.0, 27.0]),
        ("2 billions", &[2e12]),
        ("1er", &[1.0]),
        ("à 118 milles au large", &[118.0]),
        ("pour 2023-2024 mille bourses", &[1000.0]),
        ("avec 27 autres élèves", &[27.0, 28.0]),
        ("en 72 heures", &[72.0, 3.0]),
        ("un trio d'étudiants", &[3.0]),
    ];
    for (text, expected) in table {
        let found = read(text);
        for value in *expected {
            assert!(found.contains(value), "{text}: {value} not in {found:?}");
        }
    }
}

#[test]
fn values_are_not_invented() {
    let table: &[(&str, &[f64])] = &[
        ("3,5 milliards", &[3.0, 5.0, 3.5]),
        ("quatre-vingt-dix-sept", &[4.0, 20.0, 80.0, 10.0, 7.0, 90.0]),
        ("COVID-19", &[19.0]),
        ("huit cent mille", &[8.0, 100.0, 1000.0]),
        ("dix-neuf", &[10.0, 9.0]),
        ("vingt-cinquième", &[20.0, 5.0]),
        ("à 118 milles au large", &[118_000.0]),
    ];
    for (text, absent) in table {
        let found = read(text);
        for value in *absent {
            assert!(!found.contains(value), "{text}: {value} in {found:?}");
        }
    }
}
