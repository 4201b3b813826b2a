//! What browsers send: queries and forms.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use http::request::Parts;

use crate::{config::Portal, failure::Failure, visit::Visit};

/// The longest form that is read, in bytes. An event that was refused may be corrected in one.
const LONGEST: usize = 256 * 1024;

/// The field by which a form is known to be one of this session's.
pub(crate) const TOKEN: &str = "form_token";

/// Names and values, as they came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn parse(text: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(text);
        Self(
            pairs
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// The first value of a field without the white space around it; empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        let mut pairs = self.0.iter();
        let found = pairs.find_map(|(field, value)| (field == name).then_some(value.trim()));
        found.unwrap_or_default()
    }

    /// All values of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.0.iter();
        pairs.filter_map(move |(field, value)| (field == name).then_some(value.as_str()))
    }

    /// The fields whose names begin with `prefix`: what follows it, and the value without the white space
    /// around it.
    pub(crate) fn beginning_with<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.0.iter();
        pairs.filter_map(move |(field, value)| Some((field.strip_prefix(prefix)?, value.trim())))
    }

    /// Whether a box is ticked.
    pub(crate) fn has(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }
}

/// The query of a page.
#[derive(Debug)]
pub(crate) struct Query(pub(crate) Fields);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(Fields::parse(query.as_bytes())))
    }
}

/// A form that a page of this very session made. There is no other way to its fields.
#[derive(Debug)]
pub(crate) struct Form(pub(crate) Fields);

impl FromRequest<Arc<Portal>> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, portal: &Arc<Portal>) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, portal).await?;
        let body = axum::body::to_bytes(body, LONGEST).await;
        let fields = Fields::parse(&body.map_err(|_| Failure::BadRequest)?);
        if visit.session()?.made(fields.get(TOKEN)) {
            Ok(Self(fields))
        } else {
            Err(Failure::Forged)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_browsers_write_them() {
        let fields =
            Fields::parse(b"name=+Ada+%F0%9F%8C%8A+&group=names&group=contacts&name=second");
        assert_eq!(fields.get("name"), "Ada \u{1f30a}");
        assert_eq!(
            fields.all("group").collect::<Vec<_>>(),
            ["names", "contacts"]
        );
        assert_eq!(fields.beginning_with("na").collect::<Vec<_>>().len(), 2);
        assert_eq!(fields.get("missing"), "");
        assert!(!fields.has("missing"));
    }
}
