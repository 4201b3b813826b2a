//! Schemas that are written by hand: texts of a form of their own, and objects.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, Object, ObjectBuilder, RefOr, Schema, SchemaFormat,
        schema::{AdditionalProperties, SchemaType, Type},
    },
};

/// What a text looks like.
#[derive(Debug, Clone, Copy)]
pub struct TextShape {
    /// What it is.
    pub about: &'static str,
    /// A regular expression of ECMA 262 that it matches; empty if any text will do.
    pub pattern: &'static str,
    /// One of its kind.
    pub example: &'static str,
}

/// The schema of a text.
#[must_use]
pub fn text_schema(shape: &TextShape) -> RefOr<Schema> {
    let pattern = Some(shape.pattern).filter(|pattern| !pattern.is_empty());
    string()
        .description(Some(shape.about))
        .pattern(pattern)
        .examples([shape.example])
        .build()
        .into()
}

/// An object that has no other members than those that are named.
#[must_use]
pub fn closed_object() -> ObjectBuilder {
    Object::builder()
        .schema_type(SchemaType::Type(Type::Object))
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

fn string() -> ObjectBuilder {
    Object::builder().schema_type(SchemaType::Type(Type::String))
}

/// Gives types that are texts on the wire their schemas: what each is, its pattern, and one
/// of its kind; `as` gives a type another name than its own.
#[macro_export]
macro_rules! texts {
    ($($type:ty $(as $name:literal)?: $about:literal, $pattern:literal, $example:literal;)*) => {$(
        impl $crate::utoipa::PartialSchema for $type {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::Schema> {
                $crate::text_schema(&$crate::TextShape {
                    about: $about,
                    pattern: $pattern,
                    example: $example,
                })
            }
        }

        impl $crate::utoipa::ToSchema for $type {
            $(fn name() -> std::borrow::Cow<'static, str> {
                $name.into()
            })?
        }
    )*};
}

/// Gives types that are one of a few texts on the wire their schemas: what each is, and its values.
#[macro_export]
macro_rules! choices {
    ($($type:ty: $about:literal, $values:expr;)*) => {$(
        impl $crate::utoipa::PartialSchema for $type {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::Schema> {
                use $crate::utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .description(Some($about))
                    .enum_values(Some($values.iter().map(|value| $crate::json!(value))))
                    .examples($values.iter().take(1).map(|value| $crate::json!(value)))
                    .build()
                    .into()
            }
        }

        impl $crate::utoipa::ToSchema for $type {}
    )*};
}

/// A moment: `jiff::Timestamp` on the wire.
#[derive(Debug)]
pub struct Moment;

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        string()
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A moment, in UTC."))
            .examples(["2026-01-15T09:00:00Z"])
            .build()
            .into()
    }
}

impl ToSchema for Moment {}

/// A day: `jiff::civil::Date` on the wire.
#[derive(Debug)]
pub struct Day;

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        string()
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .description(Some("A day, of UTC."))
            .examples(["2026-01-15"])
            .build()
            .into()
    }
}

impl ToSchema for Day {}

/// A version as a strong entity tag.
#[derive(Debug)]
pub struct EntityTag;

/// What is compared with an entity tag: any text may be sent, and most match nothing.
#[derive(Debug)]
pub struct NoTag;

/// Under what a request is carried out once.
#[derive(Debug)]
pub(crate) struct IdempotencyKey;

/// What a browser says of sale and sharing.
#[derive(Debug)]
pub(crate) struct GlobalPrivacyControl;

texts! {
    GlobalPrivacyControl: "Global Privacy Control; anything but 1 says nothing.", "", "1";
    IdempotencyKey: "16 to 255 printable characters; in quotes if there is a space, comma or semicolon among them.", "^(\"[ !#-\\[\\]-~]{16,255}\"|[!#-+\\--:<-~]{16,255})$", "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";
    EntityTag: "A version as a strong entity tag.", "^\"[0-9]+\"$", "\"3\"";
    NoTag: "A strong entity tag; anything else matches no version.", "", "\"3\"";
}
