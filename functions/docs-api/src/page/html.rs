//! Text as HTML.

use serde_json::Value;

/// A text in which nothing is markup.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// The text at `pointer`, escaped.
pub(super) fn text(value: &Value, pointer: &str) -> String {
    let text = value.pointer(pointer).and_then(Value::as_str);
    escaped(text.unwrap_or_default())
}

/// Prose of paragraphs with empty lines between them, in which names stand in backticks.
pub(super) fn prose(text: &str) -> String {
    let paragraphs = text.split("\n\n").filter(|each| !each.trim().is_empty());
    let paragraphs = paragraphs.map(|each| format!("<p>{}</p>\n", line(each)));
    paragraphs.collect::<Vec<_>>().concat()
}

/// The same of one line.
pub(super) fn line(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(number, part)| match number % 2 {
            0 => escaped(part),
            _ => format!("<code>{}</code>", escaped(part)),
        })
        .collect()
}

/// JSON as one reads it.
pub(super) fn json(value: &Value) -> String {
    let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
    // Whoever reads by keyboard has to be able to scroll it.
    format!("<pre tabindex=\"0\">{}</pre>\n", escaped(&pretty))
}

/// A table of `rows`, each of which brings its own cells; nothing if there are none.
pub(super) fn table(head: &[&str], rows: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head = head
        .iter()
        .map(|each| format!("<th scope=\"col\">{each}</th>"));
    let head = head.collect::<Vec<_>>().concat();
    format!("<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        let html = prose("<script>alert('x')</script> & `<b>`\n\n\"quoted\"");
        assert_eq!(
            html,
            "<p>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; <code>&lt;b&gt;</code></p>\n<p>&quot;quoted&quot;</p>\n"
        );
    }
}
