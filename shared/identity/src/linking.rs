//! Whose account a login at another identity provider belongs to.

use lambda_kit::{planted, redact::Redacted};

use crate::{Contact, Email, FederatedLogin, PoolUser, UserStatus, cognito::Attributes};

/// What becomes of a login that is seen for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkDecision {
    /// Nobody's account is known to be the same person's: Cognito makes a user for the login alone.
    StandAlone(Reason),
    /// It was linked before; an earlier run of the trigger got that far.
    AlreadyLinked,
    /// It belongs to this native user.
    Link {
        /// The native user.
        username: Redacted<String>,
        /// What has to be done to that user first.
        first: Preparation,
    },
    /// The person is new: a native user is made for them, so that each further login finds it.
    CreateAndLink,
}

/// Why a login stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nobody vouches that the address is theirs.
    UnprovenAddress,
    /// The native account of that address is in use, and its owner never proved the address.
    UnprovenOwner,
    /// Several native accounts have the address.
    SeveralOwners,
    /// It led to the native account of that address before, and its owner took it off.
    TakenOff,
}

/// What is done to a native user before a login is linked to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preparation {
    /// Nothing: it is in use, by the owner of the address.
    Nothing,
    /// A password that nobody knows: whoever was sent a first one never used it.
    Password,
    /// The address is marked as verified, and then a password that nobody knows is set: whoever
    /// signed up with somebody else's address must not share their account.
    AddressAndPassword,
}

/// Decides what becomes of `login`, whose provider vouches for `address`, if for any, given the
/// `users` that were found by that address.
///
/// Linking is an irreversible trust decision: whoever controls the login gets all of the account.
#[must_use]
pub fn link_decision(
    login: &FederatedLogin,
    address: Option<&Email>,
    users: &[PoolUser],
) -> LinkDecision {
    let Some(address) = address else {
        return LinkDecision::StandAlone(Reason::UnprovenAddress);
    };
    let owners: Vec<(&PoolUser, bool)> = users
        .iter()
        .filter(|user| user.is_native())
        .filter_map(|user| Some((user, user.email()?)))
        .filter(|(_, email)| email.value == *address)
        .map(|(user, email)| (user, email.verified))
        .collect();
    if owners.iter().any(|(user, _)| user.logins().contains(login)) {
        return LinkDecision::AlreadyLinked;
    }
    match owners.as_slice() {
        [] => LinkDecision::CreateAndLink,
        [(user, verified)] => match preparation(user.status, *verified) {
            Some(first) => LinkDecision::Link {
                username: user.username.clone(),
                first,
            },
            None => LinkDecision::StandAlone(Reason::UnprovenOwner),
        },
        _ => LinkDecision::StandAlone(Reason::SeveralOwners),
    }
}

/// What a native user needs before a login is linked; `None` if it may not be linked.
fn preparation(status: UserStatus, verified: bool) -> Option<Preparation> {
    match (status, verified) {
        (UserStatus::Unconfirmed, _) | (UserStatus::ForceChangePassword, false) => {
            Some(Preparation::AddressAndPassword)
        }
        (UserStatus::ForceChangePassword, true) => Some(Preparation::Password),
        (_, true) => Some(Preparation::Nothing),
        (_, false) => None,
    }
}

