//! The user pool's API: who has an account, and by which logins they get to it.

mod accounts;
mod passwords;
mod providers;
mod removing;
mod users;

pub use accounts::{Accounts, LinkError, Linked, UnlinkError};
pub use passwords::PasswordSource;
pub use providers::ProviderReader;
pub use removing::UserRemover;
pub use users::{UserLinker, UserMaker, UserPage, UserReader};
