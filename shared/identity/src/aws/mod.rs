//! The user pool's API: who has an account, and by which logins they get to it.

mod accounts;
mod app_clients;
mod linker;
mod logins;
mod providers;
mod removing;
mod sessions;
mod users;

pub use accounts::{Accounts, LinkError, Linked};
pub use app_clients::{AppClient, AppClients};
pub use linker::{UserLinker, UserUnlinker};
pub use logins::{Login, LoginKind, Logins};
pub use providers::ProviderReader;
pub use removing::UserRemover;
pub use sessions::UserSignOut;
pub use users::{PasswordSource, UserMaker, UserPage, UserReader};
