//! A tenant's own words for what Cognito writes to its people.

use std::{fmt, str::FromStr};

use identity::cognito::MessageKind;
use serde::{Deserialize, Serialize};

use crate::{
    DisplayName, Inserts, LanguageCode, MessagePart, Template, TenantId,
    template::{CODE, USERNAME},
};

/// What precedes kind and language in the part of the directory that has a tenant's words.
pub(crate) const MESSAGE_PREFIX: &str = "message#";

/// Of which kind a message is, and in which language: `sign-up.de`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageName {
    /// What it is about.
    pub kind: MessageKind,
    /// Who reads it.
    pub language: LanguageCode,
}

/// A text that names no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a message is named by its kind, a dot and a language")]
pub struct InvalidMessageName;

impl MessageName {
    /// The same in the directory, behind [`MESSAGE_PREFIX`]: `sign-up#de`.
    #[must_use]
    pub fn in_directory(&self) -> String {
        format!("{}#{}", self.kind, self.language)
    }

    fn read(text: &str, between: char) -> Result<Self, InvalidMessageName> {
        let (kind, language) = text.split_once(between).ok_or(InvalidMessageName)?;
        Ok(Self {
            kind: kind.parse().map_err(|_| InvalidMessageName)?,
            language: language.parse().map_err(|_| InvalidMessageName)?,
        })
    }
}

impl FromStr for MessageName {
    type Err = InvalidMessageName;

    fn from_str(text: &str) -> Result<Self, InvalidMessageName> {
        Self::read(text, '.')
    }
}

impl fmt::Display for MessageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, self.language)
    }
}

/// What a tenant says in a message of a kind, in a language: row `<tenant>`,
/// `message#<kind>#<language>` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "MessageItem", into = "MessageItem")]
pub struct MessageDefinition {
    tenant: TenantId,
    name: MessageName,
    template: Template,
}

impl MessageDefinition {
    /// Which message it is.
    #[must_use]
    pub const fn name(&self) -> &MessageName {
        &self.name
    }

    /// What it says.
    #[must_use]
    pub const fn template(&self) -> &Template {
        &self.template
    }

    /// The first part that Cognito would not take, of a tenant that is called `tenant`: people would
    /// read Fairlead's own words in its place.
    #[must_use]
    pub fn unfit(&self, tenant: &DisplayName) -> Option<MessagePart> {
        let is_invitation = self.name.kind == MessageKind::Invitation;
        let inserts = Inserts {
            tenant: tenant.as_str(),
            code: CODE,
            username: is_invitation.then_some(USERNAME),
        };
        MessagePart::ALL.into_iter().find(|part| {
            let is_said = self.template.part(*part).is_some();
            is_said && self.template.filled(*part, &inserts).is_none()
        })
    }
}

/// The row, as it lies in the table.
#[derive(Serialize, Deserialize)]
struct MessageItem {
    tenant: TenantId,
    part: String,
    #[serde(flatten)]
    template: Template,
}

impl TryFrom<MessageItem> for MessageDefinition {
    type Error = InvalidMessageName;

    fn try_from(item: MessageItem) -> Result<Self, InvalidMessageName> {
        let name = item.part.strip_prefix(MESSAGE_PREFIX);
        Ok(Self {
            name: MessageName::read(name.ok_or(InvalidMessageName)?, '#')?,
            tenant: item.tenant,
            template: item.template,
        })
    }
}

impl From<MessageDefinition> for MessageItem {
    fn from(message: MessageDefinition) -> Self {
        Self {
            part: format!("{MESSAGE_PREFIX}{}", message.name.in_directory()),
            tenant: message.tenant,
            template: message.template,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read(kind: &str, texts: Value) -> MessageDefinition {
        let mut row = texts;
        row["tenant"] = "harbour".into();
        row["part"] = format!("message#{kind}#en").into();
        serde_json::from_value(row).unwrap()
    }

    fn unfit(kind: &str, texts: Value) -> Option<MessagePart> {
        read(kind, texts).unfit(&"Harbour Stores".parse().unwrap())
    }

    proptest! {
        #[test]
        fn a_row_reads_and_writes_back_the_same(
            kind in prop::sample::select(&MessageKind::ALL),
            language in "[a-z]{2,3}",
            subject in prop::option::of("\\PC{0,20}"),
            email in prop::option::of("\\PC{0,20}"),
        ) {
            let mut row = json!({ "tenant": "harbour", "part": format!("message#{kind}#{language}") });
            for (part, text) in [("subject", subject), ("email", email)] {
                if let Some(text) = text {
                    row[part] = text.into();
                }
            }
            let message: MessageDefinition = serde_json::from_value(row.clone()).unwrap();
            let name = message.name().to_string();
            prop_assert_eq!(name.parse(), Ok(message.name().clone()));
            prop_assert_eq!(serde_json::to_value(message).unwrap(), row);
        }
    }

    #[test]
    fn a_part_that_cognito_would_not_take_is_named() {
        let whole = json!({ "subject": "Hello", "email": "<p>{####}</p>", "sms": "{####}" });
        assert_eq!(unfit("sign-up", whole), None);
        let invited = json!({ "email": "{username} {####}", "sms": "{username} {####}" });
        assert_eq!(unfit("invitation", invited), None);
        for (kind, texts, part) in [
            ("sign-up", json!({ "email": "no code" }), MessagePart::Email),
            ("sign-up", json!({ "sms": "" }), MessagePart::Sms),
            ("invitation", json!({ "sms": "{####}" }), MessagePart::Sms),
            (
                "sign-up",
                json!({ "sms": "{username} {####}" }),
                MessagePart::Sms,
            ),
            (
                "sign-up",
                json!({ "subject": "two\nlines" }),
                MessagePart::Subject,
            ),
            (
                "sign-up",
                json!({ "subject": "x".repeat(141) }),
                MessagePart::Subject,
            ),
            // Fourteen characters stand where the tenant's name does.
            (
                "sign-up",
                json!({ "subject": format!("{{tenant}}{}", "x".repeat(127)) }),
                MessagePart::Subject,
            ),
        ] {
            assert_eq!(unfit(kind, texts.clone()), Some(part), "{texts}");
        }
    }

    #[test]
    fn what_names_no_message_is_none() {
        for name in [
            "",
            "sign-up",
            "sign-up#de",
            "sign-up.DE",
            "welcome.de",
            "sign-up.de.x",
        ] {
            assert!(name.parse::<MessageName>().is_err(), "{name}");
        }
    }
}
