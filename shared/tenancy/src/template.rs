//! Messages with places for what is inserted, and Cognito's limits for what comes out.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The place of the code: Cognito's own.
pub(crate) const CODE: &str = "{####}";
/// The place of the name that an invited person signs in by: Cognito's own.
pub(crate) const USERNAME: &str = "{username}";
/// The place of the tenant's display name.
const TENANT: &str = "{tenant}";

/// What a message says, part by part. An e-mail is HTML.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Template {
    /// The subject of the e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Cow<'static, str>>,
    /// The e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Cow<'static, str>>,
    /// The text message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms: Option<Cow<'static, str>>,
}

/// A part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessagePart {
    /// [`Template::subject`].
    Subject,
    /// [`Template::email`].
    Email,
    /// [`Template::sms`].
    Sms,
}

/// What is inserted.
#[derive(Debug, Clone, Copy)]
pub struct Inserts<'a> {
    /// What the tenant is called.
    pub tenant: &'a str,
    /// Cognito's own placeholder for the code, which it replaces.
    pub code: &'a str,
    /// The same for the username; only an invitation has one.
    pub username: Option<&'a str>,
}

impl MessagePart {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Subject, Self::Email, Self::Sms];

    /// Its name, as in the directory.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    /// How many characters Cognito takes
    /// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html>).
    const fn longest(self) -> usize {
        match self {
            Self::Subject | Self::Sms => 140,
            Self::Email => 20_000,
        }
    }
}

impl Template {
    /// A part as it was written, if there is one.
    #[must_use]
    pub fn part(&self, part: MessagePart) -> Option<&str> {
        let template = match part {
            MessagePart::Subject => &self.subject,
            MessagePart::Email => &self.email,
            MessagePart::Sms => &self.sms,
        };
        template.as_deref()
    }

    /// A part with everything inserted; `None` if there is none, or Cognito would not take it.
    #[must_use]
    pub fn filled(&self, part: MessagePart, inserts: &Inserts<'_>) -> Option<String> {
        let template = self.part(part)?;
        if part != MessagePart::Subject && !has_its_places(template, inserts) {
            return None;
        }
        let filled = fill(template, part, inserts);
        let fits = (1..=part.longest()).contains(&filled.chars().count());
        // A line break in a subject would begin another header.
        let is_line = part == MessagePart::Email || !filled.chars().any(char::is_control);
        (fits && is_line).then_some(filled)
    }
}

/// Without the code the message is worth nothing, and an invitation needs the name as well.
fn has_its_places(template: &str, inserts: &Inserts<'_>) -> bool {
    template.contains(CODE) && template.contains(USERNAME) == inserts.username.is_some()
}

/// Inserts in one pass, so that nothing is inserted into what was inserted.
fn fill(template: &str, part: MessagePart, inserts: &Inserts<'_>) -> String {
    let places = [
        (TENANT, inserts.tenant),
        (CODE, inserts.code),
        (USERNAME, inserts.username.unwrap_or_default()),
    ];
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(character) = rest.chars().next() {
        let place = places.iter().find(|(place, _)| rest.starts_with(place));
        let (taken, insert) = match place {
            Some((place, insert)) if part == MessagePart::Email => (place.len(), escaped(insert)),
            Some((place, insert)) => (place.len(), Cow::Borrowed(*insert)),
            None => (character.len_utf8(), Cow::Owned(character.to_string())),
        };
        filled.push_str(&insert);
        rest = rest.get(taken..).unwrap_or_default();
    }
    filled
}

/// A text as HTML shows it, in an element or in an attribute.
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '>', '&', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let escape = |mut html: String, character| {
        match character {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
        html
    };
    Cow::Owned(text.chars().fold(String::new(), escape))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn template(text: &str) -> Template {
        let text = Some(Cow::Owned(text.to_owned()));
        Template {
            subject: text.clone(),
            email: text.clone(),
            sms: text,
        }
    }

    fn inserts(tenant: &str) -> Inserts<'_> {
        Inserts {
            tenant,
            code: CODE,
            username: None,
        }
    }

    proptest! {
        #[test]
        fn whatever_a_tenant_is_called_adds_no_markup(name in "\\PC{0,40}") {
            let email = template("<p>{tenant}: {####}</p>").filled(MessagePart::Email, &inserts(&name)).unwrap();
            let inner = email.strip_prefix("<p>").unwrap().strip_suffix(": {####}</p>").unwrap();
            prop_assert!(!inner.contains(['<', '>', '"', '\'']), "{inner}");
        }

        #[test]
        fn what_comes_out_is_never_more_than_cognito_takes(text in "\\PC{0,300}", name in "\\PC{0,60}") {
            let template = template(&format!("{text}{{####}}"));
            for part in MessagePart::ALL {
                if let Some(filled) = template.filled(part, &inserts(&name)) {
                    prop_assert!(filled.chars().count() <= part.longest());
                    prop_assert!(part == MessagePart::Subject || filled.contains(CODE));
                }
            }
        }
    }

    #[test]
    fn nothing_is_inserted_into_what_was_inserted() {
        let email =
            template("{tenant} {####}").filled(MessagePart::Email, &inserts("{tenant} {####}"));
        assert_eq!(email.unwrap(), "{tenant} {####} {####}");
    }

    #[test]
    fn a_message_without_its_places_is_not_sent() {
        for (text, username) in [
            ("no code", None),
            ("{####} for {username}", None),
            ("{####}", Some(USERNAME)),
        ] {
            let inserts = Inserts {
                username,
                ..inserts("Harbour")
            };
            for part in [MessagePart::Email, MessagePart::Sms] {
                assert_eq!(template(text).filled(part, &inserts), None, "{text}");
            }
        }
    }

    #[test]
    fn a_subject_is_one_line() {
        let subject = template("Welcome\r\nBcc: x@example.com");
        assert_eq!(
            subject.filled(MessagePart::Subject, &inserts("Harbour")),
            None
        );
        let named = template("Welcome to {tenant}");
        assert_eq!(
            named.filled(MessagePart::Subject, &inserts("Har\nbour")),
            None
        );
    }
}
