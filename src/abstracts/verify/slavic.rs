//! Slavic names in French and English spelling → one key, so that `Choïgou` and `Shoigu` are the same.
//!
//! Owns the rules of both romanisations (the press's French one; BGN/PCGN as English papers simplify it).
//! Rules, no list of names: a key says that two spellings can be the same name, not that the name is Slavic.

/// French letters → key letters, longest first. `S` is sh, `C` ch, `Z` zh, `H` kh.
const FRENCH: [(&str, &str); 12] = [
    ("chtch", "SC"),
    ("tch", "C"),
    ("dj", "dZ"),
    ("ch", "S"),
    ("kh", "H"),
    ("ou", "u"),
    ("gu", "g"),
    ("qu", "k"),
    ("ph", "f"),
    ("j", "Z"),
    ("x", "ks"),
    ("w", "v"),
];

/// English letters → key letters, longest first.
const ENGLISH: [(&str, &str); 10] = [
    ("shch", "SC"),
    ("ch", "C"),
    ("sh", "S"),
    ("zh", "Z"),
    ("kh", "H"),
    // Belarusian names as they write themselves: "Rudkouskaya".
    ("ou", "u"),
    ("ph", "f"),
    ("j", "dZ"),
    ("x", "ks"),
    ("w", "v"),
];

/// Least consonants that tell a name from others.
const LEAST: usize = 3;

/// The key of a French word, given folded.
pub(super) fn french_key(folded: &str) -> String {
    let mut word = folded.to_owned();
    // "Poutine", "Alexandre": the mute ending of the French spelling.
    for (ending, other) in [("ine", "in"), ("dre", "der")] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() > 1) {
            word = format!("{stem}{other}");
        }
    }
    key(&word, &FRENCH, |rest| {
        !rest.starts_with("gua") && !rest.starts_with("guo")
    })
}

/// The key of an English word, given folded.
pub(super) fn english_key(folded: &str) -> String {
    key(folded, &ENGLISH, |_| true)
}

/// What is left of a key in every romanisation: its consonants, without telling hushing ones from hissing ones,
/// g from h, and v from a vowel; and whether a vowel ends it. `None` for fewer than three consonants.
///
/// Belarusian and Ukrainian names are written by Russian, national and Latin rules: `Gontcharova`, `Hancharova`.
pub(super) fn skeleton(key: &str) -> Option<String> {
    let mut bones = String::with_capacity(key.len());
    for c in key.chars() {
        let bone = match c {
            'S' | 'C' | 'Z' | 'z' => 's',
            'H' | 'h' => 'g',
            'q' => 'k',
            c => c,
        };
        if !"aeiouvwj".contains(bone) && !bones.ends_with(bone) {
            bones.push(bone);
        }
    }
    let long = bones.chars().count() >= LEAST;
    if key.ends_with(['a', 'e', 'o']) {
        bones.push('-');
    }
    long.then_some(bones)
}

fn key(word: &str, rules: &[(&str, &str)], applies: impl Fn(&str) -> bool) -> String {
    let mut letters = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        let rule = rules.iter().find(|(from, _)| rest.starts_with(from));
        match rule
            .filter(|(from, _)| *from != "gu" || (applies(rest) && followed_by_front_vowel(rest)))
        {
            Some((from, to)) => {
                letters.push_str(to);
                rest = &rest[from.len()..];
            }
            None => {
                letters.push(match c {
                    'y' => 'i',
                    'c' => 'k',
                    c => c,
                });
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    smooth(&letters)
}

/// `gu` stands for g only before e and i: `Guennadi`, not `Gusev`.
fn followed_by_front_vowel(rest: &str) -> bool {
    rest["gu".len()..].starts_with(['e', 'i', 'y'])
}

/// Double letters become one; `ie` and `io` become `e` (`Evgueni`, `Yevgeny`; `Soloviov`, `Solovyov`).
fn smooth(letters: &str) -> String {
    let mut single = String::with_capacity(letters.len());
    for c in letters.chars() {
        if !single.ends_with(c) {
            single.push(c);
        }
    }
    single
        .replace("ie", "e")
        .replace("io", "e")
        .replace("ei", "e")
}

#[cfg(test)]
mod tests {
    use super::super::words::fold;
    use super::*;

    #[test]
    fn both_spellings_have_one_key() {
        let table = [
            ("Poutine", "Putin"),
            ("Lavrov", "Lavrov"),
            ("Choïgou", "Shoigu"),
            ("Roudenko", "Rudenko"),
            ("Sergueï", "Sergey"),
            ("Sergueï", "Sergei"),
            ("Guennadi", "Gennady"),
            ("Ovtcharouk", "Ovcharuk"),
            ("Chtcherbatchenko", "Shcherbachenko"),
            ("Iouri", "Yuri"),
            ("Iouri", "Yury"),
            ("Evgueni", "Yevgeny"),
            ("Ievgueni", "Evgeny"),
            ("Jirinovski", "Zhirinovsky"),
            ("Khrouchtchev", "Khrushchev"),
            ("Alexandre", "Alexander"),
            ("Alexeï", "Alexey"),
            ("Alexeï", "Aleksei"),
            ("Toulebaïev", "Tulebayev"),
            ("Ermolinski", "Ermolinsky"),
            ("Vassili", "Vasily"),
            ("Volodine", "Volodin"),
            ("Matvienko", "Matviyenko"),
            ("Tatiana", "Tatyana"),
            ("Viktor", "Victor"),
            ("Harbatchou", "Harbachou"),
            ("Rudkouskaïa", "Rudkouskaya"),
        ];
        for (french, english) in table {
            let (french_key, english_key) =
                (french_key(&fold(french)), english_key(&fold(english)));
            assert_eq!(french_key, english_key, "{french} {english}");
        }
    }

    #[test]
    fn romanisations_share_a_skeleton() {
        for (french, english, same) in [
            ("Lavrenovitch", "Laurenovich", true),
            ("Gontcharova", "Hancharova", true),
            ("Loukachenko", "Lukashenka", true),
            ("Ivanova", "Ivanov", false),
            ("Petrova", "Petrov", false),
            ("Lavrov", "Lavrov", false),
            ("Rouslan", "Ruskan", false),
        ] {
            let french_bones = skeleton(&french_key(&fold(french)));
            let equal =
                french_bones.is_some() && french_bones == skeleton(&english_key(&fold(english)));
            assert_eq!(equal, same, "{french} {english}");
        }
    }

    #[test]
    fn other_names_have_other_keys() {
        for (french, english) in [
            ("Lavrov", "Lavrin"),
            ("Rouslan", "Ruskan"),
            ("Ivanov", "Ivanova"),
        ] {
            assert_ne!(
                french_key(&fold(french)),
                english_key(&fold(english)),
                "{french} {english}"
            );
        }
    }
}
