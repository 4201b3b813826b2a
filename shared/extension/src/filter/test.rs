//! What a value is compared with.

use serde_json::Value;

/// One thing that a value may be.
#[derive(Debug, Clone)]
pub(super) enum Test {
    Null,
    Flag(bool),
    Number(f64),
    Text(Words),
    Numeric(Vec<(Comparison, f64)>),
    Exists(bool),
    AnythingBut(Vec<Test>),
}

/// How a text is compared.
#[derive(Debug, Clone)]
pub(super) enum Words {
    Exactly(String),
    Prefix(String),
    Suffix(String),
    /// Between the stars: two pieces at least.
    Wildcard(Vec<String>),
    /// By small letters, in which the words within stand already.
    IgnoringCase(Box<Words>),
}

/// How a number is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Test {
    /// Whether one of the values at a place is so; with none, whether there may be none.
    pub(super) fn fits_any(&self, leaves: &[&Value]) -> bool {
        match self {
            Self::Exists(exists) => *exists != leaves.is_empty(),
            test => leaves.iter().any(|leaf| test.fits(leaf)),
        }
    }

    fn fits(&self, leaf: &Value) -> bool {
        match self {
            Self::Null => leaf.is_null(),
            Self::Flag(flag) => leaf.as_bool() == Some(*flag),
            Self::Number(number) => leaf.as_f64().is_some_and(|leaf| same(leaf, *number)),
            Self::Text(words) => leaf.as_str().is_some_and(|leaf| words.fit(leaf)),
            Self::Numeric(bounds) => leaf.as_f64().is_some_and(|leaf| {
                let mut bounds = bounds.iter();
                bounds.all(|(comparison, bound)| comparison.holds(leaf, *bound))
            }),
            Self::Exists(exists) => *exists,
            Self::AnythingBut(tests) => !tests.iter().any(|test| test.fits(leaf)),
        }
    }
}

impl Words {
    fn fit(&self, text: &str) -> bool {
        match self {
            Self::Exactly(words) => text == words,
            Self::Prefix(words) => text.starts_with(words.as_str()),
            Self::Suffix(words) => text.ends_with(words.as_str()),
            Self::Wildcard(pieces) => is_made_of(text, pieces),
            Self::IgnoringCase(words) => words.fit(&text.to_lowercase()),
        }
    }
}

/// Whether `text` has the pieces one after the other, the first at its beginning and the last at its end. To take
/// each as early as possible leaves the most to the next, so that nothing is tried twice.
fn is_made_of(text: &str, pieces: &[String]) -> bool {
    let [first, between @ .., last] = pieces else {
        return false;
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for piece in between {
        match rest.split_once(piece.as_str()) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

impl Comparison {
    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Equal => same(value, bound),
            Self::Above => value > bound,
            Self::AtLeast => value >= bound,
            Self::Below => value < bound,
            Self::AtMost => value <= bound,
        }
    }
}

/// Numbers are the same if they are, however they are written: 300, 300.0 and 3.0e2.
#[expect(clippy::float_cmp, reason = "a pattern names the very number")]
fn same(one: f64, other: f64) -> bool {
    one == other
}
