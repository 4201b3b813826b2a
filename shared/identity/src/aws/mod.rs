//! The user pool's API: who has an account, and by which logins they get to it.

mod accounts;
mod providers;
mod users;

pub use accounts::{Accounts, LinkError, Linked, UnlinkError};
pub use providers::ProviderReader;
pub use users::{PasswordSource, UserLinker, UserMaker, UserPage, UserReader};
