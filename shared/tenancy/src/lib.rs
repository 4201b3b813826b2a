//! Tenants, their partners, purposes and agreements, and who an app client belongs to. In comes the
//! `directory` table; out come definitions within their limits, and names that are safe in keys,
//! logs and events.

mod agreement;
mod aws;
mod display_name;
mod name;
#[cfg(feature = "openapi")]
mod openapi;
mod purpose;
mod rate;
mod text_version;

pub use agreement::{Agreement, FieldGroup};
pub use aws::{
    AgreementReader, Client, ClientReader, ClientRole, DirectoryError, DirectoryRows, Partner,
    PartnerReader, PurposeReader, RateLimiter, WriteKeyOwner, WriteKeyReader, write_key_part,
};
pub use display_name::{DisplayName, InvalidDisplayName};
pub use name::{AgreementId, InvalidName, PartnerId, Purpose, Segment, SourceName, TenantId};
pub use purpose::{LegalBasis, PurposeDefinition, Purposes};
pub use rate::{InvalidRateLimit, RateLimit};
pub use text_version::{InvalidTextVersion, TextVersion};
