//! What decisions on reading look like on the wire.

use openapi::utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, SchemaType, Type},
    },
};
use tenancy::FieldGroup;

use crate::{
    Cursor, Outcome, Projection, Reason, ReasonText, ReceiptId, SummaryCursor, fields_of, group_of,
};

openapi::texts! {
    ReceiptId: "The id of a receipt.", "^rcp_[0-9a-f]{32}$", "rcp_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
    ReasonText: "The order or case that a partner reads for: 1 to 128 printable ASCII characters.", "^[ -~]{1,128}$", "order 4711";
    Cursor as "ReceiptCursor": "What the page before gave as next.", "^[A-Za-z0-9_-]{22}$", "AZjyoMHSfj-KS1xtfo-QEg";
    SummaryCursor as "ReceiptSummaryCursor": "What the page before gave as next.", r"^[0-9]+\.[a-z0-9-]+\.[A-Za-z0-9_-]{22}$", "1768467600123.chandlery.AZjyoMHSfj-KS1xtfo-QEg";
}

openapi::choices! {
    Outcome: "What a decision came to.", [Self::Allowed, Self::Partly, Self::Refused];
    Reason: "Why a group of fields was withheld.", Self::ALL;
}

impl PartialSchema for Projection<'_> {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .description(Some(
                "The fields that may be read; what is not known and what is withheld is absent alike.",
            ));
        let fields = FieldGroup::ALL.into_iter().flat_map(fields_of);
        let of = |kind| ObjectBuilder::new().schema_type(SchemaType::Type(kind));
        let object = fields.fold(object, |object, field| {
            let object = object.property(field.as_str(), of(Type::String));
            if group_of(*field) == Some(FieldGroup::Contacts) {
                object.property(format!("{field}_verified"), of(Type::Boolean))
            } else {
                object
            }
        });
        object.build().into()
    }
}

impl ToSchema for Projection<'_> {}
