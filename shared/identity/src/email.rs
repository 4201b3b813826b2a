//! E-mail addresses in their normal form.
//!
//! | rule | source |
//! | --- | --- |
//! | at most 254 octets in all, 64 before the last `@` | RFC 5321 §4.5.3.1, RFC 3696 erratum 1690 |
//! | a dot-atom before the `@`; quoted local parts are refused | RFC 5322 §3.2.3; no consumer service hands out a quoted one |
//! | the local part is compared without regard to case and in NFC | RFC 5321 §2.4 lets a host tell case apart and asks that none does; RFC 6532 §3.1 |
//! | `+tags` and dots are kept: `jane+shop@` and `jane@` are two addresses | what they mean is the mail host's business (RFC 5233 §1, RFC 5321 §2.3.11), and at some hosts they are two people |
//! | the domain becomes lower-case A-labels and has at least two | RFC 5890, UTS #46: `Bücher.example`, `bücher。example` and `xn--bcher-kva.example` are one domain |
//! | characters that show nothing (variation selectors, joiners, Hangul fillers) are refused | RFC 8264 §9.13: they would make two addresses of one that is read |
//! | letters that are one in another case alone are one; `ß` and `ss`, `ı` and `i` are two | Unicode's lower case (UAX #44); to fold further would join mailboxes that are two |
//! | addresses that only look alike are different: Latin `a` and Cyrillic `а`, `l` and `1` | they are delivered to different mailboxes; folding them (UTS #39 §4) would hand one person's profile to another |

use std::{fmt, str::FromStr};

use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

/// An e-mail address in its normal form: equal addresses are equal text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(Redacted<String>);

/// Why a text is no e-mail address that Fairlead takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    /// Over the limits of SMTP.
    #[error("an e-mail address has at most 254 octets, 64 of them before the @")]
    TooLong,
    /// Not `local@domain`.
    #[error("an e-mail address is written as name@example.com")]
    Malformed,
    /// A domain that no DNS name can be made of.
    #[error("the part after the @ is not a domain name")]
    Domain,
}

impl Email {
    /// The address: for the store, the wire and comparison, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        // Looked at first, so that no later step works on a megabyte.
        if text.len() > 4 * LONGEST {
            return Err(InvalidEmail::TooLong);
        }
        let (local, domain) = text
            .trim_ascii()
            .rsplit_once('@')
            .ok_or(InvalidEmail::Malformed)?;
        let local = normal_local(local)?;
        let domain = normal_domain(domain)?;
        let normal = format!("{local}@{domain}");
        if normal.len() > LONGEST || local.len() > LONGEST_LOCAL {
            return Err(InvalidEmail::TooLong);
        }
        Ok(Self(Redacted::new(normal)))
    }
}

fn normal_local(local: &str) -> Result<String, InvalidEmail> {
    let normal: String = local
        .nfc()
        .collect::<String>()
        .to_lowercase()
        .nfc()
        .collect();
    let is_dot_atom = normal
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character));
    if is_dot_atom {
        Ok(normal)
    } else {
        Err(InvalidEmail::Malformed)
    }
}

/// `atext` of RFC 5322 with the letters that RFC 6532 adds.
fn is_atom_character(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(c)
        || (!c.is_ascii() && (c.is_alphanumeric() || is_mark(c)) && !is_invisible(c))
}

