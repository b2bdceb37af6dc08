//! Offices: what a phrase such as `vice-ministre russe de la Défense` or `Deputy Defence Minister` says.
//!
//! Owns the noun and its classes for both languages; the phrases are read by `french_offices` and
//! `english_offices`.

use std::ops::Range;

/// One mention of an office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Office {
    /// The words of the phrase.
    pub words: Range<usize>,
    /// What it is.
    pub head: Head,
    /// `vice-`, `adjoint`, `deputy`.
    pub deputy: bool,
    /// Several holders: `ministers`.
    pub plural: bool,
    /// Countries that the holder acts for (numbers of `COUNTRIES`).
    pub nations: Vec<usize>,
    /// Fields of the office: `defence`, `health`.
    pub fields: Vec<&'static str>,
    /// Words of the holder's name.
    pub person: Option<Range<usize>>,
}

/// The noun of an office. French calls the chairman of a body `président` too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// Minister of a field.
    Minister,
    /// Prime minister, head of government.
    PrimeMinister,
    /// President, chairman, head of state.
    President,
    /// Chairman: English only.
    Chair,
    /// Ambassador.
    Ambassador,
    /// Secretary-general, general secretary.
    SecretaryGeneral,
    /// Any other secretary.
    Secretary,
    /// Spokesperson.
    Spokesperson,
    /// Consul, consul general.
    Consul,
    /// Governor.
    Governor,
    /// Permanent or other representative.
    Representative,
    /// Director.
    Director,
    /// `homologue`: any office.
    Counterpart,
}

impl Head {
    /// The office in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minister => "minister",
            Self::PrimeMinister => "prime minister",
            Self::President => "president",
            Self::Chair => "chairman",
            Self::Ambassador => "ambassador",
            Self::SecretaryGeneral => "secretary-general",
            Self::Secretary => "secretary",
            Self::Spokesperson => "spokesperson",
            Self::Consul => "consul",
            Self::Governor => "governor",
            Self::Representative => "representative",
            Self::Director => "director",
            Self::Counterpart => "counterpart",
        }
    }

    /// Whether an English office of this head can be the French one's translation.
    pub fn can_be(self, french: Head) -> bool {
        use Head::{Ambassador, Minister, Representative, Secretary, SecretaryGeneral};
        let near = |a, b| (self, french) == (a, b) || (self, french) == (b, a);
        self == french
            || french == Head::Counterpart
            || self == Head::Counterpart
            || (self, french) == (Head::Chair, Head::President)
            || near(Ambassador, Representative)
            || near(Minister, Secretary)
            || near(SecretaryGeneral, Secretary)
    }
}

/// Field of an office: its class, English words, French stems (all folded).
const FIELDS: [(&str, &[&str], &[&str]); 22] = [
    (
        "foreign affairs",
        &["foreign"],
        &["etranger", "ae", "diplomatie"],
    ),
    ("defence", &["defence", "defense"], &["defense"]),
    ("health", &["health"], &["sante"]),
    (
        "trade",
        &["trade", "commerce", "industry", "industrial"],
        &["commerc", "industrie"],
    ),
    (
        "education",
        &["education", "training"],
        &["education", "formation", "enseignement"],
    ),
    (
        "science",
        &["science", "technology"],
        &["science", "technologie", "recherche"],
    ),
    (
        "agriculture",
        &["agriculture", "agricultural", "rural"],
        &["agricultur", "rural"],
    ),
    ("energy", &["energy"], &["energie"]),
    ("finance", &["finance"], &["finance"]),
    ("justice", &["justice"], &["justice"]),
    ("interior", &["interior", "home"], &["interieur"]),
    (
        "transport",
        &["transport", "transportation"],
        &["transport", "communication"],
    ),
    (
        "culture",
        &["culture", "sports", "tourism"],
        &["culture", "sport", "tourisme"],
    ),
    ("security", &["security"], &["securite"]),
    ("emergencies", &["emergency", "emergencies"], &["urgence"]),
    (
        "labour",
        &["labour", "labor", "social"],
        &["travail", "sociales", "emploi"],
    ),
    (
        "environment",
        &["environment", "environmental"],
        &["environnement", "ressources"],
    ),
    ("construction", &["construction"], &["construction"]),
    (
        "economy",
        &["economy", "economic"],
        &["economie", "economique"],
    ),
    (
        "planning",
        &["planning", "investment"],
        &["plan", "planification", "investissement"],
    ),
    (
        "information",
        &["information", "communications"],
        &["information", "communication"],
    ),
    ("far east", &["east", "arctic"], &["orient", "arctique"]),
];

/// The field that an English word names.
pub(super) fn english_field(folded: &str) -> Option<&'static str> {
    FIELDS
        .iter()
        .find(|(_, english, _)| english.contains(&folded))
        .map(|(class, ..)| *class)
}

/// The field that a French word names.
pub(super) fn french_field(folded: &str) -> Option<&'static str> {
    FIELDS
        .iter()
        .find(|(.., french)| french.iter().any(|stem| folded.starts_with(stem)))
        .map(|(class, ..)| *class)
}
