//! Segment's HTTP API, as the SDKs of Segment and `RudderStack` speak it: messages become
//! `CloudEvents` of Fairlead's own types.
//!
//! <https://www.twilio.com/docs/segment/connections/sources/catalog/libraries/server/http-api>

mod call;
mod clock;
mod limits;
mod message;
mod read;
mod subject;
mod write_key;

pub use call::{Call, Kind};
pub use limits::Limits;
pub use read::{again, read, source};
pub use subject::{Person, Subject, subject};
pub use write_key::{WriteKey, write_key};
