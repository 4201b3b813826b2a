//! What profiles look like on the wire.

use openapi::utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, SchemaType, Type},
    },
};

use crate::{
    FieldName, IdentifierPlace, LogPlace, MergeStatus, ProfilePatch, TimelineEntry, TimelinePlace,
};

openapi::texts! {
    IdentifierPlace as "IdentifiersCursor": "What the page before gave as next.", "^prf_[0-9a-f]{32}(\\.(email|phone|cognito_sub|social|external|anonymous)\\.[0-9a-f]{64})?$", "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
    LogPlace as "MergesCursor": "What the page before gave as next.", "^prf_[0-9a-f]{32}(\\.mrg_[0-9a-f]{32})?$", "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012.mrg_0198f2a2e3f4705192a3b4c5d6e7f809";
    TimelinePlace: "What the page before gave as next.", "^(-?[0-9]+\\.[A-Za-z0-9_-]{1,64}\\.prf_[0-9a-f]{32}(\\.[1-9][0-9]{0,4})?|[1-9][0-9]{0,4})$", "1768467540000000000.tGz6fZ2qS1uVYk0yq8JYF2mB0d7vE3xWcQh5nLrKpXo.prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
}

openapi::choices! {
    FieldName: "A field of a profile.", [FieldName::FROM_LOGIN.as_slice(), FieldName::EDITABLE.as_slice()].concat();
    MergeStatus: "How far a merge is.", [Self::Begun, Self::Done, Self::Undoing, Self::Undone];
}

impl PartialSchema for ProfilePatch {
    fn schema() -> RefOr<Schema> {
        let patch = openapi::closed_object()
            .description(Some(
                "A JSON Merge Patch (RFC 7396): a text sets a field, null removes it, and what is not named stays.",
            ));
        let fields = FieldName::EDITABLE.into_iter();
        let patch = fields.fold(patch, |patch, field| {
            patch.property(field.as_str(), text_of(field))
        });
        patch.build().into()
    }
}

impl ToSchema for ProfilePatch {}

impl PartialSchema for TimelineEntry<'_> {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        let entry = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .description(Some("An event that a partner told of the person."));
        let named = ["partner", "id", "source", "type", "time", "accepted_at"];
        let entry = named.into_iter().fold(entry, |entry, name| {
            entry.property(name, text()).required(name)
        });
        let event = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .description(Some("All of it as a CloudEvent, unless it is too large."));
        entry.property("event", event).build().into()
    }
}

impl ToSchema for TimelineEntry<'_> {}

/// What a field takes.
fn text_of(field: FieldName) -> ObjectBuilder {
    let (pattern, example) = match field {
        FieldName::Locale => ("^(?=.{2,35}$)[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", "de-CH"),
        FieldName::TimeZone => ("", "Europe/Berlin"),
        FieldName::Birthdate => ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "1990-12-31"),
        FieldName::Country => ("^[A-Za-z]{2}$", "CH"),
        FieldName::NoticesBySms | FieldName::NoticesByTopic => ("^(yes|no)$", "no"),
        _ => (r"^[^\u0000-\u001f\u007f-\u009f]{1,128}$", "Ada"),
    };
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .pattern(Some(pattern).filter(|pattern| !pattern.is_empty()))
        .examples([example])
}
