//! Payloads in S3. Writing and reading are values of their own, each as wide as its permissions.
//! Nothing here deletes an object: another reader may still need it, and a lifecycle rule of the
//! bucket is what knows when none does.

mod chunks;
mod error;
mod reader;
mod stream;
mod upload;
mod writer;

pub use self::{
    error::{ReadError, Remedy, ServiceError, WriteError},
    reader::{Payload, PayloadReader},
    stream::PayloadStream,
    writer::{Created, PayloadWriter, Stored},
};

/// As many bytes as a payload has at most, as in the Java library: 2 GiB.
pub const LARGEST: u64 = 2 * 1_024 * 1_024 * 1_024;

/// As many bytes as are written or read at once: 8 MiB.
pub const PART_BYTES: usize = 8 * 1_024 * 1_024;
