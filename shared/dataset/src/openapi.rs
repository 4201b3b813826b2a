//! What datasets look like on the wire.

use openapi::utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ArrayBuilder, ObjectBuilder, Ref, SchemaType, Type},
    },
};

use crate::{Cursor, DatasetName, DeviceName, MAX_CHANGES, Push, RecordKey, RecordValue, Version};

openapi::texts! {
    DatasetName: "The name of a dataset.", "^[A-Za-z0-9_.:-]{1,128}$", "settings";
    RecordKey: "The key of a record: 1 to 128 characters, none of them a control character.", "^[^\\u0000-\\u001f\\u007f-\\u009f]{1,128}$", "theme";
    RecordValue: "What stands at a key: no control character but tab, line feed and carriage return.", "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$", "dark";
    DeviceName: "What a device calls itself.", "^[^\\u0000-\\u001f\\u007f-\\u009f]{1,128}$", "phone";
    Cursor as "PullCursor": "What the page before gave as next_cursor.", "^[0-9]+\\.[0-9]+$", "1768467600123.1";
}

impl PartialSchema for Version {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .description(Some(
                "A version of a dataset or of a key; 0 where nothing is known yet.",
            ))
            .minimum(Some(0))
            .maximum(Some((1_u64 << 53) - 1))
            .examples([1_768_467_600_123_u64])
            .build()
            .into()
    }
}

impl ToSchema for Version {}

/// A change of one key. It has to name the value, be it null.
struct Change;

impl PartialSchema for Change {
    fn schema() -> RefOr<Schema> {
        let value = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("The new text; null removes the key."));
        openapi::closed_object()
            .property("key", Ref::from_schema_name(RecordKey::name()))
            .required("key")
            .property("value", value)
            .required("value")
            .property("version", Ref::from_schema_name(Version::name()))
            .required("version")
            .build()
            .into()
    }
}

impl PartialSchema for Push {
    fn schema() -> RefOr<Schema> {
        let changes = ArrayBuilder::new()
            .items(Change::schema())
            .min_items(Some(1))
            .max_items(Some(MAX_CHANGES));
        openapi::closed_object()
            .property("device", Ref::from_schema_name(DeviceName::name()))
            .property("changes", changes)
            .required("changes")
            .build()
            .into()
    }
}

impl ToSchema for Push {
    fn name() -> std::borrow::Cow<'static, str> {
        "PushRequest".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend([
            (RecordKey::name().into_owned(), RecordKey::schema()),
            (DeviceName::name().into_owned(), DeviceName::schema()),
            (Version::name().into_owned(), Version::schema()),
        ]);
    }
}
