//! Of which of partners' events a tenant's people are told.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{DefinitionState, EventTypeName, LanguageCode, Purpose, TenantId};

/// What precedes a type in the part of the directory that says whether people are told of its events.
pub(crate) const NOTIFICATION_RULE_PREFIX: &str = "notification-rule#";

/// In as many languages as a rule has words.
const MOST_TEXTS: usize = 32;

/// As many characters as a text has: three text messages, if each letter needs two bytes there.
const LONGEST_TEXT: usize = 200;

/// What people read: 1 to 200 characters on one line. It says the same to everybody, and so nothing
/// of anybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoticeText(String);

/// A text that people can't be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a notice has 1 to 200 characters, none of them a control character")]
pub struct InvalidNoticeText;

impl NoticeText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NoticeText {
    type Err = InvalidNoticeText;

    fn from_str(text: &str) -> Result<Self, InvalidNoticeText> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for NoticeText {
    type Error = InvalidNoticeText;

    fn try_from(text: String) -> Result<Self, InvalidNoticeText> {
        let well_formed = (1..=LONGEST_TEXT).contains(&text.chars().count())
            && !text.trim().is_empty()
            && !text.chars().any(char::is_control);
        if well_formed {
            Ok(Self(text))
        } else {
            Err(InvalidNoticeText)
        }
    }
}

impl From<NoticeText> for String {
    fn from(text: NoticeText) -> Self {
        text.0
    }
}

impl fmt::Display for NoticeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// That people are told when an event of a type is about them, if they consented to a purpose: row
/// `<tenant>`, `notification-rule#<type>` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RuleItem", into = "RuleItem")]
pub struct NotificationRule {
    tenant: TenantId,
    event_type: EventTypeName,
    purpose: Purpose,
    texts: BTreeMap<LanguageCode, NoticeText>,
    state: DefinitionState,
}

impl NotificationRule {
    /// Whose people are told.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Of which events.
    #[must_use]
    pub const fn event_type(&self) -> &EventTypeName {
        &self.event_type
    }

    /// What they have to have consented to.
    #[must_use]
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// What they read, by language.
    #[must_use]
    pub const fn texts(&self) -> &BTreeMap<LanguageCode, NoticeText> {
        &self.texts
    }

    /// Whether anybody is told.
    #[must_use]
    pub const fn state(&self) -> DefinitionState {
        self.state
    }

    /// What somebody reads whose language is `language`: in that, else in English, else in the first that
    /// there is.
    #[must_use]
    pub fn text(&self, language: &LanguageCode) -> Option<&NoticeText> {
        let own = self.texts.get(language);
        own.or_else(|| self.texts.get(&LanguageCode::english()))
            .or_else(|| self.texts.values().next())
    }
}

/// What is wrong with a row of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidRule {
    #[error("a rule's part is notification-rule# and a type of partners' events")]
    Part,
    #[error("a rule has a text in 1 to 32 languages")]
    Texts,
}

/// The row, as it lies in the table.
#[derive(Serialize, Deserialize)]
struct RuleItem {
    tenant: TenantId,
    part: String,
    purpose: Purpose,
    texts: BTreeMap<LanguageCode, NoticeText>,
    #[serde(default)]
    state: DefinitionState,
}

impl TryFrom<RuleItem> for NotificationRule {
    type Error = InvalidRule;

    fn try_from(item: RuleItem) -> Result<Self, InvalidRule> {
        let event_type = item.part.strip_prefix(NOTIFICATION_RULE_PREFIX);
        let event_type = event_type.and_then(|name| name.parse().ok());
        if !(1..=MOST_TEXTS).contains(&item.texts.len()) {
            return Err(InvalidRule::Texts);
        }
        Ok(Self {
            tenant: item.tenant,
            event_type: event_type.ok_or(InvalidRule::Part)?,
            purpose: item.purpose,
            texts: item.texts,
            state: item.state,
        })
    }
}

impl From<NotificationRule> for RuleItem {
    fn from(rule: NotificationRule) -> Self {
        Self {
            tenant: rule.tenant,
            part: format!("{NOTIFICATION_RULE_PREFIX}{}", rule.event_type),
            purpose: rule.purpose,
            texts: rule.texts,
            state: rule.state,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn row() -> impl Strategy<Value = Value> {
        let name = || "[a-z][a-z0-9-]{0,63}";
        let texts = prop::collection::btree_map("[a-z]{2,3}", "[!-~]{1,200}", 1..=8);
        let state = prop::sample::select(&DefinitionState::ALL);
        (name(), "[a-z.]{1,40}", name(), texts, state).prop_map(
            |(tenant, kind, purpose, texts, state)| {
                json!({
                    "tenant": tenant,
                    "part": format!("notification-rule#com.{kind}.v1"),
                    "purpose": purpose,
                    "texts": texts,
                    "state": state.as_str(),
                })
            },
        )
    }

    fn sent() -> Value {
        json!({
            "tenant": "harbour",
            "part": "notification-rule#com.example.parcel.sent.v1",
            "purpose": "newsletter",
            "texts": { "de": "Ihr Paket ist unterwegs.", "en": "Your parcel is on its way." },
        })
    }

    fn read(row: Value) -> serde_json::Result<NotificationRule> {
        serde_json::from_value(row)
    }

    proptest! {
        #[test]
        fn a_row_reads_and_writes_back_the_same(row in row()) {
            let rule = read(row.clone()).unwrap();
            prop_assert_eq!(serde_json::to_value(rule).unwrap(), row);
        }
    }

    #[test]
    fn people_read_it_in_their_language_in_english_or_in_what_there_is() {
        let rule = read(sent()).unwrap();
        assert_eq!(rule.state(), DefinitionState::Active);
        let told = |rule: &NotificationRule, language: &str| {
            let text = rule.text(&language.parse().unwrap());
            text.map(ToString::to_string)
        };
        for (language, text) in [
            ("de", "Ihr Paket ist unterwegs."),
            ("fr", "Your parcel is on its way."),
            ("en", "Your parcel is on its way."),
        ] {
            assert_eq!(told(&rule, language).as_deref(), Some(text));
        }
        let mut row = sent();
        row["texts"] = json!({ "fr": "Votre colis est en route.", "gsw": "S Päckli chunt." });
        let rule = read(row).unwrap();
        let found = told(&rule, "de");
        assert_eq!(found.as_deref(), Some("Votre colis est en route."));
    }

    #[test]
    fn what_is_out_of_its_limits_is_no_rule() {
        let many: BTreeMap<String, &str> = ('a'..='z')
            .flat_map(|a| ('a'..='b').map(move |b| format!("{a}{b}")))
            .map(|language| (language, "x"))
            .collect();
        for (member, value) in [
            ("part", json!("com.example.parcel.sent.v1")),
            ("part", json!("notification-rule#com.example.parcel.sent")),
            (
                "part",
                json!("notification-rule#dev.fairlead.segment.track.v1"),
            ),
            ("purpose", json!("News Letter")),
            ("texts", json!({})),
            ("texts", json!({ "EN": "x" })),
            ("texts", json!({ "en": " " })),
            ("texts", json!({ "en": "two\nlines" })),
            ("texts", json!({ "en": "x".repeat(LONGEST_TEXT + 1) })),
            ("texts", json!(many)),
            ("state", json!("asleep")),
        ] {
            let mut row = sent();
            row[member] = value;
            assert!(read(row.clone()).is_err(), "{row}");
        }
    }
}
