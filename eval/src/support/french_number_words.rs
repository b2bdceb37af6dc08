//! French words that stand for numbers, one by one.
//!
//! Owns [`cardinal`], [`ordinal`], [`collective`] and [`implied`]; `french_numbers` puts them together. All words are folded.

/// Cardinals, feminine and old spellings included.
const CARDINALS: [(&str, f64); 30] = [
    ("zero", 0.0),
    ("un", 1.0),
    ("une", 1.0),
    ("deux", 2.0),
    ("trois", 3.0),
    ("quatre", 4.0),
    ("cinq", 5.0),
    ("six", 6.0),
    ("sept", 7.0),
    ("huit", 8.0),
    ("neuf", 9.0),
    ("dix", 10.0),
    ("onze", 11.0),
    ("douze", 12.0),
    ("treize", 13.0),
    ("quatorze", 14.0),
    ("quinze", 15.0),
    ("seize", 16.0),
    ("vingt", 20.0),
    ("vingts", 20.0),
    ("trente", 30.0),
    ("quarante", 40.0),
    ("cinquante", 50.0),
    ("soixante", 60.0),
    ("septante", 70.0),
    ("huitante", 80.0),
    ("octante", 80.0),
    ("nonante", 90.0),
    ("cent", 100.0),
    ("cents", 100.0),
];
/// Stems of ordinals, before -ième: "neuvième", "cinquième", "onzième".
const ORDINAL_STEMS: [(&str, f64); 26] = [
    ("un", 1.0),
    ("deux", 2.0),
    ("trois", 3.0),
    ("quatr", 4.0),
    ("cinqu", 5.0),
    ("six", 6.0),
    ("sept", 7.0),
    ("huit", 8.0),
    ("neuv", 9.0),
    ("dix", 10.0),
    ("onz", 11.0),
    ("douz", 12.0),
    ("treiz", 13.0),
    ("quatorz", 14.0),
    ("quinz", 15.0),
    ("seiz", 16.0),
    ("vingt", 20.0),
    ("trent", 30.0),
    ("quarant", 40.0),
    ("cinquant", 50.0),
    ("soixant", 60.0),
    ("septant", 70.0),
    ("octant", 80.0),
    ("nonant", 90.0),
    ("cent", 100.0),
    ("mill", 1000.0),
];
/// Words that count by themselves; a number before them multiplies.
const COLLECTIVES: [(&str, f64); 20] = [
    ("huitaine", 8.0),
    ("dizaine", 10.0),
    ("douzaine", 12.0),
    ("quinzaine", 15.0),
    ("vingtaine", 20.0),
    ("trentaine", 30.0),
    ("quarantaine", 40.0),
    ("cinquantaine", 50.0),
    ("soixantaine", 60.0),
    ("centaine", 100.0),
    ("millier", 1e3),
    ("decennie", 10.0),
    ("siecle", 100.0),
    ("mille", 1e3),
    ("mil", 1e3),
    ("million", 1e6),
    ("milliard", 1e9),
    ("billion", 1e12),
    ("trillion", 1e18),
    ("mrd", 1e9),
];
/// Miles; the number has no plural.
const NAUTICAL: &str = "milles";
/// Beginnings of words that imply a quantity. French billion and trillion are long-scale; texts that copy the English
/// use are covered by the second value.
const IMPLIED: [(&str, &[f64]); 47] = [
    ("premier", &[1.0]),
    ("premiere", &[1.0]),
    ("second", &[2.0]),
    ("tiers", &[3.0, 1.0 / 3.0]),
    ("quart", &[4.0, 0.25]),
    ("moitie", &[0.5, 2.0]),
    ("demi", &[0.5]),
    ("doubl", &[2.0]),
    ("duo", &[2.0]),
    ("binome", &[2.0]),
    ("tandem", &[2.0]),
    ("jumeaux", &[2.0]),
    ("jumelles", &[2.0]),
    ("tripl", &[3.0]),
    ("trio", &[3.0]),
    ("quatuor", &[4.0]),
    ("quintette", &[5.0]),
    ("quadrupl", &[4.0]),
    ("quintupl", &[5.0]),
    ("biennal", &[2.0]),
    ("bisannuel", &[2.0]),
    ("triennal", &[3.0]),
    ("quadriennal", &[4.0]),
    ("quinquennal", &[5.0]),
    ("quinquennat", &[5.0]),
    ("decennal", &[10.0]),
    ("trentenaire", &[30.0]),
    ("quadragenaire", &[40.0]),
    ("quarantenaire", &[40.0]),
    ("cinquantenaire", &[50.0]),
    ("quinquagenaire", &[50.0]),
    ("sexagenaire", &[60.0]),
    ("septuagenaire", &[70.0]),
    ("octogenaire", &[80.0]),
    ("nonagenaire", &[90.0]),
    ("centenaire", &[100.0]),
    ("bicentenaire", &[200.0]),
    ("tricentenaire", &[300.0]),
    ("millenaire", &[1000.0]),
    ("bilateral", &[2.0]),
    ("trilateral", &[3.0]),
    ("tripartite", &[3.0]),
    ("quadrilateral", &[4.0]),
    ("trimestr", &[3.0, 4.0]),
    ("semestr", &[6.0]),
    ("quinzaine", &[15.0, 2.0]),
    ("couple", &[2.0]),
];

/// "deux": 2.
pub(super) fn cardinal(word: &str) -> Option<f64> {
    let found = CARDINALS.iter().find(|(name, _)| *name == word);
    found.map(|(_, value)| *value)
}

/// "deuxième", "deuxièmes": 2.
pub(super) fn ordinal(word: &str) -> Option<f64> {
    let stem = word
        .strip_suffix('s')
        .unwrap_or(word)
        .strip_suffix("ieme")?;
    let found = ORDINAL_STEMS.iter().find(|(name, _)| *name == stem);
    found.map(|(_, value)| *value)
}

/// "douzaine", "millions".
pub(super) fn collective(word: &str) -> Option<f64> {
    let singular = word
        .strip_suffix('s')
        .filter(|_| word != NAUTICAL)
        .unwrap_or(word);
    let found = COLLECTIVES.iter().find(|(name, _)| *name == singular);
    found.map(|(_, value)| *value)
}

/// The quantities that a word implies: "quinquennal" 5, "tiers" 3 and a third.
pub(super) fn implied(word: &str) -> impl Iterator<Item = f64> {
    let found = IMPLIED
        .iter()
        .filter(move |(stem, _)| word.starts_with(stem));
    found.flat_map(|(_, values)| values.iter().copied())
}