/// Letters and marks that show nothing: those of Unicode's `Default_Ignorable_Code_Point`.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Combining marks follow letters in many scripts and are not alphanumeric by themselves.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn normal_domain(domain: &str) -> Result<String, InvalidEmail> {
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| InvalidEmail::Domain)?;
    if ascii.contains('.') && !ascii.ends_with('.') {
        Ok(ascii)
    } else {
        Err(InvalidEmail::Domain)
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;

    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        text.parse()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0.into_inner()
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Jane.Doe@Example.COM", "jane.doe@example.com")]
    #[case(" jane@example.com\n", "jane@example.com")]
    #[case("jane+news@example.com", "jane+news@example.com")]
    #[case("jane@bücher.example", "jane@xn--bcher-kva.example")]
    #[case("jane@BÜCHER。example", "jane@xn--bcher-kva.example")]
    #[case("jane@XN--BCHER-KVA.example", "jane@xn--bcher-kva.example")]
    #[case("JOSE\u{301}@example.com", "jos\u{e9}@example.com")]
    #[case("ΟΔΟΣ@example.com", "οδος@example.com")]
    #[case("WEIẞ@example.com", "weiß@example.com")]
    #[case("\u{212a}im@example.com", "kim@example.com")]
    fn an_address_has_one_normal_form(#[case] written: &str, #[case] normal: &str) {
        assert_eq!(written.parse::<Email>().unwrap().as_str(), normal);
    }

    #[rstest]
    #[case("jane", InvalidEmail::Malformed)]
    #[case("@example.com", InvalidEmail::Malformed)]
    #[case("jane..doe@example.com", InvalidEmail::Malformed)]
    #[case("jane doe@example.com", InvalidEmail::Malformed)]
    #[case("\"jane\"@example.com", InvalidEmail::Malformed)]
    #[case("a@b@example.com", InvalidEmail::Malformed)]
    #[case("jane\r\nbcc@example.com", InvalidEmail::Malformed)]
    #[case("jane@localhost", InvalidEmail::Domain)]
    #[case("jane@exa mple.com", InvalidEmail::Domain)]
    #[case("jane@example.com.", InvalidEmail::Domain)]
    #[case("jane@-example.com", InvalidEmail::Domain)]
    #[case("jane\u{fe0f}@example.com", InvalidEmail::Malformed)]
    #[case("ja\u{200b}ne@example.com", InvalidEmail::Malformed)]
    #[case("ja\u{34f}ne@example.com", InvalidEmail::Malformed)]
    #[case("jane\u{3164}@example.com", InvalidEmail::Malformed)]
    #[case("jane\u{202e}@example.com", InvalidEmail::Malformed)]
    #[case("jane\u{ff20}example.com", InvalidEmail::Malformed)]
    fn what_is_no_address_is_refused(#[case] written: &str, #[case] why: InvalidEmail) {
        assert_eq!(written.parse::<Email>(), Err(why));
    }

    #[rstest]
    #[case("jane@example.com", "j\u{430}ne@example.com")]
    #[case("jane@example.com", "jane@ex\u{430}mple.com")]
    #[case("paul@example.com", "pau1@example.com")]
    #[case("jane@example.com", "jane+shop@example.com")]
    #[case("jane.doe@example.com", "janedoe@example.com")]
    #[case("weiß@example.com", "weiss@example.com")]
    #[case("j\u{131}ll@example.com", "jill@example.com")]
    #[case("\u{ff4a}ane@example.com", "jane@example.com")]
    fn addresses_that_look_alike_are_different(#[case] one: &str, #[case] other: &str) {
        assert_ne!(
            one.parse::<Email>().unwrap(),
            other.parse::<Email>().unwrap()
        );
    }

    #[test]
    fn an_address_over_the_limits_of_smtp_is_refused() {
        let local = "a".repeat(65);
        assert_eq!(
            format!("{local}@example.com").parse::<Email>(),
            Err(InvalidEmail::TooLong)
        );
        assert_eq!(
            "a".repeat(100_000).parse::<Email>(),
            Err(InvalidEmail::TooLong)
        );
    }

    #[test]
    fn an_address_is_never_printed() {
        let email: Email = "jane@example.com".parse().unwrap();
        assert_eq!(format!("{email:?}"), "Email([redacted])");
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,300}") {
            let _ = text.parse::<Email>();
        }

        #[test]
        fn the_normal_form_of_a_normal_form_is_itself(local in "[\\p{L}\\p{M}0-9+._-]{1,20}", domain in "[\\p{L}0-9-]{1,12}\\.[a-z]{2,6}") {
            if let Ok(email) = format!("{local}@{domain}").parse::<Email>() {
                prop_assert_eq!(email.as_str().parse::<Email>().unwrap(), email);
            }
        }

        #[test]
        fn case_makes_no_difference(local in "[a-z0-9+.]{1,20}") {
            let lower = format!("x{local}y@example.com");
            prop_assert_eq!(lower.parse::<Email>(), lower.to_uppercase().parse::<Email>());
        }
    }
}
