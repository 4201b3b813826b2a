//! Tenants, their partners, purposes and agreements, and who an app client belongs to. In comes the
//! `directory` table; out come definitions within their limits, and names that are safe in keys,
//! logs and events. What operators define is written as it is read, on top of what they saw.

mod agreement;
mod aws;
mod definition;
mod definition_state;
mod display_name;
mod event_type_name;
mod fan_out;
mod hook;
mod language;
mod message;
mod name;
mod notice;
mod notification_rule;
#[cfg(feature = "openapi")]
mod openapi;
mod partner_client;
mod place;
mod purpose;
mod rate;
mod template;
mod tenant;
mod text_version;
mod write_key;

pub use agreement::{Agreement, FieldGroup};
pub use aws::{
    AgreementReader, Author, Change, Client, ClientReader, ClientRole, Defined, DirectoryError,
    DirectoryKeeper, DirectoryRows, EventTypeReader, Expected, FanOutReader, Intent, KeepError,
    KnownWriteKey, NotificationRuleReader, Page, Partner, PartnerClient, PartnerClientKeeper,
    PartnerNameReader, PartnerReader, PurposeReader, RateLimiter, ShownEventType, ShownEventTypes,
    WriteKeyKeeper, WriteKeyOwner, WriteKeyReader, write_key_part,
};
pub use definition::{Definition, Fixed};
pub use definition_state::DefinitionState;
pub use display_name::{DisplayName, InvalidDisplayName};
pub use event_type_name::{EventTypeName, InvalidEventTypeName};
pub use fan_out::FanOut;
pub use hook::{HookDefinition, HookName, InvalidHookName};
pub use language::{InvalidLanguageCode, LanguageCode};
pub use message::{InvalidMessageName, MessageDefinition, MessageName};
pub use name::{
    AgreementId, ExtensionName, InvalidName, PartnerId, Purpose, Segment, SourceName, TenantId,
};
pub use notice::{InvalidNoticeUrl, InvalidTextDigest, Notice, NoticeUrl, TextDigest};
pub use notification_rule::{InvalidNoticeText, NoticeText, NotificationRule};
pub use partner_client::{ClientState, InvalidPartnerClientId, MachineScope, PartnerClientId};
pub use place::{EVENT_TYPE_PREFIX, Kind, Place};
pub use purpose::{LegalBasis, PurposeDefinition, Purposes};
pub use rate::{InvalidRateLimit, RateLimit};
pub use template::{Inserts, MessagePart, Template};
pub use tenant::{AppClientId, InvalidAppClientId, Tenant};
pub use text_version::{InvalidTextVersion, TextVersion};
pub use write_key::{InvalidWriteKeyId, WriteKey, WriteKeyId, WriteKeySource, WriteKeyState};
