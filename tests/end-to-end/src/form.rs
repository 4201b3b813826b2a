//! Enough of HTML to fill in and send the one form of the hosted login's page.

use anyhow::{Context as _, Result};

/// A form as a browser would hold it before anybody types.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Form {
    /// The `action`, as it stands in the page.
    pub(crate) action: String,
    /// Every named `input` with its value.
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    /// The first form of `page`.
    pub(crate) fn first_in(page: &str) -> Result<Self> {
        let start = page.find("<form").context("the page has no form")?;
        let form = page.get(start..).unwrap_or_default();
        let form = form
            .split_once("</form>")
            .map_or(form, |(inside, _)| inside);
        let mut tags = form
            .split('<')
            .skip(1)
            .map(|tag| tag.split('>').next().unwrap_or(tag));
        let action = tags
            .next()
            .and_then(|tag| attribute(tag, "action"))
            .context("the form has no action")?;
        let fields = tags
            .filter(|tag| tag.starts_with("input"))
            .filter_map(|tag| {
                Some((
                    attribute(tag, "name")?,
                    attribute(tag, "value").unwrap_or_default(),
                ))
            })
            .collect();
        Ok(Self { action, fields })
    }

    /// Types `value` into the field `name`, which has to be there.
    pub(crate) fn fill(&mut self, name: &str, value: &str) -> Result<()> {
        let field = self.fields.iter_mut().find(|(field, _)| field == name);
        let (_, current) = field.with_context(|| format!("the form has no field named {name}"))?;
        value.clone_into(current);
        Ok(())
    }
}

/// The text that a page shows as its error, if it does.
pub(crate) fn error_shown_in(page: &str) -> Option<String> {
    let (_, rest) = page.split_once(r#"<div class="error">"#)?;
    Some(unescape(rest.split_once("</div>")?.0))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescape(rest.split_once('"')?.0))
}

fn unescape(text: &str) -> String {
    // `&amp;` comes last, so that nothing is unescaped twice.
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escaped, plain)| {
        text.replace(escaped, plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<body><div class="error">Incorrect &amp; wrong.</div>
        <form method="POST" action="/login">
        <input type="hidden" name="state" value="a&amp;lt;b&quot;">
        <input type="text" id="username" name="username" required>
        <button type="submit">Sign in</button>
        </form><form action="/other"></form></body>"#;

    #[test]
    fn the_first_form_is_read_with_its_hidden_fields() {
        let form = Form::first_in(PAGE).unwrap();
        assert_eq!(form.action, "/login");
        assert_eq!(
            form.fields,
            [
                ("state".to_owned(), "a&lt;b\"".to_owned()),
                ("username".to_owned(), String::new())
            ]
        );
    }

    #[test]
    fn a_field_that_is_not_there_cannot_be_filled() {
        let mut form = Form::first_in(PAGE).unwrap();
        form.fill("username", "ada").unwrap();
        assert_eq!(
            form.fill("password", "x").unwrap_err().to_string(),
            "the form has no field named password"
        );
    }

    #[test]
    fn the_error_that_a_page_shows_is_found() {
        assert_eq!(error_shown_in(PAGE).as_deref(), Some("Incorrect & wrong."));
        assert_eq!(error_shown_in("<form>"), None);
    }
}
