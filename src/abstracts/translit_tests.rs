//! Tests of the English spelling of Slavic names, and of the names that must stay.

use super::*;

fn english(french: &str) -> String {
    let sentences = [french.to_owned()];
    Names::of(&sentences).in_english(french)
}

#[test]
fn slavic_names() {
    let table = [
        ("Sergueï Choïgou", "Sergey Shoigu"),
        (
            "Andreï Roudenko et Sergey Lavrov",
            "Andrey Rudenko et Sergey Lavrov",
        ),
        ("M. Tcherevitchenko", "M. Cherevichenko"),
        ("Chouvaïev, Belooussov", "Shuvayev, Belousov"),
        (
            "Medvedev et Valentina Matvienko",
            "Medvedev et Valentina Matvienko",
        ),
        ("Evgueni Chtcherbatchenko", "Yevgeny Shcherbachenko"),
        ("Zakhar Poustovoïtov", "Zakhar Pustovoitov"),
        ("Ignati Doljenkov", "Ignaty Dolzhenkov"),
        ("Guennadi Ovtcharouk", "Gennady Ovcharuk"),
        (
            "Guennadi Lapchine; M. Lapchine",
            "Gennady Lapshin; M. Lapshin",
        ),
        ("Vladimir Pouchkine", "Vladimir Pushkin"),
        ("Alexandre Fomine", "Alexander Fomin"),
        ("Fiodor Zaïtsevski", "Fyodor Zaitsevsky"),
        ("Konstantin Berejnoï", "Konstantin Berezhnoy"),
        ("Iaroslav Hnatiouk", "Yaroslav Hnatyuk"),
    ];
    for (french, expected) in table {
        assert_eq!(english(french), expected);
    }
}

#[test]
fn slavic_names_by_other_signs() {
    let table = [
        ("Lessia Kostioutchenko", "Lesya Kostyuchenko"),
        ("Oksana Lyssytchouk", "Oksana Lysychuk"),
        ("Valeri Chtchegoliatov", "Valery Shchegolyatov"),
        ("Piotr Zavarzine", "Pyotr Zavarzin"),
        ("Tatiana Grebneva", "Tatyana Grebneva"),
        ("Sergueï V. Koujouguetovitch", "Sergey V. Kuzhugetovich"),
        (
            "Vladimir Vladimirovitch Volodine",
            "Vladimir Vladimirovich Volodin",
        ),
        ("Toulebaïev, Bondartchenko", "Tulebayev, Bondarchenko"),
        (
            "Halyna Zahrebelnyï, Oulianovsk",
            "Halyna Zahrebelnyï, Ulyanovsk",
        ),
        ("Andriï Zahrebelnyï", "Andrii Zahrebelnyi"),
        ("Tourgueniev et Tchaïkovski", "Turgenev et Tchaikovsky"),
        (
            "Kassianov, Oulianov, Kasianenko",
            "Kasyanov, Ulyanov, Kasianenko",
        ),
    ];
    for (french, expected) in table {
        assert_eq!(english(french), expected);
    }
}

#[test]
fn other_names_stay() {
    let table = [
        "Louis Bouchet et Jean Choukroun",
        "Alexandre Dumas, Victor Hugo, Maxime Bouchet",
        "Boris Johnson, Ivan Duque, Anna Bouvier",
        "Martine, Catherine et Poussine",
        "Norodom Sihanouk, la Moskova, Casanova",
        "Robert Lewandowski, Piotr Kaczynski, Radoslaw Sikorski",
        "Nguyen Sinh Hung, Chu Ngoc Anh",
        "Chine, Tchad, Ouzbékistan, Jakarta",
        "la Roumanie et la Moldova",
        "Constantine, Champagne, Toulouse",
    ];
    for french in table {
        assert_eq!(english(french), french);
    }
}
