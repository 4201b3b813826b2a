//! Users of the pool, and their logins at other identity providers.

use std::fmt;

use jiff::Timestamp;
use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};

use crate::{CognitoSub, Contact, Email, Social, cognito::Attributes};

/// A user of the pool, as Cognito's API tells of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoolUser {
    /// By what the API knows them.
    pub username: Redacted<String>,
    /// How far they are with their account.
    pub status: UserStatus,
    /// Whether an operator lets them in.
    pub enabled: bool,
    /// The user's attributes.
    pub attributes: Attributes,
}

/// How far a user is with their account, as far as Fairlead tells it apart
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserStatus {
    /// Signed up, and never entered the code.
    Unconfirmed,
    /// Made by an operator or by Fairlead, and never chose a password.
    ForceChangePassword,
    /// Signs in by address and password.
    Confirmed,
    /// Has to choose a new password.
    ResetRequired,
    /// Signs in by another identity provider alone.
    ExternalProvider,
    /// One that this version does not know.
    Other,
}

impl From<&str> for UserStatus {
    fn from(text: &str) -> Self {
        match text {
            "UNCONFIRMED" => Self::Unconfirmed,
            "FORCE_CHANGE_PASSWORD" => Self::ForceChangePassword,
            "CONFIRMED" => Self::Confirmed,
            "RESET_REQUIRED" => Self::ResetRequired,
            "EXTERNAL_PROVIDER" => Self::ExternalProvider,
            _ => Self::Other,
        }
    }
}

/// An identity provider of the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// What the pool calls it.
    pub name: String,
    /// Whether it says which addresses it has verified: its attribute mapping has
    /// `email_verified`. Of any other Cognito says `false`, or what the person may have written.
    pub vouches_for_email: bool,
}

/// A login at another identity provider.
#[derive(Clone, PartialEq, Eq)]
pub struct FederatedLogin {
    /// What the pool calls the provider.
    pub provider: String,
    /// The person's id there.
    pub subject: Redacted<String>,
}

impl FederatedLogin {
    /// Reads a trigger's `userName`, `<provider>_<subject>`. Cognito writes a social provider's
    /// name in lower case, and both a provider's name and a subject may have underscores: the
    /// longest of the pool's `providers` that fits is meant.
    #[must_use]
    pub fn parse<'a>(
        user_name: &str,
        providers: impl IntoIterator<Item = &'a str>,
    ) -> Option<Self> {
        let subject_after = |name: &str| {
            let (prefix, rest) = user_name.split_at_checked(name.len())?;
            let subject = rest
                .strip_prefix('_')
                .filter(|subject| !subject.is_empty())?;
            // One that is written the same goes before one that differs in case.
            prefix
                .eq_ignore_ascii_case(name)
                .then_some((name.len(), prefix == name, subject))
        };
        let candidates = providers
            .into_iter()
            .filter_map(|name| Some((name, subject_after(name)?)));
        let (provider, (_, _, subject)) =
            candidates.max_by_key(|(_, (length, same, _))| (*length, *same))?;
        Some(Self {
            provider: provider.to_owned(),
            subject: Redacted::new(subject.to_owned()),
        })
    }
}

impl FederatedLogin {
    /// The logins that a user's attribute `identities` names, a JSON text; none where it can't be
    /// read.
    #[must_use]
    pub fn all(attributes: &Attributes) -> Vec<Self> {
        let linked = LinkedLogin::all(attributes).into_iter();
        linked.map(|linked| linked.login).collect()
    }

    /// The login as what may point at a person; `None` if it can't be anybody's.
    #[must_use]
    pub fn social(&self) -> Option<Social> {
        Social::new(&self.provider, self.subject.expose()).ok()
    }
}

impl fmt::Debug for FederatedLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FederatedLogin({}, {})", self.provider, self.subject)
    }
}

/// A member of the attribute `identities`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    provider_name: String,
    user_id: String,
    /// Milliseconds since the epoch, as Cognito writes them: in a text.
    date_created: Option<String>,
}

/// A login at another provider that leads to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedLogin {
    /// The login.
    pub login: FederatedLogin,
    /// Since when, if Cognito says so.
    pub since: Option<Timestamp>,
}

impl LinkedLogin {
    fn all(attributes: &Attributes) -> Vec<Self> {
        let identities = attributes.get("identities").unwrap_or("[]");
        let identities: Vec<Identity> = serde_json::from_str(identities).unwrap_or_default();
        let since = |created: Option<String>| {
            let millis = created?.parse().ok()?;
            Timestamp::from_millisecond(millis).ok()
        };
        let linked = |identity: Identity| Self {
            login: FederatedLogin {
                provider: identity.provider_name,
                subject: Redacted::new(identity.user_id),
            },
            since: since(identity.date_created),
        };
        identities.into_iter().map(linked).collect()
    }
}

impl PoolUser {
    /// Their id in the pool; `None` without one, which Cognito does not let happen.
    #[must_use]
    pub fn sub(&self) -> Option<CognitoSub> {
        self.attributes.get("sub")?.parse().ok()
    }

    /// Their e-mail address, and whether they proved it.
    #[must_use]
    pub fn email(&self) -> Option<Contact<Email>> {
        Contact::email(&self.attributes)
    }

    /// Whether they sign in by address and password, or are to.
    #[must_use]
    pub fn is_native(&self) -> bool {
        self.status != UserStatus::ExternalProvider
    }

    /// The logins at other providers by which they may sign in.
    #[must_use]
    pub fn logins(&self) -> Vec<FederatedLogin> {
        FederatedLogin::all(&self.attributes)
    }

    /// The same, with since when they lead here.
    #[must_use]
    pub fn linked(&self) -> Vec<LinkedLogin> {
        LinkedLogin::all(&self.attributes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    proptest! {
        #[test]
        fn a_subject_is_read_back_whatever_is_in_it(
            provider in select(vec!["Google", "Corp_IdP", "Corp"]),
            lower in any::<bool>(),
            subject in "[a-zA-Z0-9@._-]{1,30}",
        ) {
            // `Corp_IdP_x` is read as a login at `Corp_IdP`, whoever else could be meant.
            prop_assume!(provider != "Corp" || !subject.to_lowercase().starts_with("idp_"));
            let prefix = if lower { provider.to_lowercase() } else { provider.to_owned() };
            let login = FederatedLogin::parse(&format!("{prefix}_{subject}"), ["Corp", "Corp_IdP", "Google"]);
            prop_assert_eq!(login, Some(FederatedLogin { provider: provider.to_owned(), subject: Redacted::new(subject) }));
        }
    }

    #[test]
    fn a_name_that_no_provider_begins_is_no_login_of_theirs() {
        for name in ["Google", "Google_", "google", "6b1f0e2a", "Gööögle_1", ""] {
            assert_eq!(FederatedLogin::parse(name, ["Google"]), None, "{name}");
        }
    }

    #[test]
    fn a_provider_of_the_same_spelling_goes_before_one_that_differs_in_case() {
        for names in [["corp", "Corp"], ["Corp", "corp"]] {
            let login = FederatedLogin::parse("corp_1", names).unwrap();
            assert_eq!(login.provider, "corp");
        }
    }
}
