//! The types of events of the reader's tenant on the page.

use serde_json::Value;

use super::html::{json, text};
use crate::{event_types::MEMBER, visible::schema};

/// As many bytes of schemas as are on the page, markup and all.
const MOST_BYTES: usize = 1024 * 1024;

/// Their part of the list of what is on the page; nothing, if there are none.
pub(super) fn index(description: &Value) -> String {
    let entries = types(description).map(|each| {
        let name = text(each, "/type");
        format!("<li><a href=\"#type-{name}\"><code>{name}</code></a></li>\n")
    });
    let entries: String = entries.collect();
    if entries.is_empty() {
        return entries;
    }
    format!("<h2>Types of events</h2>\n<ul>\n{entries}</ul>\n")
}

/// All that is to be said of them; nothing, if there are none.
pub(super) fn section(description: &Value) -> String {
    let mut left = MOST_BYTES;
    let mut articles = String::new();
    for each in types(description) {
        let name = each.get("type").and_then(Value::as_str);
        let schema = name.and_then(|name| schema(description, name));
        let schema = schema.map(json).filter(|html| html.len() <= left);
        left -= schema.as_ref().map_or(0, String::len);
        articles.push_str(&article(each, schema.as_deref()));
    }
    if articles.is_empty() {
        return articles;
    }
    let are_all = format!("/{MEMBER}/are_all");
    let rest = match description.pointer(&are_all) {
        Some(Value::Bool(true)) => "",
        _ => "<p>There are more of them: <code>GET /v1/event-types</code> lists them all.</p>\n",
    };
    format!(
        "<section aria-labelledby=\"event-types\">\n<h2 id=\"event-types\">Types of events</h2>\n\
         <p>What your tenant takes, with the schema of their data.</p>\n{articles}{rest}</section>\n"
    )
}

fn article(each: &Value, schema: Option<&str>) -> String {
    let name = text(each, "/type");
    let revision = each.get("revision").and_then(Value::as_u64);
    let schema = match schema {
        Some(html) => format!("<details>\n<summary>Its schema</summary>\n{html}</details>\n"),
        None => "<p>Its schema is too long for a page: <code>GET /v1/event-types/{type}</code> has it.</p>\n"
            .to_owned(),
    };
    format!(
        "<article aria-labelledby=\"type-{name}\">\n<h3 id=\"type-{name}\"><code>{name}</code></h3>\n\
         <p class=\"soft\">Revision {}, registered by {}.</p>\n{schema}</article>\n",
        revision.unwrap_or_default(),
        text(each, "/registered_by"),
    )
}

fn types(description: &Value) -> impl Iterator<Item = &Value> {
    let types = description.get(MEMBER).and_then(|types| types.get("types"));
    types.and_then(Value::as_array).into_iter().flatten()
}
