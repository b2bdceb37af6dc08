//! Given names by which a Slavic name is known, in French and English spelling.
//!
//! Owns the two lists; what follows from them is [`translit`](super::translit)'s.

/// Given names whose spelling is Slavic and nothing else: the name behind them is Slavic whatever its ending.
/// French and English spellings, because the glossary may have been there before.
const SLAVIC_GIVEN: [(&str, &str); 46] = [
    ("Alexeï", "Alexey"),
    ("Andreï", "Andrey"),
    ("Andriï", "Andrii"),
    ("Anatoli", "Anatoly"),
    ("Arkadi", "Arkady"),
    ("Artiom", "Artyom"),
    ("Dmitri", "Dmitry"),
    ("Dimitri", "Dmitry"),
    ("Evgueni", "Yevgeny"),
    ("Ievgueni", "Yevgeny"),
    ("Evguenia", "Yevgenia"),
    ("Fiodor", "Fyodor"),
    ("Gennady", "Gennady"),
    ("Grigori", "Grigory"),
    ("Guennadi", "Gennady"),
    ("Gueorgui", "Georgy"),
    ("Guéorgui", "Georgy"),
    ("Iakov", "Yakov"),
    ("Iaroslav", "Yaroslav"),
    ("Ignati", "Ignaty"),
    ("Ioulia", "Yulia"),
    ("Iouri", "Yuri"),
    ("Youri", "Yuri"),
    ("Kirill", "Kirill"),
    ("Lessia", "Lesya"),
    ("Lioubov", "Lyubov"),
    ("Lioudmila", "Lyudmila"),
    ("Matveï", "Matvey"),
    ("Mikhaïl", "Mikhail"),
    ("Nadejda", "Nadezhda"),
    ("Nikolaï", "Nikolay"),
    ("Oleksiï", "Oleksii"),
    ("Ouliana", "Ulyana"),
    ("Rouslan", "Ruslan"),
    ("Semion", "Semyon"),
    ("Serguei", "Sergey"),
    ("Sergueï", "Sergey"),
    ("Serhiï", "Serhii"),
    ("Timofeï", "Timofey"),
    ("Timour", "Timur"),
    ("Valeri", "Valery"),
    ("Valéri", "Valery"),
    ("Vassili", "Vasily"),
    ("Viatcheslav", "Vyacheslav"),
    ("Vitali", "Vitaly"),
    ("Vsevolod", "Vsevolod"),
];

/// Given names that others bear too: the name behind them is Slavic if its ending is; only then do they change.
const SHARED_GIVEN: [(&str, &str); 54] = [
    ("Alexander", "Alexander"),
    ("Alexandre", "Alexander"),
    ("Alina", "Alina"),
    ("Anna", "Anna"),
    ("Anton", "Anton"),
    ("Bohdan", "Bohdan"),
    ("Boris", "Boris"),
    ("Constantin", "Konstantin"),
    ("Daria", "Daria"),
    ("Daryna", "Daryna"),
    ("Denis", "Denis"),
    ("Egor", "Yegor"),
    ("Ekaterina", "Ekaterina"),
    ("Elena", "Elena"),
    ("Galina", "Galina"),
    ("Guerman", "German"),
    ("Halyna", "Halyna"),
    ("Igor", "Igor"),
    ("Ilia", "Ilya"),
    ("Ilya", "Ilya"),
    ("Irina", "Irina"),
    ("Ivan", "Ivan"),
    ("Konstantin", "Konstantin"),
    ("Leonid", "Leonid"),
    ("Léonid", "Leonid"),
    ("Maria", "Maria"),
    ("Marina", "Marina"),
    ("Marfa", "Marfa"),
    ("Maxim", "Maxim"),
    ("Maxime", "Maxim"),
    ("Mykola", "Mykola"),
    ("Natalia", "Natalia"),
    ("Nikita", "Nikita"),
    ("Nina", "Nina"),
    ("Oksana", "Oksana"),
    ("Oleg", "Oleg"),
    ("Olga", "Olga"),
    ("Pavel", "Pavel"),
    ("Pavlin", "Pavlin"),
    ("Piotr", "Pyotr"),
    ("Rodion", "Rodion"),
    ("Roman", "Roman"),
    ("Stanislav", "Stanislav"),
    ("Stepan", "Stepan"),
    ("Svetlana", "Svetlana"),
    ("Taras", "Taras"),
    ("Tatiana", "Tatyana"),
    ("Vadim", "Vadim"),
    ("Valentina", "Valentina"),
    ("Valentin", "Valentin"),
    ("Victor", "Viktor"),
    ("Viktor", "Viktor"),
    ("Vladimir", "Vladimir"),
    ("Zakhar", "Zakhar"),
];

/// A given name.
#[derive(Clone, Copy)]
pub struct Given {
    /// Its English spelling.
    pub english: &'static str,
    /// True when only Slavs bear it.
    pub slavic: bool,
}

/// The given name that a word is, in either spelling.
pub fn given(word: &str) -> Option<Given> {
    let find = |names: &'static [(&str, &str)], slavic| {
        let name = names
            .iter()
            .find(|(french, english)| *french == word || *english == word)?;
        Some(Given {
            english: name.1,
            slavic,
        })
    };
    find(&SLAVIC_GIVEN, true).or_else(|| find(&SHARED_GIVEN, false))
}
