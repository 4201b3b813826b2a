//! What a route answers when all goes well.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::schemas::Schemas;

/// One answer of a route.
#[derive(Debug)]
pub struct Answer {
    pub(crate) status: u16,
    pub(crate) schemas: Schemas,
    about: &'static str,
    content: Option<(&'static str, Value)>,
    headers: Map<String, Value>,
}

impl Answer {
    /// An answer without a body.
    #[must_use]
    pub fn empty(status: u16, about: &'static str) -> Self {
        Self {
            status,
            schemas: Schemas::default(),
            about,
            content: None,
            headers: Map::new(),
        }
    }

    /// An answer in JSON, with one of its kind.
    #[must_use]
    pub fn json<T: ToSchema>(status: u16, about: &'static str, example: &Value) -> Self {
        let mut answer = Self::empty(status, about);
        let schema = answer.schemas.answered::<T>();
        let content = json!({ "schema": schema, "example": example });
        answer.content = Some(("application/json", content));
        answer
    }

    /// An answer of which nothing but its media type is said.
    #[must_use]
    pub fn of_type(status: u16, about: &'static str, media_type: &'static str) -> Self {
        let content = json!({ "schema": {} });
        Self {
            content: Some((media_type, content)),
            ..Self::empty(status, about)
        }
    }

    /// The same with a header.
    #[must_use]
    pub fn header<T: ToSchema>(mut self, name: &'static str, about: &'static str) -> Self {
        let schema = self.schemas.answered::<T>();
        let header = json!({ "description": about, "required": true, "schema": schema });
        self.headers.insert(name.to_owned(), header);
        self
    }

    pub(crate) fn describe(&self) -> Value {
        let mut answer = json!({ "description": self.about });
        if let Some((media_type, content)) = &self.content {
            answer["content"] = json!({ *media_type: content });
        }
        if !self.headers.is_empty() {
            answer["headers"] = json!(self.headers);
        }
        answer
    }
}
