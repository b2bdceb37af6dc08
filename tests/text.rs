//! Wire pages through the text room: whole pages with every kind of noise, sentence ends by table,
//! and what must hold for any text.

#[path = "support/covered.rs"]
mod covered;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use covered::check;
use depeche::article::Span;
use depeche::text::{Document, header, segment};
use proptest::prelude::*;

fn whole(text: &str) -> Document {
    segment(
        text,
        Span {
            start: 0,
            end: text.len(),
        },
    )
}

fn sentences(text: &str) -> Vec<String> {
    whole(text).sentences.into_iter().map(|s| s.text).collect()
}

/// One line a segment, in the order of the page.
fn outline(page: &str) -> String {
    let top = header(page);
    let document = segment(page, top.body);
    let mut out = String::new();
    let title = top.title.as_ref().map_or("-", |title| &title.text);
    writeln!(
        out,
        "date {} | title {title}",
        top.date.as_deref().unwrap_or("-")
    )
    .unwrap();
    let mut lines: Vec<(Span, String)> = Vec::new();
    for sentence in &document.sentences {
        lines.push((
            sentence.span,
            format!("{} | {}", sentence.paragraph, sentence.text),
        ));
    }
    for noise in &document.noise {
        let raw = &page[noise.span.start..noise.span.end];
        lines.push((noise.span, format!("{:?} | {raw}", noise.kind)));
    }
    lines.sort();
    for (_, line) in lines {
        writeln!(out, "{line}").unwrap();
    }
    out
}

#[test]
fn pages_come_out_as_their_outlines_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/text");
    let mut pages: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    pages.sort();
    assert!(pages.len() >= 6);
    for path in pages {
        let page = fs::read_to_string(&path).unwrap();
        let expected = fs::read_to_string(path.with_extension("outline")).unwrap_or_default();
        assert_eq!(outline(&page), expected, "{}", path.display());
        check(
            &page,
            &segment(&page, header(&page).body),
            header(&page).body,
        );
    }
}

#[test]
fn sentences_end_where_they_should() {
    // The bar marks each end inside the text.
    let cases = [
        "M. Dupont est venu.|Mme Lê aussi.|MM. A. Petit et B. Grand sont partis.",
        "S.E.M. Nguyên Van Nam a parlé au Dr. Roux et au Pr. Blanc.|Il était tard.",
        "L'ambassadeur Boris S. Ivanov et V.N. Petrov ont signé.|Le texte est court.",
        "Il est né en U.R.S.S.|Le pays a changé.",
        "La France a voté à l'O.N.U. puis à Paris.",
        "J. K. Martin, H. A. Roy et J.-P. Blanc ont gagné.",
        "Voir l'art. 5, le n° 12, la p. 3 et le vol. 2 du code.|C'est de l'art.|Le musée ouvre.",
        "Du riz, du café, etc. sont vendus.|Du thé, etc.|Les ventes montent.",
        "Le volume est de 3.500 tonnes, soit 6.3 % ou 6,3 points.|En 2020.|Il monte en 2021.",
        "À 10 h. 30, il lit www.exemple.vn/A.B et écrit à jean.Dupont@exemple.vn avant midi.",
        "Le Monde.fr et Identi.ca ont publié.|Le reste suit.",
        "Il a quitté sa ville.|Pendant le trajet, l'ASEAN.|Les chefs, 20 %.|Il revient en 2018.|Enfin « là ».|L'été vient.",
        "La Société Dupont Inc. Canada a vendu.|Le groupe Martin Ltd.|Il achète.",
        "C'est fini...|Il part... mais revient… lentement.|« Oui ! » a-t-il dit.|« Non ! »|Elle rit.",
        "Qui paie ?|Personne !|Il l'a dit ?!|Vraiment ?|Dans ce cas, oui.",
        "« La paix est là.|Nous y croyons. »|Le ministre a souri.",
        "\"Nous y croyons.\"|Le ministre a souri.|\"Il le faut\", dit-il.|\"Oui.\"",
        "Il parle (voir p. 3. Et plus loin.) et s'en va.|(Il revient.)|Le soir tombe.",
        "Le texte [...] Le reste (...) Il continue.",
        "Il aime trois choses : le thé ; le café ; le riz.|1. Le thé vient de loin.|2. Le café aussi.",
        "Le groupe dit oui.|iPhone et vTaiwan aussi.|– Non, dit-elle.",
        "Liste :|• le thé|• le café|• le riz",
        "今天下雨。|明天晴。|हम गए।|वह आया",
        "Le 6 juillet.|15 personnes.|La vitamine C. est bonne.",
        "Il vit av. Foch, bd. Voltaire, à St. Louis, près de Ste. Anne.|Là.",
        "Le chef d'État-major, le Gén. Roy, et le Col. Blanc sont là.|Le col.|Ils partent.",
    ];
    for marked in cases {
        let spaced = marked.replace('|', " ");
        let expected: Vec<String> = marked.split('|').map(|s| plain(s.trim())).collect();
        assert_eq!(sentences(&spaced), expected, "{spaced}");
    }
}

/// A list item without its mark, as the text room gives it.
fn plain(sentence: &str) -> String {
    sentence.trim_start_matches(['•', '–', ' ']).to_owned()
}

