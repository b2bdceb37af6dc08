//! Whether what an abstract says is in the article: numbers, dates, names; and whether the gold facts are in the abstract.
