//! Media types, as far as they decide how a body is read.

/// A media type: `application/json; charset=utf-8`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType {
    essence: String,
    charset: Option<String>,
}

impl MediaType {
    /// Reads what a `Content-Type` says.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';');
        let essence = parts.next()?.trim().to_ascii_lowercase();
        let (kind, subtype) = essence.split_once('/')?;
        if !is_token(kind) || !is_token(subtype) {
            return None;
        }
        let mut charset = None;
        for parameter in parts.map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = parameter.split_once('=')?;
            let value = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'))
                .unwrap_or(value);
            if !is_token(name) {
                return None;
            }
            if name.eq_ignore_ascii_case("charset") {
                charset = Some(value.to_ascii_lowercase());
            }
        }
        Some(Self { essence, charset })
    }

    /// The type without its parameters, in lower case.
    #[must_use]
    pub fn essence(&self) -> &str {
        &self.essence
    }

    /// Whether it says that the content is JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        let subtype = self.essence.split_once('/').map(|(_, subtype)| subtype);
        subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
    }

    /// Whether the content is a text that people could read.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.essence.starts_with("text/")
            || self.essence.ends_with("/xml")
            || self.essence.ends_with("+xml")
    }

    /// Whether its charset, if it names one, is UTF-8.
    #[must_use]
    pub fn is_utf8(&self) -> bool {
        let utf8 = ["utf-8", "utf8", "us-ascii"];
        self.charset
            .as_deref()
            .is_none_or(|charset| utf8.contains(&charset))
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("application/json", true, false, true)]
    #[case("Application/JSON; Charset=UTF-8", true, false, true)]
    #[case("application/geo+json;charset=\"utf-8\";", true, false, true)]
    #[case("application/json-seq", false, false, true)]
    #[case("TEXT/Plain; charset=iso-8859-1", false, true, false)]
    #[case("application/xml", false, true, true)]
    #[case("image/png", false, false, true)]
    fn what_a_type_says_of_its_content(
        #[case] text: &str,
        #[case] is_json: bool,
        #[case] is_text: bool,
        #[case] is_utf8: bool,
    ) {
        let media = MediaType::parse(text).unwrap();
        let said = (media.is_json(), media.is_text(), media.is_utf8());
        assert_eq!(said, (is_json, is_text, is_utf8), "{text}");
    }

    #[rstest]
    #[case("")]
    #[case("json")]
    #[case("/json")]
    #[case("application/")]
    #[case("application/ json")]
    #[case("application/json; charset")]
    #[case("a/b/c")]
    fn what_is_none_is_not_read(#[case] text: &str) {
        assert_eq!(MediaType::parse(text), None);
    }
}
