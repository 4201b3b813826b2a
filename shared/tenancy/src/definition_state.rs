//! Whether what is defined has any effect.

use serde::{Deserialize, Serialize};

/// Whether something that is never removed has any effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefinitionState {
    /// It has.
    #[default]
    Active,
    /// It has none, until it is active again.
    Disabled,
}

impl DefinitionState {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Active, Self::Disabled];

    /// Its name, as in the directory.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_written_as_it_is_called() {
        for state in DefinitionState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
