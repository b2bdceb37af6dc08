//! News agencies, and where their names frame a report: datelines before it, signatures after it.
//!
//! Owns the list of agencies and both patterns. [`noise`](super::noise) cuts what is found here.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Agencies and desks that sign French-language wire pages: those of Vietnam first, as the pages
/// write them, then the agencies that they relay.
const AGENCY: &str = "(?:VNA|AVI|CVN|CPV|VOVWORLD|VOV5?|VNP|NDEL|NDO|TTXVN|BNEWS|VietnamPlus|Vietnam\\+\
    |AFP|AP|APS|ATS|ANSA|Belga|Bernama|DPA|dpa|EFE|Interfax|KUNA|Kyodo|MAP|PTI|Reuters|REUTERS\
    |RIA Novosti|Ria Novosti|SPA|Spoutnik|Sputnik|TAP|TASS|Tass|UPI|Xinhua|XINHUA|Yonhap)";

/// One or more agencies: `VNA`, `CPV/VNA`, `VNA/CVN`, `NDEL-VNA`. Another desk may come with one.
const SIGNED: &str = "(?:[A-Z]{2,8}\\s?/\\s?)?<AGENCY>(?:\\s?[/,-]\\s?(?:<AGENCY>|[A-Z]{2,8}))*\\b";

/// A place name of up to five words: `Hô Chi Minh-Ville`, `Bà Ria - Vung Tàu`, `Le Caire`.
const PLACE: &str = "(?:\\p{Lu}[\\p{L}'.-]*(?:(?: - | (?:de |du |des |la |le |les |sur |en |d'|l')?)\
    [\\p{Lu}][\\p{L}'.-]*){0,4})";

/// A day of the year, with or without weekday and year.
const DAY: &str = "(?:(?:le )?(?:lundi |mardi |mercredi |jeudi |vendredi |samedi |dimanche )?\
    \\d{1,2} ?(?:er)? (?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre\
    |décembre|\\p{Ll}{3,5}\\.)(?: \\d{4})?|(?:le )?\\d{1,2}/\\d{1,2}(?:/\\d{4})?)";

/// Compiles a pattern in which `<AGENCY>`, `<SIGNED>`, `<PLACE>` and `<DAY>` may stand. `\b` is the
/// ASCII word boundary: with the Unicode one, `regex` falls back to an engine ten times slower.
pub(super) fn compile(pattern: &str) -> Regex {
    let whole = pattern
        .replace("<SIGNED>", SIGNED)
        .replace("<AGENCY>", AGENCY)
        .replace("<PLACE>", PLACE)
        .replace("<DAY>", DAY)
        .replace("\\b", "(?-u:\\b)");
    Regex::new(&whole).expect("invariant: patterns are constants, compiled in the tests")
}

