//! Pages of people about themselves.

pub(crate) mod deletion;
pub(crate) mod export;
pub(crate) mod logins;
pub(crate) mod notices;
pub(crate) mod overview;
pub(crate) mod permissions;
pub(crate) mod profile;
pub(crate) mod readers;
mod wire;