#[test]
fn lost_spaces_end_sentences_too() {
    let cases = [
        ("vers son village.Pendant sa visite", 2),
        ("au sein de l'ASEAN.Les deux chefs", 2),
        ("plus de 20 %.Il monte", 2),
        ("en 2018.L'année suivante", 2),
        ("a-t-il dit\".Tom rit", 2),
        ("selon le journal.\"Nous irons", 2),
        ("ce « grand jour ».La foule", 2),
        ("confiance ?Dans ce cas", 2),
        ("enfin !Il rit", 2),
        ("M.Dupont et Mme.Lê", 1),
        ("V.N.Petrov et J.-C.Roy", 1),
        ("le journal Le Monde.fr et Jean.Roy@exemple.vn", 1),
        ("voir www.Exemple.Com", 1),
        ("le Ph.D de 3.Dupont", 2),
    ];
    for (text, count) in cases {
        assert_eq!(sentences(text).len(), count, "{text}");
    }
}

#[test]
fn lines_make_paragraphs() {
    let cases: [(&str, &[(&str, usize)]); 5] = [
        (
            "Un titre\n\nUne phrase.",
            &[("Un titre", 0), ("Une phrase.", 1)],
        ),
        (
            "Une phrase\nqui continue.",
            &[("Une phrase qui continue.", 0)],
        ),
        (
            "Un mot court\nUne autre ligne sans fin",
            &[("Un mot court", 0), ("Une autre ligne sans fin", 1)],
        ),
        (
            "Voici :\n- le thé\n- le riz",
            &[("Voici :", 0), ("le thé", 1), ("le riz", 2)],
        ),
        (
            "Une.\nDeux.\r\n\r\nTrois.",
            &[("Une.", 0), ("Deux.", 1), ("Trois.", 2)],
        ),
    ];
    for (text, expected) in cases {
        let found: Vec<(String, usize)> = whole(text)
            .sentences
            .into_iter()
            .map(|s| (s.text, s.paragraph))
            .collect();
        let expected: Vec<(String, usize)> =
            expected.iter().map(|&(s, p)| (s.to_owned(), p)).collect();
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn endless_text_is_cut() {
    for unit in ["mot ", "mot", "字", "a, ", "é"] {
        let text = unit.repeat(3000);
        let document = whole(&text);
        assert!(document.sentences.len() > 2);
        check(
            &text,
            &document,
            Span {
                start: 0,
                end: text.len(),
            },
        );
    }
}

/// Takes a second at most, on a busy machine some; were time to grow with the square, it would be minutes.
#[test]
fn no_repetition_takes_long() {
    let units = [
        "(",
        ")",
        "«",
        "\"",
        "'",
        ".",
        "1.",
        "a)\n",
        "M. ",
        "l'",
        "&amp;",
        "&",
        "\\n",
        "- ",
        "\n",
        "\u{301}",
        "e\u{301}",
        "\u{200b}",
        "Photo : VNA\n",
        ">> ",
        "Hanoï (VNA) - ",
        " -VNA",
        " date 2024-05 ",
        "Lire aussi : ",
        "A.",
        "…",
        "0 ",
    ];
    for unit in units {
        let page = unit.repeat((1 << 18) / unit.len());
        let started = std::time::Instant::now();
        let top = header(&page);
        segment(&page, top.body);
        let seconds = started.elapsed().as_secs();
        assert!(seconds < 60, "{unit:?}: {seconds} s");
    }
}

/// Pieces of wire pages in any order, and characters of any kind.
fn page() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("Hanoï (VNA) – ".to_owned()),
        Just("Photo : VNA".to_owned()),
        Just(" ảnh 1".to_owned()),
        Just(" -VNA".to_owned()),
        Just(">> Un titre\n".to_owned()),
        Just("\nVoir plus\n".to_owned()),
        Just("Lire aussi : ".to_owned()),
        Just("&nbsp;".to_owned()),
        Just("&amp;eacute;".to_owned()),
        Just("\u{301}".to_owned()),
        Just("Tél : 024 0000".to_owned()),
        Just(" date 2022-07 ".to_owned()),
        "[.!?…;:,«»\"'()\\[\\] \n\u{a0}\u{feff}-]{1,6}",
        "[A-ZÉ][a-zé]{0,8} [a-z ]{0,30}",
        "\\PC{0,12}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Many, since a case takes microseconds; the environment can ask for more.
fn cases() -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(2000),
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn nothing_is_lost(page in page()) {
        let top = header(&page);
        prop_assert_eq!(top.body.end, page.len());
        prop_assert!(page.is_char_boundary(top.body.start));
        if let Some(title) = &top.title {
            prop_assert!(title.span.end <= top.body.start && !title.text.is_empty());
        }
        check(&page, &segment(&page, top.body), top.body);
    }

    #[test]
    fn any_body_of_any_text_is_covered(text in any::<String>(), from in 0_usize..40, to in 0_usize..40) {
        let boundary = |at: usize| (0..=at.min(text.len())).rfind(|&b| text.is_char_boundary(b));
        let start = boundary(from.min(to)).unwrap_or(0);
        let end = boundary(from.max(to)).unwrap_or(0);
        check(&text, &segment(&text, Span { start, end }), Span { start, end });
    }
}
