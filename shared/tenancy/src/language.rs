//! In which language people are written to.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A language by its code, `de`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LanguageCode(String);

/// A text that is no code of a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a language's code has two or three letters in lower case")]
pub struct InvalidLanguageCode;

impl LanguageCode {
    /// The language of a `locale` such as `de-CH`; English where that names none.
    #[must_use]
    pub fn of(locale: Option<&str>) -> Self {
        let code = locale.unwrap_or_default().split(['-', '_']).next();
        let code = code.unwrap_or_default().to_ascii_lowercase();
        code.parse().unwrap_or_else(|_| Self::english())
    }

    /// What is understood where nothing else is known.
    #[must_use]
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LanguageCode {
    type Err = InvalidLanguageCode;

    fn from_str(text: &str) -> Result<Self, InvalidLanguageCode> {
        let is_code = (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase());
        if is_code {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidLanguageCode)
        }
    }
}

impl TryFrom<String> for LanguageCode {
    type Error = InvalidLanguageCode;

    fn try_from(text: String) -> Result<Self, InvalidLanguageCode> {
        text.parse()
    }
}

impl From<LanguageCode> for String {
    fn from(language: LanguageCode) -> Self {
        language.0
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_language_is_a_code_whatever_the_locale(locale in "\\PC{0,12}") {
            let language = LanguageCode::of(Some(&locale));
            prop_assert!(language.as_str().bytes().all(|b| b.is_ascii_lowercase()));
            prop_assert!((2..=3).contains(&language.as_str().len()));
        }
    }

    #[test]
    fn the_language_is_the_locales() {
        for (locale, code) in [
            (Some("de-CH"), "de"),
            (Some("de_AT"), "de"),
            (Some("EN"), "en"),
            (Some("message#x"), "en"),
            (Some(""), "en"),
            (None, "en"),
        ] {
            assert_eq!(LanguageCode::of(locale).as_str(), code, "{locale:?}");
        }
    }

    #[test]
    fn a_code_is_taken_as_it_is_or_not_at_all() {
        let code: LanguageCode = "gsw".parse().unwrap();
        assert_eq!(code.as_str(), "gsw");
        for text in ["", "e", "EN", "en-GB", "engl", "e1"] {
            assert_eq!(
                text.parse::<LanguageCode>(),
                Err(InvalidLanguageCode),
                "{text}"
            );
        }
    }
}
