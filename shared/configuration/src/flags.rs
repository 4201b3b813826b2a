//! What is switched on, and for whom.

use serde::Deserialize;

use crate::Published;

/// The kind of configuration that says it.
const KIND: &str = "feature-flag";

/// All flags.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FlagSet(Vec<Flag>);

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Flag {
    name: String,
    #[serde(default)]
    tenant: Option<String>,
    enabled: bool,
}

impl FlagSet {
    /// The flags among the records of the compiled row `flags`.
    #[must_use]
    pub fn of(published: &Published) -> Self {
        let flags = published.read(KIND).into_iter();
        Self(flags.map(|(_, flag)| flag).collect())
    }

    /// Whether the flag is on for `tenant`: by a record of the tenant, else by one for all. `None` if there
    /// is none, or if they contradict each other.
    #[must_use]
    pub fn is_on(&self, name: &str, tenant: &str) -> Option<bool> {
        let agreed = |of: Option<&str>| {
            let flags = self.0.iter();
            let mut said = flags
                .filter(|flag| flag.name == name && flag.tenant.as_deref() == of)
                .map(|flag| flag.enabled);
            let first = said.next()?;
            Some(said.all(|other| other == first).then_some(first))
        };
        agreed(Some(tenant)).or_else(|| agreed(None)).flatten()
    }
}

#[cfg(test)]
mod tests;
