//! What `GET /openapi.json` says, as far as pages show it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Where a schema refers to another one.
const SCHEMAS: &str = "#/components/schemas/";

/// The API, as somebody can use it.
#[derive(Debug, Deserialize)]
pub(crate) struct Description {
    /// Whom operations are for.
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
    paths: BTreeMap<String, BTreeMap<String, OperationResponse>>,
    #[serde(default)]
    components: Components,
}

/// Some callers.
#[derive(Debug, Deserialize)]
pub(crate) struct Tag {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
}

#[derive(Debug, Default, Deserialize)]
struct Components {
    #[serde(default)]
    schemas: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OperationResponse {
    operation_id: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    parameters: Vec<ParameterResponse>,
    #[serde(default)]
    request_body: Option<BodyResponse>,
    #[serde(default)]
    responses: BTreeMap<String, AnswerResponse>,
}

#[derive(Debug, Deserialize)]
struct ParameterResponse {
    name: String,
    #[serde(rename = "in")]
    place: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    description: String,
    #[serde(default)]
    schema: Value,
}

#[derive(Debug, Deserialize)]
struct BodyResponse {
    content: BTreeMap<String, ContentResponse>,
}

#[derive(Debug, Deserialize)]
struct ContentResponse {
    #[serde(default)]
    example: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct AnswerResponse {
    #[serde(default)]
    description: String,
    #[serde(default)]
    content: BTreeMap<String, ContentResponse>,
}

/// One operation: a method on a path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    told: &'a OperationResponse,
    schemas: &'a BTreeMap<String, Value>,
}

/// What an operation takes beside its body.
#[derive(Debug, Clone)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a str,
    /// `path`, `query` or `header`.
    pub(crate) place: &'a str,
    pub(crate) is_required: bool,
    pub(crate) about: &'a str,
    pub(crate) example: String,
}

/// What an operation answers.
#[derive(Debug)]
pub(crate) struct Reply<'a> {
    pub(crate) status: &'a str,
    pub(crate) about: &'a str,
    /// A body that it may have.
    pub(crate) example: Option<String>,
}

impl Description {
    /// All operations, in the order of their paths.
    pub(crate) fn operations(&self) -> Vec<Operation<'_>> {
        let operations = self.paths.iter().flat_map(|(path, operations)| {
            operations.iter().map(move |(method, told)| Operation {
                method,
                path,
                told,
                schemas: &self.components.schemas,
            })
        });
        operations.collect()
    }

    /// The operation of that id, if whoever asks can use one.
    pub(crate) fn operation(&self, id: &str) -> Option<Operation<'_>> {
        let mut operations = self.operations().into_iter();
        operations.find(|operation| operation.id() == id)
    }
}

impl<'a> Operation<'a> {
    /// By which it is asked for.
    pub(crate) fn id(&self) -> &'a str {
        &self.told.operation_id
    }

    /// The method as it is written.
    pub(crate) fn verb(&self) -> String {
        self.method.to_uppercase()
    }

    /// Whether it changes something.
    pub(crate) fn is_in_earnest(&self) -> bool {
        self.method != "get"
    }

    pub(crate) fn summary(&self) -> &'a str {
        &self.told.summary
    }

    pub(crate) fn about(&self) -> &'a str {
        &self.told.description
    }

    /// Whether those whom `tag` names are the first whom it is for.
    pub(crate) fn is_first_for(&self, tag: &str) -> bool {
        self.told.tags.first().is_some_and(|first| first == tag)
    }

    /// What it takes beside its body. Global Privacy Control is the browser's to say, and not a form's.
    pub(crate) fn parameters(&self) -> Vec<Parameter<'a>> {
        let all = self.told.parameters.iter();
        let of_forms = all.filter(|parameter| !parameter.name.eq_ignore_ascii_case("sec-gpc"));
        let parameters = of_forms.map(|told| Parameter {
            name: &told.name,
            place: &told.place,
            is_required: told.required,
            about: &told.description,
            example: self.example(&told.schema),
        });
        parameters.collect()
    }

    /// The media type of its body and an example of it, if it has one. One that is JSON comes first: that
    /// is what most people can write.
    pub(crate) fn body(&self) -> Option<(&'a str, String)> {
        let content = &self.told.request_body.as_ref()?.content;
        let json = content.get_key_value("application/json");
        let (media_type, content) = json.or_else(|| content.iter().next())?;
        Some((media_type, content.example_text().unwrap_or_default()))
    }

    /// What it answers when it is done.
    pub(crate) fn replies(&self) -> Vec<Reply<'a>> {
        self.answers(|status| status < "4")
    }

    /// What it answers when it is not.
    pub(crate) fn problems(&self) -> Vec<Reply<'a>> {
        self.answers(|status| status >= "4")
    }

    fn answers(&self, is_wanted: fn(&str) -> bool) -> Vec<Reply<'a>> {
        let all = self.told.responses.iter();
        let wanted = all.filter(|(status, _)| is_wanted(status));
        let replies = wanted.map(|(status, answer)| Reply {
            status,
            about: &answer.description,
            example: answer
                .content
                .values()
                .find_map(ContentResponse::example_text),
        });
        replies.collect()
    }

    /// A value that `schema` takes, as a text.
    fn example(&self, schema: &Value) -> String {
        let named = schema.get("$ref").and_then(Value::as_str);
        let named = named.and_then(|place| self.schemas.get(place.strip_prefix(SCHEMAS)?));
        let schema = named.unwrap_or(schema);
        let first = |list: &str| schema.get(list)?.as_array()?.first();
        match first("examples").or_else(|| first("enum")) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }
}

