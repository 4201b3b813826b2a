//! `ListUsers`'s filter: one attribute, `=` or `^=`, and a quoted text
//! (<https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html>).

use super::{Refusal, invalid, pool::User};

/// The attributes that can be searched.
const SEARCHABLE: [&str; 10] = [
    "username",
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "cognito:user_status",
    "status",
    "sub",
];

pub(super) struct Filter {
    attribute: String,
    prefix: bool,
    value: String,
}

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let unparsable = || invalid("Error while parsing filter.");
        let (attribute, value) = text.split_once('=').ok_or_else(unparsable)?;
        let (attribute, prefix) = match attribute.strip_suffix('^') {
            Some(attribute) => (attribute, true),
            None => (attribute, false),
        };
        let attribute = attribute.trim().trim_matches('"').to_owned();
        if !SEARCHABLE.contains(&attribute.as_str()) {
            return Err(invalid(&format!("Invalid search attribute: {attribute}")));
        }
        let value = unquoted(value.trim()).ok_or_else(unparsable)?;
        Ok(Self {
            attribute,
            prefix,
            value,
        })
    }

    /// Case matters, as it does in a pool that is asked for an attribute.
    pub(super) fn matches(&self, user: &User) -> bool {
        let own = match self.attribute.as_str() {
            "username" => Some(user.username.as_str()),
            "cognito:user_status" => Some(user.status.as_str()),
            "status" => Some(if user.enabled { "Enabled" } else { "Disabled" }),
            name => user.attributes.get(name).map(String::as_str),
        };
        own.is_some_and(|own| {
            if self.prefix {
                own.starts_with(&self.value)
            } else {
                own == self.value
            }
        })
    }
}

/// The text between two quotes, in which a backslash keeps the next character from its meaning.
fn unquoted(text: &str) -> Option<String> {
    let mut characters = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match characters.next()? {
            '"' => break,
            '\\' => value.push(characters.next()?),
            other => value.push(other),
        }
    }
    characters.as_str().is_empty().then_some(value)
}
