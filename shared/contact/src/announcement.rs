//! What callers hear.

use jiff::Timestamp;
use serde::Deserialize;

use crate::{Priority, Question, Scope, State, scope::Rank};

/// A text that is read to callers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Announcement {
    /// What operators call it; the same for the same text in another language.
    pub name: String,
    /// In which language it is, BCP 47.
    pub language: String,
    /// What is said.
    pub text: String,
    #[serde(default)]
    from: Option<Timestamp>,
    #[serde(default)]
    until: Option<Timestamp>,
    #[serde(default)]
    when: Option<String>,
    #[serde(default)]
    priority: Option<Priority>,
    #[serde(flatten)]
    scope: Scope,
}

/// How well a language is what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Another,
    /// What is understood where nothing else is known.
    English,
    /// The same language as it is spoken elsewhere.
    Same,
    Exact,
}

impl Announcement {
    fn is_on(&self, question: &Question, state: State) -> bool {
        let at = question.at;
        let is_time =
            self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until);
        let when = self.when.as_deref().unwrap_or("always");
        is_time && self.scope.is_for(question) && (when == "always" || when == state.as_str())
    }

    fn fit(&self, asked: Option<&str>) -> Fit {
        let asked = asked.unwrap_or("en");
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
        if self.language.eq_ignore_ascii_case(asked) {
            Fit::Exact
        } else if primary(&self.language) == primary(asked) {
            Fit::Same
        } else if primary(&self.language) == "en" {
            Fit::English
        } else {
            Fit::Another
        }
    }

    fn rank(&self) -> Rank {
        self.scope.rank(self.priority.unwrap_or_default())
    }
}

/// What is said to the contact, in a language that comes closest to what was asked for. One in another
/// language is better than none.
pub(crate) fn choose<'a>(
    announcements: &'a [Announcement],
    question: &Question,
    state: State,
) -> Option<&'a Announcement> {
    let language = question.language.as_deref();
    let on = announcements
        .iter()
        .filter(|each| each.is_on(question, state));
    on.max_by_key(|each| (each.fit(language), each.rank()))
}
