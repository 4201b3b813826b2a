//! The language that a text was read in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A language tag of the shape of BCP 47 (RFC 5646 §2.1), without its registry: `de-CH`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

/// A text that is no language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a language is a BCP 47 tag of at most 35 characters, for example de-CH")]
pub struct InvalidLanguage;

impl FromStr for Language {
    type Err = InvalidLanguage;

    fn from_str(text: &str) -> Result<Self, InvalidLanguage> {
        let mut subtags = text.split('-');
        let language = subtags.next().unwrap_or_default();
        let is_language =
            (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic());
        let is_subtag = |tag: &str| {
            (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if is_language && subtags.all(is_subtag) && text.len() <= 35 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidLanguage)
        }
    }
}

impl TryFrom<String> for Language {
    type Error = InvalidLanguage;

    fn try_from(text: String) -> Result<Self, InvalidLanguage> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_a_tag() {
        for tag in ["de", "de-CH", "gsw", "zh-Hant-TW", "de-1996"] {
            assert_eq!(
                tag.parse::<Language>().map(String::from),
                Ok(tag.to_owned())
            );
        }
        for text in ["", "d", "german", "de_CH", "de-", "de CH", "de-waytoolong"] {
            assert_eq!(text.parse::<Language>(), Err(InvalidLanguage), "{text}");
        }
    }
}
