//! Telephone numbers in their normal form.
//!
//! | rule | source |
//! | --- | --- |
//! | `+`, then 7 to 15 digits, the first not 0 | ITU-T E.164 §6: country code and national number have at most 15 digits together; the shortest in use have 7 |
//! | spaces, hyphens, dots, slashes and parentheses are dropped | ITU-T E.123 §2, §7: they only group digits |
//! | a number without `+` is refused | its country would be a guess |
//! | a `(0)` is refused | it is dialled within the country alone (E.123 §7.1), but for countries where it is part of the number |

use std::{fmt, str::FromStr};

use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};

/// A telephone number in E.164 form: equal numbers are equal text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(Redacted<String>);

/// Why a text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number is written with its country code, as +49 30 901820")]
pub struct InvalidPhoneNumber;

impl PhoneNumber {
    /// The number: for the store, the wire and comparison, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    fn from_str(text: &str) -> Result<Self, InvalidPhoneNumber> {
        let written = text
            .trim_ascii()
            .strip_prefix('+')
            .filter(|rest| rest.len() <= 64)
            .ok_or(InvalidPhoneNumber)?;
        if written.contains("(0)") {
            return Err(InvalidPhoneNumber);
        }
        let digits: String = written.chars().filter(|c| !" -./()".contains(*c)).collect();
        let well_formed = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if well_formed {
            Ok(Self(Redacted::new(format!("+{digits}"))))
        } else {
            Err(InvalidPhoneNumber)
        }
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(text: String) -> Result<Self, InvalidPhoneNumber> {
        text.parse()
    }
}

impl From<PhoneNumber> for String {
    fn from(phone: PhoneNumber) -> Self {
        phone.0.into_inner()
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("+49 30 901820", "+4930901820")]
    #[case("+1 (555) 010-0199", "+15550100199")]
    #[case(" +44.20.7946.0018 ", "+442079460018")]
    fn a_number_has_one_normal_form(#[case] written: &str, #[case] normal: &str) {
        assert_eq!(written.parse::<PhoneNumber>().unwrap().as_str(), normal);
    }

    #[rstest]
    #[case("030 901820")]
    #[case("0049 30 901820")]
    #[case("+0 123 456 789")]
    #[case("+123456")]
    #[case("+1234567890123456")]
    #[case("+49 30 CALL")]
    #[case("+49 (0)30 901820")]
    #[case("+44 (0) 20 7946 0018")]
    #[case("+49 30 901820 ext. 4")]
    #[case("tel:+4930901820")]
    #[case("+٤٩٣٠٩٠١٨٢٠")]
    #[case("")]
    fn what_is_no_number_is_refused(#[case] written: &str) {
        assert_eq!(written.parse::<PhoneNumber>(), Err(InvalidPhoneNumber));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,100}") {
            let _ = text.parse::<PhoneNumber>();
        }

        #[test]
        fn grouping_makes_no_difference(digits in "[1-9][0-9]{6,14}", at in 1_usize..6) {
            let plain: PhoneNumber = format!("+{digits}").parse().unwrap();
            let (head, tail) = digits.split_at(at);
            prop_assert_eq!(&plain, &format!("+{head} ({tail})").parse().unwrap());
            prop_assert_eq!(&plain, &plain.as_str().parse().unwrap());
        }
    }
}