impl ContentResponse {
    fn example_text(&self) -> Option<String> {
        Some(format!("{:#}", self.example.as_ref()?))
    }
}

/// The paragraphs of a text, each in pieces of which those that are names are told from the others.
pub(crate) fn paragraphs(text: &str) -> Vec<Vec<(bool, &str)>> {
    let paragraphs = text.split("\n\n").filter(|each| !each.trim().is_empty());
    paragraphs
        .map(|paragraph| {
            let pieces = paragraph.split('`').enumerate();
            pieces.map(|(n, piece)| (n % 2 == 1, piece)).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn description() -> Description {
        let description = json!({
            "openapi": "3.1.0",
            "tags": [{ "name": "people", "description": "For people." }],
            "paths": { "/v1/me/datasets/{name}": { "patch": {
                "operationId": "patch_me_datasets_name",
                "summary": "Pushes",
                "tags": ["people"],
                "parameters": [
                    { "name": "name", "in": "path", "required": true, "schema": { "$ref": "#/components/schemas/DatasetName" } },
                    { "name": "Sec-GPC", "in": "header", "required": false, "schema": { "enum": ["1"] } },
                ],
                "requestBody": { "content": {
                    "application/aaa": { "example": 1 },
                    "application/json": { "example": { "changes": [] } },
                } },
                "responses": {
                    "200": { "description": "Done.", "content": { "application/json": { "example": { "version": 1 } } } },
                    "404": { "description": "`no-such-profile`: nothing" },
                },
            } } },
            "components": { "schemas": { "DatasetName": { "type": "string", "examples": ["settings"] } } },
        });
        serde_json::from_value(description).unwrap()
    }

    #[test]
    fn an_operation_is_found_by_its_id_with_examples_of_what_it_takes() {
        let description = description();
        let operation = description.operation("patch_me_datasets_name").unwrap();
        assert_eq!(
            (operation.verb().as_str(), operation.is_in_earnest()),
            ("PATCH", true)
        );
        assert!(operation.is_first_for("people") && !operation.is_first_for("operators"));
        let parameters = operation.parameters();
        let examples: Vec<_> = parameters
            .iter()
            .map(|each| (each.name, each.example.as_str()))
            .collect();
        assert_eq!(examples, [("name", "settings")]);
        let (media_type, body) = operation.body().unwrap();
        assert_eq!(media_type, "application/json");
        assert!(body.contains("\"changes\": []"), "{body}");
        assert_eq!(operation.replies().len(), 1);
        assert_eq!(operation.problems().len(), 1);
        assert!(description.operation("get_me").is_none());
    }

    #[test]
    fn names_in_a_text_are_told_from_it() {
        assert_eq!(
            paragraphs("Send `a`.\n\n\n\nThen <b>."),
            [
                vec![(false, "Send "), (true, "a"), (false, ".")],
                vec![(false, "Then <b>.")]
            ]
        );
    }
}
