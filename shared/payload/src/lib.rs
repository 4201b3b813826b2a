#![doc = include_str!("../README.md")]

mod attribute;
mod aws;
mod format;
mod key;
mod offload;
mod pointer;
pub mod receipt_handle;
mod received;
mod size;

pub use self::{
    attribute::{Attribute, AttributeValue, Attributes},
    aws::{
        Created, LARGEST, PART_BYTES, Payload, PayloadReader, PayloadStream, PayloadWriter,
        ReadError, Remedy, ServiceError, Stored, WriteError,
    },
    format::{Format, Generation, LEGACY_SIZE_ATTRIBUTE, SIZE_ATTRIBUTE, Style},
    key::{InvalidKey, Key, KeyPrefix},
    offload::{OffloadError, Offloader, Outgoing},
    pointer::{Buckets, InvalidPointer, Pointer},
    received::{Claim, Notification, Received, SnsRecord, SqsRecord, TextAttribute, Unreadable},
    size::{InvalidAttributes, MOST_ATTRIBUTES, Threshold, Transport, attributes_size},
};
