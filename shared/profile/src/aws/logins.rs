//! The logins of a person, as their own list of identifiers and their last sign-ins have them.

use std::collections::HashMap;

use identity::{CognitoSub, IDENTIFIER_PREFIX, IdentifierKind, ProfileId};
use jiff::Timestamp;
use serde::Deserialize;

use super::{PartitionReader, ProfileError, sign_in::LOGIN_PREFIX};

/// A user of the user pool that is a person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLogin {
    /// The user.
    pub sub: CognitoSub,
    /// The person's member that they came with.
    pub member: ProfileId,
    /// Since when it is theirs.
    pub since: Timestamp,
    /// When it was used last, if it was.
    pub last_sign_in_at: Option<Timestamp>,
}

/// A row `identifier#cognito_sub#…`.
#[derive(Deserialize)]
struct OwnedLogin {
    profile_id: ProfileId,
    part: String,
    value: CognitoSub,
    at: Timestamp,
}

/// A row `login#…`.
#[derive(Deserialize)]
struct SignIn {
    part: String,
    signed_in_at: i64,
}

impl PartitionReader {
    /// The logins of the person to whom `id` belongs, over all their members.
    pub async fn logins(&self, id: ProfileId) -> Result<Vec<KnownLogin>, ProfileError> {
        let prefix = format!("{IDENTIFIER_PREFIX}{}#", IdentifierKind::CognitoSub);
        let mut owned: Vec<OwnedLogin> = Vec::new();
        let mut last: HashMap<String, i64> = HashMap::new();
        for member in self.members(id).await? {
            owned.extend(self.all(member, &prefix).await?);
            // A person that was joined since signed in as the member that they were.
            for SignIn { part, signed_in_at } in self.all(member, LOGIN_PREFIX).await? {
                let key = part.trim_start_matches(LOGIN_PREFIX).to_owned();
                let known = last.entry(key).or_insert(signed_in_at);
                *known = signed_in_at.max(*known);
            }
        }
        let known = |login: OwnedLogin| {
            let key = login.part.trim_start_matches(IDENTIFIER_PREFIX);
            let last = last.get(key).copied();
            KnownLogin {
                sub: login.value,
                member: login.profile_id,
                since: login.at,
                last_sign_in_at: last.and_then(|at| Timestamp::from_millisecond(at).ok()),
            }
        };
        Ok(owned.into_iter().map(known).collect())
    }
}
