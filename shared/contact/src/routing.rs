//! Where contacts go.

use serde::Deserialize;

use crate::{Priority, Question, Scope, State, scope::Rank};

/// Where contacts of a queue go.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Routing {
    /// What operators call it.
    pub name: String,
    /// What it leads to: `queue`, `flow`, `number` or `voicemail`.
    pub to_type: String,
    /// Which.
    pub to: String,
    #[serde(default)]
    when: Option<String>,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    priority: Option<Priority>,
    #[serde(flatten)]
    scope: Scope,
}

impl Routing {
    fn is_for(&self, question: &Question, state: State) -> bool {
        let when = self.when.as_deref().unwrap_or("open");
        let asked = question.language.as_deref().unwrap_or_default();
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_lowercase();
        let is_language = |tag: &String| {
            tag.eq_ignore_ascii_case(asked)
                || (!tag.contains('-') && primary(tag) == primary(asked))
        };
        let speaks = self.languages.is_empty() || self.languages.iter().any(is_language);
        when == state.as_str() && speaks && self.scope.is_for(question)
    }

    fn rank(&self) -> (Rank, bool) {
        let rank = self.scope.rank(self.priority.unwrap_or_default());
        (rank, !self.languages.is_empty())
    }
}

/// Where the contact goes, if anything is said of that.
pub(crate) fn choose<'a>(
    routings: &'a [Routing],
    question: &Question,
    state: State,
) -> Option<&'a Routing> {
    let routings = routings.iter().filter(|each| each.is_for(question, state));
    routings.max_by_key(|each| each.rank())
}
