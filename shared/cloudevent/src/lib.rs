//! CloudEvents 1.0 as they come by HTTP: binary, structured, and many in a batch.
//!
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md>
//!
//! What comes in is a stranger's. Each event is read by itself: one that can't be taken is refused
//! with its place, its field and what to do, and its neighbours go on. Only where the events can't
//! be told from each other, or are too many, is the whole request unreadable.

mod attributes;
mod headers;
mod incoming;
pub mod json;
mod limits;
mod media;
mod read;
mod refusal;
mod structured;
pub mod time;
pub mod unpack;

pub use attributes::is_visible;
pub use headers::Headers;
pub use incoming::{Extension, Incoming, Payload};
pub use limits::Limits;
pub use media::MediaType;
pub use read::read;
pub use refusal::{Named, Reason, Refused, Unreadable, Wrong};
