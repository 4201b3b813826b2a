//! Who is who: identifiers in their one normal form, the id of a profile, and Cognito's events.
//! In come strings as people and Cognito write them; out go values that can be compared.

mod anonymous;
#[cfg(feature = "user-pool")]
pub mod aws;
pub mod cognito;
mod email;
mod erasure_id;
mod external;
mod identifier;
mod key;
mod linking;
mod login;
mod login_id;
mod merge_id;
#[cfg(feature = "openapi")]
mod openapi;
mod phone;
mod pool_user;
mod profile_id;
mod social;

pub use anonymous::{AnonymousId, InvalidAnonymousId};
pub use email::{Email, InvalidEmail};
pub use erasure_id::{ErasureId, InvalidErasureId};
pub use external::{ExternalId, InvalidExternalId};
pub use identifier::{CognitoSub, IDENTIFIER_PREFIX, Identifier, IdentifierKind, InvalidSub};
pub use key::{IdentifierKey, Seal};
pub use linking::{LinkDecision, Preparation, Reason, link_decision, verified_address};
pub use login::{Contact, LoginFacts};
pub use login_id::{InvalidLoginId, LoginId};
pub use merge_id::{InvalidMergeId, MergeId};
pub use phone::{InvalidPhoneNumber, PhoneNumber};
pub use pool_user::{FederatedLogin, LinkedLogin, PoolUser, Provider, UserStatus};
pub use profile_id::{InvalidProfileId, ProfileId};
pub use social::{InvalidSocial, Social};
