//! One route on the page.

use serde_json::Value;

use super::{
    html::{json, line, prose, table, text},
    members,
};

/// A route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    description: &'a Value,
}

/// All routes, in the order of their paths.
pub(super) fn all(description: &Value) -> Vec<Operation<'_>> {
    let paths = description.get("paths").and_then(Value::as_object);
    let operations = paths.into_iter().flatten().flat_map(|(path, operations)| {
        let operations = operations.as_object().into_iter().flatten();
        operations.map(move |(method, operation)| Operation {
            method,
            path,
            description: operation,
        })
    });
    operations.collect()
}

impl Operation<'_> {
    /// Whether those whom `tag` names are the first whom this route is for.
    pub(super) fn is_first_for(&self, tag: &str) -> bool {
        self.description.pointer("/tags/0").and_then(Value::as_str) == Some(tag)
    }

    /// Its line in the list of routes.
    pub(super) fn entry(&self) -> String {
        format!(
            "<li><a href=\"#{}\"><code>{}</code></a> {}</li>\n",
            self.id(),
            self.key(),
            text(self.description, "/summary")
        )
    }

    /// All that is to be said of it.
    pub(super) fn article(&self, description: &Value) -> String {
        let about = self.description.get("description").and_then(Value::as_str);
        format!(
            "<article aria-labelledby=\"{id}\">\n<h3 id=\"{id}\">{summary}</h3>\n\
             <p class=\"route\"><code>{key}</code></p>\n{callers}{about}{parameters}{body}{answers}{problems}</article>\n",
            id = self.id(),
            summary = text(self.description, "/summary"),
            key = self.key(),
            callers = self.callers(),
            about = prose(about.unwrap_or_default()),
            parameters = self.parameters(description),
            body = self.body(description),
            answers = self.answers(description),
            problems = self.problems(),
        )
    }

    fn id(&self) -> String {
        text(self.description, "/operationId")
    }

    fn key(&self) -> String {
        let key = format!("{} {}", self.method.to_uppercase(), self.path);
        super::html::escaped(&key)
    }

    fn callers(&self) -> String {
        let requirements = self.description.get("security").and_then(Value::as_array);
        let callers = requirements.into_iter().flatten().flat_map(|each| {
            let schemes = each.as_object().into_iter().flatten();
            schemes.map(|(scheme, scopes)| {
                let scheme = scheme.replace('_', " ");
                match scopes.pointer("/0").and_then(Value::as_str) {
                    Some(scope) => format!("{scheme}, scope `{scope}`"),
                    None => scheme,
                }
            })
        });
        match callers.collect::<Vec<_>>().join("; or ") {
            callers if callers.is_empty() => String::new(),
            callers => format!("<p class=\"soft\">For: {}.</p>\n", line(&callers)),
        }
    }

    fn parameters(&self, description: &Value) -> String {
        let parameters = self.description.get("parameters").and_then(Value::as_array);
        let rows = parameters
            .into_iter()
            .flatten()
            .map(|parameter| {
                let about = parameter.get("description").and_then(Value::as_str);
                let is_needed = parameter.get("required") == Some(&Value::Bool(true));
                format!(
                    "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                    text(parameter, "/name"),
                    text(parameter, "/in"),
                    members::kind(description, parameter.get("schema").unwrap_or(&Value::Null)),
                    if is_needed { "yes" } else { "" },
                    line(about.unwrap_or_default()),
                )
            })
            .collect::<Vec<_>>()
            .concat();
        titled(
            "Parameters and headers",
            &table(&["Name", "In", "Takes", "Needed", "What it is"], &rows),
        )
    }

    fn body(&self, description: &Value) -> String {
        let content = self.description.pointer("/requestBody/content");
        let contents = content.and_then(Value::as_object);
        let Some((media_type, content)) = contents.into_iter().flatten().next() else {
            return String::new();
        };
        titled(
            &format!("Body, <code>{}</code>", super::html::escaped(media_type)),
            &of_content(description, content),
        )
    }

    fn answers(&self, description: &Value) -> String {
        let answers = self.statuses(|status| status < "4");
        let each = answers.map(|(status, answer)| {
            let contents = answer.get("content").and_then(Value::as_object);
            let content = contents.into_iter().flatten().next();
            let content = content.map(|(_, content)| of_content(description, content));
            let about = answer.get("description").and_then(Value::as_str);
            format!(
                "<p><code>{status}</code> {}</p>\n{}{}",
                line(about.unwrap_or_default()),
                headers(answer),
                content.unwrap_or_default()
            )
        });
        titled("Answers", &each.collect::<String>())
    }

    fn problems(&self) -> String {
        let problems = self.statuses(|status| status >= "4");
        let rows = problems.map(|(status, answer)| {
            let about = answer.get("description").and_then(Value::as_str);
            let about = prose(about.unwrap_or_default());
            format!("<tr><td><code>{status}</code></td><td>{about}</td></tr>\n")
        });
        let rows: String = rows.collect();
        titled("Problems", &table(&["Status", "What to do"], &rows))
    }

    fn statuses(&self, is_wanted: fn(&str) -> bool) -> impl Iterator<Item = (&String, &Value)> {
        let all = self.description.get("responses").and_then(Value::as_object);
        let all = all.into_iter().flatten();
        all.filter(move |(status, _)| is_wanted(status))
    }
}

fn headers(answer: &Value) -> String {
    let headers = answer.get("headers").and_then(Value::as_object);
    let each = headers.into_iter().flatten().map(|(name, header)| {
        let about = header.get("description").and_then(Value::as_str);
        let name = super::html::escaped(name);
        format!(
            "<p>With <code>{name}</code>: {}</p>\n",
            line(about.unwrap_or_default())
        )
    });
    each.collect()
}

fn of_content(description: &Value, content: &Value) -> String {
    let example = content.get("example").map(json).unwrap_or_default();
    let rows = content
        .get("schema")
        .map(|schema| members::rows(description, schema));
    let head = ["Member", "Takes", "Needed", "What it is"];
    let members = table(&head, &rows.unwrap_or_default());
    if members.is_empty() {
        return example;
    }
    format!("{example}<details>\n<summary>Its members</summary>\n{members}</details>\n")
}

/// What is told under a title; nothing, if nothing is told.
fn titled(title: &str, told: &str) -> String {
    if told.is_empty() {
        return String::new();
    }
    format!("<h4>{title}</h4>\n{told}")
}
