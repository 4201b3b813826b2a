//! What is sent to announce an upload, for the API's description.

use openapi::utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, RefOr, Schema, SchemaFormat,
        schema::{ObjectBuilder, SchemaType, Type},
    },
};
use openapi::{Value, json};

/// An event without its data, and which bytes its data is.
#[derive(Debug)]
pub struct UploadRequest;

impl UploadRequest {
    /// One of its kind.
    #[must_use]
    pub fn example() -> Value {
        json!({
            "event": {
                "specversion": "1.0",
                "id": "7f9c0a52-3a44-4c7e-9a31-6f1f0b7f4d21",
                "source": "/scanners/3",
                "type": "com.example.scan.made.v1",
                "time": "2026-01-15T09:00:00Z",
                "subject": "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012",
                "datacontenttype": "application/pdf",
            },
            "bytes": 48_000_000,
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        })
    }
}

impl PartialSchema for UploadRequest {
    fn schema() -> RefOr<Schema> {
        let object = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::Object));
        let event = object().description(Some(
            "A CloudEvent in structured mode, without data and data_base64.",
        ));
        let bytes = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(1))
            .maximum(Some(2_000_000_000));
        let sha256 = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some("^[0-9A-Fa-f]{64}$"));
        object()
            .property("event", event)
            .required("event")
            .property("bytes", bytes)
            .required("bytes")
            .property("sha256", sha256)
            .required("sha256")
            .build()
            .into()
    }
}

impl ToSchema for UploadRequest {}

/// What an upload is called.
#[derive(Debug)]
pub struct UploadId;

openapi::texts! {
    UploadId: "What an upload is called: it follows from the event and its data.", "^upl_[A-Za-z0-9_-]{43}$", "upl_dVqX0l8Hn2Jm5kR7sT9uVwXyZ0aBcDeFgHiJkLmNoPq";
}
