//! The fields of a profile and what may stand in them.

use std::fmt;

use jiff::civil::Date;
use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::Country;

/// A field, named as in JSON, in tables and in events. The names of personal fields are those of
/// OpenID Connect's standard claims where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// E-mail address; comes from the login.
    Email,
    /// Telephone number; comes from the login.
    PhoneNumber,
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// How the person wants to be addressed.
    DisplayName,
    /// A BCP 47 language tag.
    Locale,
    /// A name of the IANA time zone database.
    TimeZone,
    /// A calendar date.
    Birthdate,
    /// Where the person lives: a code of ISO 3166-1 alpha-2.
    Country,
    /// Whether the person wants notices as text messages.
    NoticesBySms,
    /// Whether the person wants notices on the notifications topic.
    NoticesByTopic,
}

/// What a preference says to what the person wants.
const WANTED: &str = "yes";
/// What a preference says to what the person does not want.
pub(crate) const UNWANTED: &str = "no";

/// A text that a field does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} {rule}")]
pub struct InvalidField {
    /// Which.
    pub field: FieldName,
    /// What it takes.
    pub rule: &'static str,
}

impl FieldName {
    /// The fields that the person may change.
    pub const EDITABLE: [Self; 9] = [
        Self::GivenName,
        Self::FamilyName,
        Self::DisplayName,
        Self::Locale,
        Self::TimeZone,
        Self::Birthdate,
        Self::Country,
        Self::NoticesBySms,
        Self::NoticesByTopic,
    ];

    /// The fields that say what the person wants of us. They are nobody's to say but the person's, and
    /// nobody's to read.
    pub const PREFERENCES: [Self; 2] = [Self::NoticesBySms, Self::NoticesByTopic];

    /// The fields that come from the login, where the person changes them.
    pub const FROM_LOGIN: [Self; 2] = [Self::Email, Self::PhoneNumber];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::PhoneNumber => "phone_number",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::DisplayName => "display_name",
            Self::Locale => "locale",
            Self::TimeZone => "time_zone",
            Self::Birthdate => "birthdate",
            Self::Country => "country",
            Self::NoticesBySms => "notices_by_sms",
            Self::NoticesByTopic => "notices_by_topic",
        }
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What stands in an editable field, checked and in its normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldText(Redacted<String>);

impl FieldText {
    /// Takes `text` for `field`, if the field takes it.
    pub fn new(field: FieldName, text: &str) -> Result<Self, InvalidField> {
        let mut normal: String = text.trim().nfc().collect();
        let rule = match field {
            FieldName::GivenName | FieldName::FamilyName | FieldName::DisplayName => {
                name_rule(&normal)
            }
            FieldName::Locale => locale_rule(&normal),
            FieldName::TimeZone => time_zone_rule(&normal),
            FieldName::Birthdate => birthdate_rule(&normal),
            FieldName::Country => country_rule(&mut normal),
            FieldName::NoticesBySms | FieldName::NoticesByTopic => preference_rule(&normal),
            FieldName::Email | FieldName::PhoneNumber => Err("comes from the login"),
        };
        rule.map_err(|rule| InvalidField { field, rule })?;
        Ok(Self(Redacted::new(normal)))
    }

    /// The text, for the record.
    #[must_use]
    pub fn into_inner(self) -> Redacted<String> {
        self.0
    }
}

fn name_rule(text: &str) -> Result<(), &'static str> {
    let length = text.chars().count();
    let well_formed = (1..=128).contains(&length) && !text.chars().any(char::is_control);
    if well_formed {
        Ok(())
    } else {
        Err("takes 1 to 128 characters and no control characters")
    }
}

/// The shape of RFC 5646 §2.1, without its registry.
fn locale_rule(text: &str) -> Result<(), &'static str> {
    let mut subtags = text.split('-');
    let language = subtags.next().unwrap_or_default();
    let is_language =
        (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic());
    let is_subtag =
        |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_language && subtags.all(is_subtag) && text.len() <= 35 {
        Ok(())
    } else {
        Err("takes a BCP 47 language tag, for example de-CH")
    }
}

