//! Tables for the names of an English text.

use super::super::english_dates::dates;
use super::super::tokens::tokens;
use super::*;

#[test]
fn names_of_a_text() {
    let table: &[(&str, &[&str])] = &[
        (
            "Vietnamese Deputy Defence Minister Kieu Thanh Dat met him in Hanoi on 17 May 2022.",
            &["Vietnamese Deputy Defence Minister Kieu Thanh Dat", "Hanoi"],
        ),
        ("Meeting in Brussels, ministers spoke.", &["Brussels"]),
        ("In Moscow on Monday", &["Moscow"]),
        ("Russia's Gennady Ovcharuk", &["Russia", "Gennady Ovcharuk"]),
        (
            "the Ministry of Industry and Trade",
            &["Ministry of Industry", "Trade"],
        ),
        (
            "the 1982 UN Convention on the Law of the Sea",
            &["UN Convention on the Law of the Sea"],
        ),
        ("20 billion US dollars and USD 3 million, 67 MW", &[]),
        (
            "against COVID-19 and T-72s at the G20",
            &["COVID-19", "T-72", "G20"],
        ),
        ("Cote d'Ivoire and Guinea", &["Cote d'Ivoire", "Guinea"]),
        ("an ASEAN-led group", &["ASEAN"]),
        ("ASEAN-Russia cooperation", &["ASEAN-Russia"]),
        (
            "the People's Council of Quang Tri",
            &["People's Council of Quang Tri"],
        ),
        (
            "Sixteen ships left. Dr. Ta Hong Nhung stayed.",
            &["Ta Hong Nhung"],
        ),
        (
            "Prosecutors asked. Officials met. Putin said so.",
            &["Putin"],
        ),
        (
            "Hungary took no part. Hungarian forces did.",
            &["Hungary", "Hungarian"],
        ),
        (
            "The East Asia Summit. During Cuban talks",
            &["East Asia Summit", "Cuban"],
        ),
        ("Vietnam-EAEU free trade", &["Vietnam-EAEU"]),
        ("Start-up firms. COVID-hit Hanoi", &["COVID", "Hanoi"]),
        ("6.95 US cents per kWh", &[]),
        (
            "the Farmers' Union, the Children's Fund",
            &["Farmers' Union", "Children's Fund"],
        ),
    ];
    for (text, expected) in table {
        let tokens = tokens(text);
        let (_, taken) = dates(text, &tokens);
        let found: Vec<String> = mentions(text, &tokens, &taken)
            .into_iter()
            .map(|name| name.text)
            .collect();
        assert_eq!(&found, expected, "{text}");
    }
}
