//! Tables for the English dates.

use super::super::tokens::tokens;
use super::*;

/// `2023-10-26`, `2023-10`, `2023`, `-10-26` or `-10`.
fn written(date: PartialDate) -> String {
    let year = date.year.map(|year| year.to_string()).unwrap_or_default();
    let month = date
        .month
        .map(|month| format!("-{month:02}"))
        .unwrap_or_default();
    let day = date.day.map(|day| format!("-{day:02}")).unwrap_or_default();
    format!("{year}{month}{day}")
}

#[test]
fn mentions() {
    let table: &[(&str, &[&str])] = &[
        ("on 26 October 2023 in Hanoi", &["2023-10-26"]),
        ("October 26", &["-10-26"]),
        ("on March 5, 2022, and", &["2022-03-05"]),
        ("on the 26th of October, 2023", &["2023-10-26"]),
        ("October 26th", &["-10-26"]),
        ("in October 2023", &["2023-10"]),
        ("in May", &["-05"]),
        ("May has said that it may", &[]),
        ("protesters March on", &[]),
        ("4 to 6 February 2026", &["2026-02-04", "2026-02-06"]),
        ("4–6 February", &["-02-04", "-02-06"]),
        ("February 4-6, 2026", &["2026-02-04", "2026-02-06"]),
        ("9, 10 and 11 June", &["-06-09", "-06-10", "-06-11"]),
        (
            "from 29 November to 2 December 2021",
            &["-11-29", "2021-12-02"],
        ),
        ("from January to April 2022", &["2022-01", "2022-04"]),
        ("January-August", &["-01", "-08"]),
        ("a 2022-2025 programme", &["2022", "2025"]),
        ("the 2024/25 season", &["2024", "2025"]),
        ("between 2015 and 2018", &["2015", "2018"]),
        ("Since 1990s", &["1990"]),
        ("2023-10-26", &["2023-10-26"]),
        ("26/10/2023", &["2023-10-26"]),
        ("Oct. 26, 2023", &["2023-10-26"]),
        ("5 Sept 2023", &["2023-09-05"]),
        ("the first half of 2023", &["2023"]),
        ("2,030 cases and 2.022", &[]),
        ("2000 megawatts", &[]),
        ("27-24 and 15 ships", &[]),
        ("In May 12% more", &["-05"]),
        ("on 13 May.", &["-05-13"]),
    ];
    for (text, expected) in table {
        let (found, _) = dates(text, &tokens(text));
        let found: Vec<String> = found.iter().map(|mention| written(mention.date)).collect();
        assert_eq!(&found, expected, "{text}");
    }
}

#[test]
fn tokens_of_a_date_are_taken() {
    let text = "12 ships on 4 to 6 February 2026, 3 planes";
    let tokens = tokens(text);
    let (_, taken) = dates(text, &tokens);
    let left: Vec<&str> = tokens
        .iter()
        .zip(taken)
        .filter(|(_, taken)| !taken)
        .map(|(token, _)| token.text)
        .collect();
    assert_eq!(left, ["12", "ships", "on", ",", "3", "planes"]);
}
