//! What an app keeps for a person across their devices: datasets of keys and values. In come pushes
//! of changes, each with the version of the key that the device saw; out go versions, conflicts
//! with what stands there, and all that changed since a version.

mod aws;
mod digest;
#[cfg(feature = "openapi")]
mod openapi;
mod push;
mod text;
mod verdict;
mod version;

pub use aws::{
    Cursor, Dataset, DatasetError, DatasetReader, DatasetWriter, InvalidCursor, Pulled, Pushed,
    Record,
};
pub use digest::Digest;
pub use push::{Change, InvalidPush, MAX_CHANGES, Push};
pub use text::{DatasetName, DeviceName, InvalidText, RecordKey, RecordValue};
pub use verdict::{Applied, MAX_BYTES, MAX_KEYS, OverLimit, Standing, Usage, Verdict, verdict};
pub use version::{InvalidVersion, RETENTION, Version, is_full_sync_needed};
