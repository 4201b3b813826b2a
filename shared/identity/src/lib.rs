//! Who is who: identifiers in their one normal form, the id of a profile, and Cognito's events.
//! In come strings as people and Cognito write them; out go values that can be compared.

pub mod cognito;
mod email;
mod identifier;
mod login;
mod phone;
mod profile_id;

pub use email::{Email, InvalidEmail};
pub use identifier::{CognitoSub, Identifier, IdentifierKind, InvalidSub};
pub use login::{Contact, LoginFacts};
pub use phone::{InvalidPhoneNumber, PhoneNumber};
pub use profile_id::{InvalidProfileId, ProfileId};