/// `Hanoï (VNA) –`, `Hanoi, 6 juillet(VNA)  -`, `Alger (XYZ) –`.
static PLACE_AND_AGENCY: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"^(<PLACE>)(?:,? <DAY>)?\s?\((?:(<SIGNED>)|[A-Z]{2,8})\)\s?([-–—:]*)\s?")
});
/// `(VOVWORLD) -`, `VNA –`, and the date alone: `4 mai 2016, 9 h 30 . –`, `Moscou, 3 mai –`.
static OTHER_DATELINE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^(?:\((?:<SIGNED>)\)\s?[-–—:]*\s?|<AGENCY>\s?[-–—]\s|(?:<PLACE>, )?<DAY>(?:,[^.–—\n]{0,40})?\s?\.?\s?[–—](?:\s|$)|<PLACE>, <DAY>\s-\s)",
    )
});
/// A dateline after a finished sentence on the same line.
static DATELINE_INSIDE: LazyLock<Regex> =
    LazyLock::new(|| compile(r#"[.!?…»"]\s+(<PLACE>(?:,? <DAY>)?\s?\(<SIGNED>\)\s?[-–—])"#));

/// Length of the dateline at the front of `text`, if there is one.
pub(super) fn dateline(text: &str) -> Option<usize> {
    if let Some(found) = PLACE_AND_AGENCY.captures(text) {
        let rest = &text[found[0].len()..];
        let dash = !found[3].is_empty();
        let known = found.get(2).is_some();
        // "L'Agence (VNA) – créée en 1945 – …" is a sentence; so is "Le ministère (VNA) a …".
        let opens = rest.is_empty() || rest.starts_with(|c: char| !c.is_lowercase());
        let place = is_place(&found[1]);
        return (place && if known { dash || opens } else { dash && opens })
            .then_some(found[0].len());
    }
    OTHER_DATELINE.find(text).map(|found| found.end())
}

/// Where a dateline begins inside `text`, after a finished sentence.
pub(super) fn datelines_inside(text: &str) -> impl Iterator<Item = usize> {
    DATELINE_INSIDE
        .captures_iter(text)
        .filter_map(|found| found.get(1).map(|place| place.start()))
}

/// An article opens a place name only as in `Le Caire`, `La Haye`.
fn is_place(name: &str) -> bool {
    let article = ["Le ", "La ", "Les "].iter().any(|a| name.starts_with(a));
    !name.starts_with("L'") && (!article || name.split(' ').count() == 2)
}

/// A line that is nothing but a signature, perhaps with the writer's name before it.
static SIGNATURE_LINE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"^(?:Sources? ?: ?|Textes?(?: et photos?)? ?: ?|Par )?[.\s/(–—-]*(?:\p{Lu}[\p{L}.'-]*(?: \p{Lu}[\p{L}.'-]*){0,4}\s?[/–—-]\s?)?<SIGNED>[).\s]*$",
    )
});
/// A signature that ends a paragraph: `.- AVI`, `pays -VNA`, `pays. CPV/VNA`, `pays./.`.
static SIGNATURE_END: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r#"(?:[.!?…»"”)\]]\s*|\s)((?:/\.\s?)?[-–—]+\s?\(?(?:<SIGNED>|[A-Z]{2,8}/[A-Z]{2,8})\)?[\s.]*)$|[.!?…»"”)\]]\s*((?:/\.\s*)?\(?<SIGNED>\)?[\s.]*|/\.)\s*$"#,
    )
});
/// A signature after a finished sentence, with more text behind it.
static SIGNATURE_INSIDE: LazyLock<Regex> =
    LazyLock::new(|| compile(r#"[.!?…»"”)\]]\s*((?:/\.\s?)?[-–—]+\s?<SIGNED>\.?)\s"#));

/// Whether the line is a signature and nothing else.
pub(super) fn is_signature_line(line: &str) -> bool {
    SIGNATURE_LINE.is_match(line)
}

/// The signatures in a paragraph or line, in order.
pub(super) fn signatures(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = SIGNATURE_INSIDE
        .captures_iter(text)
        .filter_map(|captures| captures.get(1).map(|m| m.range()))
        .collect();
    let at_end = SIGNATURE_END
        .captures(text)
        .and_then(|captures| captures.get(1).or(captures.get(2)));
    if let Some(last) = at_end
        && found.last().is_none_or(|before| before.end <= last.start())
    {
        found.push(last.range());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines() {
        let cases = [
            ("Hanoï (VNA) – Le chef", "Hanoï (VNA) – "),
            ("Hanoi, 6 juillet(VNA) -Le chef", "Hanoi, 6 juillet(VNA) -"),
            ("Moscou (VNA) Le chef", "Moscou (VNA) "),
            (
                "Hô Chi Minh-Ville (VNA) - Lors",
                "Hô Chi Minh-Ville (VNA) - ",
            ),
            (
                "Bà Ria - Vung Tàu (AVI) - Lors",
                "Bà Ria - Vung Tàu (AVI) - ",
            ),
            (
                "Le Caire, le 3 mai 2021 (VNA/CVN) — À",
                "Le Caire, le 3 mai 2021 (VNA/CVN) — ",
            ),
            ("(VOVWORLD) - Le chef", "(VOVWORLD) - "),
            ("Huê, 6 juil. (VNA) – Le chef", "Huê, 6 juil. (VNA) – "),
            ("Huê, le 6/7 (VNA) – Le chef", "Huê, le 6/7 (VNA) – "),
            ("VNA – Le chef", "VNA – "),
            ("Alger (XYZ) – Le chef", "Alger (XYZ) – "),
            ("4 mai 2016, 9 h 30 . – Le chef", "4 mai 2016, 9 h 30 . – "),
            ("1er mai 2016 –", "1er mai 2016 –"),
            ("Moscou, jeudi 3 mai - Le chef", "Moscou, jeudi 3 mai - "),
        ];
        for (text, line) in cases {
            assert_eq!(dateline(text).map(|end| &text[..end]), Some(line), "{text}");
        }
    }

    #[test]
    fn sentences_that_look_like_datelines() {
        for text in [
            "L'Agence vietnamienne d'information (VNA) – née en 1945 – emploie",
            "Le Courrier du Vietnam (CVN) – un quotidien – paraît",
            "Le Parti communiste (PCV) – au pouvoir – a",
            "Hanoï (XYZ) a dit",
            "Hanoï (VNA) a dit",
            "Vietnam - Russie : une amitié",
            "Le 3 mai - jour de repos - il",
            "En mai",
        ] {
            assert_eq!(dateline(text), None, "{text}");
        }
    }

    #[test]
    fn signatures_and_their_places() {
        let cases: [(&str, &[&str]); 12] = [
            ("les deux pays. -VNA", &["-VNA"]),
            ("les deux pays –AVI", &["–AVI"]),
            ("les deux pays.- AVI", &["- AVI"]),
            ("les deux pays. CPV/VNA", &["CPV/VNA"]),
            ("les deux pays. (AFP).", &["(AFP)."]),
            ("les deux pays./.", &["/."]),
            ("les deux pays./. -VNA", &["/. -VNA"]),
            ("les deux pays. – VNA Autre titre", &["– VNA"]),
            ("un pays. -VNA Un autre. -AVI", &["-VNA", "-AVI"]),
            ("a rapporté l'agence TASS.", &[]),
            ("selon l'Agence France-Presse (AFP).", &[]),
            ("la coopération VNA - TASS se poursuit", &[]),
        ];
        for (text, expected) in cases {
            let found: Vec<&str> = signatures(text).into_iter().map(|r| &text[r]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn lines_that_are_signatures() {
        for line in [
            "VNA/CVN",
            "-VNA",
            "(VNA)",
            "Lan Anh/CVN",
            "Minh Thu - VNA",
            "TTXVN/VNA.",
        ] {
            assert!(is_signature_line(line), "{line}");
        }
        for line in [
            "La VNA fête ses 75 ans",
            "Photo : VNA",
            "ASEAN",
            "VNA à Moscou",
        ] {
            assert!(!is_signature_line(line), "{line}");
        }
    }
}
