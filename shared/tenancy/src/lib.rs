//! Tenants, their partners and their purposes, and who an app client belongs to. In comes the
//! `directory` table; out come names that are safe in keys, logs and events.

mod aws;
mod name;

pub use aws::{Client, ClientReader, ClientRole, DirectoryError};
pub use name::{AgreementId, InvalidName, PartnerId, Purpose, TenantId};