/// The address that `attributes` say was verified. Whether that is worth anything, its
/// [`Provider`] tells.
#[must_use]
pub fn verified_address(attributes: &Attributes) -> Option<Email> {
    Contact::email(attributes)
        .filter(|email| email.verified || planted::is_on("linked-by-unverified-address"))
        .map(|email| email.value)
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    const ADDRESSES: [&str; 3] = ["jane@example.com", "Jane@Example.com", "joan@example.com"];
    const STATUSES: [UserStatus; 6] = [
        UserStatus::Unconfirmed,
        UserStatus::ForceChangePassword,
        UserStatus::Confirmed,
        UserStatus::ResetRequired,
        UserStatus::ExternalProvider,
        UserStatus::Other,
    ];

    fn google(subject: &str) -> FederatedLogin {
        FederatedLogin {
            provider: "Google".to_owned(),
            subject: Redacted::new(subject.to_owned()),
        }
    }

    fn user(name: usize, status: UserStatus, address: &str, verified: bool) -> PoolUser {
        let attributes = [
            ("email".to_owned(), address.to_owned()),
            ("email_verified".to_owned(), verified.to_string()),
        ];
        PoolUser {
            username: Redacted::new(format!("user-{name}")),
            status,
            enabled: true,
            attributes: attributes.into_iter().collect(),
        }
    }

    fn users() -> impl Strategy<Value = Vec<PoolUser>> {
        let one = (
            select(STATUSES.to_vec()),
            select(ADDRESSES.to_vec()),
            any::<bool>(),
        );
        prop::collection::vec(one, 0..4).prop_map(|users| {
            let numbered = users.into_iter().enumerate();
            numbered
                .map(|(n, (status, address, verified))| user(n, status, address, verified))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn without_a_proven_address_a_login_always_stands_alone(users in users()) {
            prop_assert_eq!(
                link_decision(&google("1"), None, &users),
                LinkDecision::StandAlone(Reason::UnprovenAddress)
            );
        }

        #[test]
        fn only_the_one_native_user_of_the_same_address_is_linked(users in users()) {
            let address: Email = ADDRESSES[0].parse().unwrap();
            let owners: Vec<&PoolUser> = users
                .iter()
                .filter(|user| user.is_native() && user.email().unwrap().value == address)
                .collect();
            match link_decision(&google("1"), Some(&address), &users) {
                LinkDecision::Link { username, first } => {
                    prop_assert_eq!(owners.len(), 1);
                    prop_assert_eq!(&username, &owners[0].username);
                    let used = matches!(
                        owners[0].status,
                        UserStatus::Confirmed | UserStatus::ResetRequired | UserStatus::Other
                    );
                    prop_assert_eq!(used, first == Preparation::Nothing);
                    prop_assert!(!used || owners[0].email().unwrap().verified);
                }
                LinkDecision::CreateAndLink => prop_assert!(owners.is_empty()),
                LinkDecision::StandAlone(Reason::SeveralOwners) => prop_assert!(owners.len() > 1),
                LinkDecision::StandAlone(_) => prop_assert!(!owners[0].email().unwrap().verified),
                LinkDecision::AlreadyLinked => prop_assert!(false, "nobody has the login"),
            }
        }

        #[test]
        fn the_order_in_which_users_are_told_makes_no_difference(users in users()) {
            let address: Email = ADDRESSES[0].parse().unwrap();
            let mut reversed = users.clone();
            reversed.reverse();
            prop_assert_eq!(
                link_decision(&google("1"), Some(&address), &users),
                link_decision(&google("1"), Some(&address), &reversed)
            );
        }

        #[test]
        fn what_is_linked_is_found_linked(subject in "[a-zA-Z0-9@._-]{1,20}") {
            let identities = serde_json::json!([
                { "userId": "other", "providerName": "Facebook", "dateCreated": "1" },
                { "userId": subject, "providerName": "Google", "providerType": "Google", "issuer": null },
            ]);
            let mut linked = user(1, UserStatus::Confirmed, ADDRESSES[0], true);
            linked.attributes = [
                ("email".to_owned(), ADDRESSES[0].to_owned()),
                ("email_verified".to_owned(), "true".to_owned()),
                ("identities".to_owned(), identities.to_string()),
            ]
            .into_iter()
            .collect();
            let address: Email = ADDRESSES[0].parse().unwrap();
            let decision = link_decision(&google(&subject), Some(&address), &[linked]);
            prop_assert_eq!(decision, LinkDecision::AlreadyLinked);
        }

    }

    #[test]
    fn an_account_that_its_owner_never_confirmed_is_taken_over_with_a_new_password() {
        let address: Email = ADDRESSES[0].parse().unwrap();
        let squatter = user(1, UserStatus::Unconfirmed, ADDRESSES[0], false);
        assert_eq!(
            link_decision(&google("1"), Some(&address), &[squatter]),
            LinkDecision::Link {
                username: Redacted::new("user-1".to_owned()),
                first: Preparation::AddressAndPassword
            }
        );
    }

    #[test]
    fn no_subject_and_no_name_is_printed() {
        let user = user(1, UserStatus::Confirmed, ADDRESSES[0], true);
        let printed = format!("{user:?} {:?}", google("108"));
        assert!(
            !printed.contains("108") && !printed.contains("jane@") && !printed.contains("user-1")
        );
    }
}