/// The shape of the IANA database's names ("Theory and pragmatics of the tz code and data"),
/// without its list, which changes several times a year.
fn time_zone_rule(text: &str) -> Result<(), &'static str> {
    let is_part = |part: &str| {
        (1..=14).contains(&part.len())
            && part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-+_".contains(&b))
    };
    let parts = text.split('/').count();
    if text == "UTC" || ((2..=3).contains(&parts) && text.split('/').all(is_part)) {
        Ok(())
    } else {
        Err("takes a name of the IANA time zone database, for example Europe/Berlin")
    }
}

fn birthdate_rule(text: &str) -> Result<(), &'static str> {
    let is_written_out = text.len() == 10;
    match text.parse::<Date>() {
        Ok(date) if is_written_out && (1850..=9999).contains(&date.year()) => Ok(()),
        _ => Err("takes a date of the form 1990-12-31"),
    }
}

/// The codes that there are, in capitals however they are sent.
fn country_rule(text: &mut String) -> Result<(), &'static str> {
    let country: Country = text
        .parse()
        .map_err(|_| "takes a country's code of ISO 3166-1, for example CH")?;
    country.as_str().clone_into(text);
    Ok(())
}

fn preference_rule(text: &str) -> Result<(), &'static str> {
    match text {
        WANTED | UNWANTED => Ok(()),
        _ => Err("takes yes or no"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(FieldName::GivenName, "  Zoë ", "Zoë")]
    #[case(FieldName::FamilyName, "O\u{308}zil", "Özil")]
    #[case(FieldName::Locale, "zh-Hant-TW", "zh-Hant-TW")]
    #[case(
        FieldName::TimeZone,
        "America/Argentina/Buenos_Aires",
        "America/Argentina/Buenos_Aires"
    )]
    #[case(FieldName::TimeZone, "UTC", "UTC")]
    #[case(FieldName::Birthdate, "2000-02-29", "2000-02-29")]
    #[case(FieldName::Country, " ch", "CH")]
    #[case(FieldName::NoticesBySms, " no", "no")]
    #[case(FieldName::NoticesByTopic, "yes", "yes")]
    fn a_field_takes_what_it_is_for(
        #[case] field: FieldName,
        #[case] text: &str,
        #[case] normal: &str,
    ) {
        assert_eq!(
            FieldText::new(field, text).unwrap().into_inner().expose(),
            normal
        );
    }

    #[rstest]
    #[case(FieldName::GivenName, "   ")]
    #[case(FieldName::GivenName, "Jane\u{0}")]
    #[case(FieldName::DisplayName, &"x".repeat(129))]
    #[case(FieldName::Locale, "german")]
    #[case(FieldName::Locale, "de_CH")]
    #[case(FieldName::TimeZone, "Berlin")]
    #[case(FieldName::TimeZone, "../../etc/passwd")]
    #[case(FieldName::Birthdate, "1999-02-29")]
    #[case(FieldName::Birthdate, "31.12.1990")]
    #[case(FieldName::Birthdate, "1990-12-31T00:00:00Z")]
    #[case(FieldName::Country, "XX")]
    #[case(FieldName::Country, "Switzerland")]
    #[case(FieldName::NoticesBySms, "No")]
    #[case(FieldName::NoticesByTopic, "true")]
    #[case(FieldName::Email, "jane@example.com")]
    fn a_field_refuses_everything_else_by_name(#[case] field: FieldName, #[case] text: &str) {
        let error = FieldText::new(field, text).unwrap_err();
        assert_eq!(error.field, field);
        assert!(error.to_string().starts_with(field.as_str()));
    }

    proptest! {
        #[test]
        fn the_normal_form_of_a_normal_form_is_itself(text in "\\PC{1,40}") {
            for field in FieldName::EDITABLE {
                if let Ok(once) = FieldText::new(field, &text) {
                    prop_assert_eq!(FieldText::new(field, once.0.expose()), Ok(once.clone()));
                }
            }
        }
    }
}
