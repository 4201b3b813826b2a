//! What a login knows about a person.

use std::collections::BTreeSet;

use lambda_kit::redact::Redacted;
use sha2::{Digest, Sha256};

use crate::{
    CognitoSub, Email, FederatedLogin, Identifier, PhoneNumber, Social, cognito::Attributes,
    key::hex,
};

/// A way to reach a person, and whether they proved that it is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact<T> {
    /// The address or number.
    pub value: T,
    /// Whether its ownership was proven to Cognito.
    pub verified: bool,
}

/// What Cognito says about one user, as far as a profile is made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginFacts {
    /// Who.
    pub sub: CognitoSub,
    /// `email`, `email_verified`.
    pub email: Option<Contact<Email>>,
    /// `phone_number`, `phone_number_verified`.
    pub phone: Option<Contact<PhoneNumber>>,
    /// `identities`: the person's logins at other providers, each by Cognito's name of the provider
    /// and the person's id there.
    pub socials: BTreeSet<Social>,
    /// `given_name`.
    pub given_name: Option<Redacted<String>>,
    /// `family_name`.
    pub family_name: Option<Redacted<String>>,
    /// `locale`.
    pub locale: Option<Redacted<String>>,
}

impl Contact<Email> {
    /// The address in a user's attributes, `email` and `email_verified`.
    #[must_use]
    pub fn email(attributes: &Attributes) -> Option<Self> {
        contact(attributes, "email", "email_verified")
    }
}

impl LoginFacts {
    /// The facts in a trigger's user attributes; `None` without a usable `sub`. An address or
    /// number that can't be normalised is left out: Cognito may know spellings that we don't take.
    #[must_use]
    pub fn from_attributes(attributes: &Attributes) -> Option<Self> {
        let text = |name| {
            attributes
                .get(name)
                .map(|value| Redacted::new(value.to_owned()))
        };
        Some(Self {
            sub: attributes.get("sub")?.parse().ok()?,
            email: Contact::email(attributes),
            phone: contact(attributes, "phone_number", "phone_number_verified"),
            socials: socials(attributes),
            given_name: text("given_name"),
            family_name: text("family_name"),
            locale: text("locale"),
        })
    }

    /// What may point at the person's profile beside the login itself: the contacts that were proven
    /// and the logins at other providers, which Cognito checks at each sign-in. An unverified contact
    /// proves nothing, and whoever typed it must not gain anything by it.
    #[must_use]
    pub fn proven(&self) -> Vec<Identifier> {
        let email = self
            .email
            .iter()
            .filter(|c| c.verified)
            .map(|c| Identifier::Email(c.value.clone()));
        let phone = self
            .phone
            .iter()
            .filter(|c| c.verified)
            .map(|c| Identifier::Phone(c.value.clone()));
        let socials = self.socials.iter().cloned().map(Identifier::Social);
        email.chain(phone).chain(socials).collect()
    }

    /// A digest by which the next sign-in, or the next hour, sees whether anything changed, at the price of no read.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut add = |field: Option<&str>| {
            // Length-prefixed, so that no two lists of fields have the same bytes.
            let field = field.unwrap_or("\0");
            hash.update(field.len().to_be_bytes());
            hash.update(field.as_bytes());
        };
        add(Some(self.sub.as_str()));
        add(self.email.as_ref().map(|c| c.value.as_str()));
        add(self
            .email
            .as_ref()
            .filter(|c| c.verified)
            .map(|_| "verified"));
        add(self.phone.as_ref().map(|c| c.value.as_str()));
        add(self
            .phone
            .as_ref()
            .filter(|c| c.verified)
            .map(|_| "verified"));
        for name in [&self.given_name, &self.family_name, &self.locale] {
            add(name.as_ref().map(|name| name.expose().as_str()));
        }
        for social in &self.socials {
            add(Some(social.as_str()));
        }
        hex(&hash.finalize())
    }
}

/// Cognito writes them as a JSON text. One that can't be anybody's is left out.
fn socials(attributes: &Attributes) -> BTreeSet<Social> {
    let logins = FederatedLogin::all(attributes);
    logins.iter().filter_map(FederatedLogin::social).collect()
}

fn contact<T: std::str::FromStr>(
    attributes: &Attributes,
    name: &str,
    verified: &str,
) -> Option<Contact<T>> {
    let value = attributes.get(name)?.parse().ok()?;
    Some(Contact {
        value,
        verified: attributes.get(verified) == Some("true"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(attributes: serde_json::Value) -> LoginFacts {
        LoginFacts::from_attributes(&serde_json::from_value(attributes).unwrap()).unwrap()
    }

    #[test]
    fn an_unverified_address_proves_nothing() {
        let facts =
            facts(json!({ "sub": "s-1", "email": "jane@example.com", "email_verified": "false" }));
        assert_eq!(
            facts.email.as_ref().map(|email| email.verified),
            Some(false)
        );
        assert_eq!(facts.proven(), []);
    }

    #[test]
    fn verification_is_true_whether_it_comes_as_text_or_as_boolean() {
        for verified in [json!("true"), json!(true)] {
            let facts = facts(
                json!({ "sub": "s-1", "email": "jane@example.com", "email_verified": verified }),
            );
            assert_eq!(facts.proven().len(), 1);
        }
    }

    #[test]
    fn any_other_spelling_of_true_is_not_verified() {
        for verified in [json!("TRUE"), json!("1"), json!(1), json!(null), json!("")] {
            let facts = facts(
                json!({ "sub": "s-1", "email": "jane@example.com", "email_verified": verified }),
            );
            assert_eq!(facts.proven(), []);
        }
    }

    #[test]
    fn logins_at_other_providers_point_at_the_person() {
        let identities = json!([
            { "userId": "1093", "providerName": "Google", "providerType": "Google", "issuer": null },
            { "userId": "a space", "providerName": "Odd" },
        ]);
        let attributes = json!({ "sub": "s-1", "identities": identities.to_string() });
        let google = Identifier::Social(Social::new("Google", "1093").unwrap());
        assert_eq!(facts(attributes).proven(), [google]);
        for nonsense in ["", "[]", "{}", "[1]", "no JSON"] {
            let attributes = json!({ "sub": "s-1", "identities": nonsense });
            assert_eq!(facts(attributes).proven(), [], "{nonsense}");
        }
    }

    #[test]
    fn the_digest_changes_with_every_fact() {
        let base = json!({ "sub": "s-1", "email": "jane@example.com" });
        let variants = [
            ("email_verified", "true"),
            ("phone_number", "+4930901820"),
            ("given_name", "Jane"),
            ("family_name", "Jane"),
            ("locale", "Jane"),
            ("email", "joan@example.com"),
            (
                "identities",
                r#"[{"userId":"1093","providerName":"Google"}]"#,
            ),
        ];
        let mut seen = vec![facts(base.clone()).digest()];
        for (name, value) in variants {
            let mut changed = base.clone();
            changed[name] = json!(value);
            let digest = facts(changed).digest();
            assert!(!seen.contains(&digest), "{name} makes no difference");
            seen.push(digest);
        }
    }
}
