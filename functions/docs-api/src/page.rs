//! The description as a page of HTML: no script, one style, readable aloud and in the dark. It looks as the
//! pages for people and operators do, and stands for itself.

mod event_types;
mod html;
mod members;
mod operation;

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_STANDARD};
use lambda_kit::http::Response;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::of_its_caller;
use html::{prose, text};
use operation::Operation;

/// The style of all pages, and what only this one needs.
static STYLE: LazyLock<String> =
    LazyLock::new(|| [look::STYLE, include_str!("page/style.css")].concat());

/// The page as an answer.
pub(crate) fn answer(description: &Value) -> Response {
    let response = Response {
        body: Some(render(description)),
        ..Response::empty(200)
    };
    of_its_caller(response)
        .header("content-type", "text/html; charset=utf-8")
        .header("content-security-policy", policy())
        .header("referrer-policy", "no-referrer")
        .header("x-content-type-options", "nosniff")
}

/// The page takes nothing from anywhere: its one style is allowed by its digest.
fn policy() -> String {
    let digest = BASE64_STANDARD.encode(Sha256::digest(STYLE.as_str()));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// A browser that follows a link sends no token, and no script runs here that could.
const HOW_TO_SEE_MORE: &str = "<p class=\"soft\">What a token opens is on the page that is asked for with it: \
    <code>curl --header 'Authorization: Bearer …' --output docs.html …/docs</code></p>\n";

fn render(description: &Value) -> String {
    let groups = groups(description);
    let title = text(description, "/info/title");
    let about = prose(
        description
            .pointer("/info/description")
            .and_then(Value::as_str)
            .unwrap_or_default(),
    );
    let index: String = groups.iter().map(Group::index).collect();
    let index = index + &event_types::index(description);
    let sections: String = groups
        .iter()
        .map(|group| group.section(description))
        .collect();
    let sections = sections + &event_types::section(description);
    // Within a page of HTML it is known without its namespace for an SVG.
    let logo = look::LOGO.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
    let style = STYLE.as_str();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}: the HTTP API</title>\n<style>{style}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#routes\">To the routes</a>\n\
         <header>\n<div class=\"top\"><span class=\"brand\">{logo}{title}</span></div>\n<h1>{title}: the HTTP API</h1>\n{about}\
         <p class=\"soft\">For machines: <a href=\"/openapi.json\">OpenAPI 3.1</a>, \
         <a href=\"/openapi-3.0.json\">OpenAPI 3.0.1</a>.</p>\n{HOW_TO_SEE_MORE}</header>\n\
         <nav aria-label=\"Routes\">\n{index}</nav>\n<main id=\"routes\">\n{sections}</main>\n</body>\n</html>\n"
    )
}

/// The routes for one kind of callers.
struct Group<'a> {
    name: String,
    about: String,
    operations: Vec<Operation<'a>>,
}

/// All routes, each with those who are named first among its callers.
fn groups(description: &Value) -> Vec<Group<'_>> {
    let operations = operation::all(description);
    let tags = description.get("tags").and_then(Value::as_array);
    let groups = tags.into_iter().flatten().map(|tag| {
        let name = tag.get("name").and_then(Value::as_str).unwrap_or_default();
        let operations = operations.iter().filter(|each| each.is_first_for(name));
        Group {
            name: text(tag, "/name"),
            about: prose(
                tag.get("description")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
            ),
            operations: operations.copied().collect(),
        }
    });
    groups
        .filter(|group| !group.operations.is_empty())
        .collect()
}

impl Group<'_> {
    fn index(&self) -> String {
        let entries: String = self.operations.iter().map(Operation::entry).collect();
        format!("<h2>For {}</h2>\n<ul>\n{entries}</ul>\n", self.name)
    }

    fn section(&self, description: &Value) -> String {
        let routes = self.operations.iter();
        let articles: String = routes.map(|each| each.article(description)).collect();
        format!(
            "<section aria-labelledby=\"for-{0}\">\n<h2 id=\"for-{0}\">For {0}</h2>\n{1}{articles}</section>\n",
            self.name, self.about
        )
    }
}
