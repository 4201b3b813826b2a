//! Who is who: identifiers in their one normal form, the id of a profile, and Cognito's events.
//! In come strings as people and Cognito write them; out go values that can be compared.

#[cfg(feature = "user-pool")]
pub mod aws;
pub mod cognito;
mod email;
mod identifier;
mod linking;
mod login;
mod phone;
mod profile_id;

pub use email::{Email, InvalidEmail};
pub use identifier::{CognitoSub, Identifier, IdentifierKind, InvalidSub};
pub use linking::{
    FederatedLogin, LinkDecision, PoolUser, Preparation, Provider, Reason, UserStatus,
    link_decision, verified_address,
};
pub use login::{Contact, LoginFacts};
pub use phone::{InvalidPhoneNumber, PhoneNumber};
pub use profile_id::{InvalidProfileId, ProfileId};
