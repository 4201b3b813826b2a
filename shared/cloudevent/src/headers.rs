//! A request's headers, and how attributes stand in them.

use crate::Reason;

/// The headers of a request. Names make no difference by their case.
#[derive(Clone, Default)]
pub struct Headers<'a>(Vec<(String, &'a str)>);

impl<'a> Headers<'a> {
    /// The headers with these names and values.
    #[must_use]
    pub fn new<I: IntoIterator<Item = (&'a str, &'a str)>>(headers: I) -> Self {
        let headers = headers.into_iter();
        Self(
            headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
                .collect(),
        )
    }

    /// The first value under a name, which is given in lower case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(each, _)| each == name);
        found.map(|(_, value)| *value)
    }

    /// Those that an event in binary mode is made of: `content-type` and what begins with `ce-`.
    pub fn of_event(&self) -> impl Iterator<Item = (&str, &'a str)> {
        let headers = self.0.iter().map(|(name, value)| (name.as_str(), *value));
        headers.filter(|(name, _)| *name == "content-type" || name.starts_with("ce-"))
    }

    /// The headers of attributes: the name without `ce-`, and the value as it stands there.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, &'a str)> {
        let headers = self.0.iter();
        headers.filter_map(|(name, value)| Some((name.strip_prefix("ce-")?, *value)))
    }
}

/// What a header's value stands for: taken out of its quotation marks, then percent-decoded once.
pub(crate) fn decoded(value: &str) -> Result<String, Reason> {
    if !value
        .bytes()
        .all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
    {
        return Err(Reason::Header);
    }
    let unquoted = match value.strip_prefix('"') {
        Some(quoted) => unquoted(quoted).ok_or(Reason::Header)?,
        None => value.to_owned(),
    };
    percent_decoded(&unquoted).ok_or(Reason::Header)
}

/// RFC 7230, section 3.2.6.
fn unquoted(quoted: &str) -> Option<String> {
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => break,
            '\\' => text.push(characters.next()?),
            c => text.push(c),
        }
    }
    characters.as_str().is_empty().then_some(text)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    // The specification's own.
    #[case("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀")]
    #[case("Euro%20%e2%82%ac", "Euro €")]
    // Decoded once, and no more.
    #[case("100%2525", "100%25")]
    // What need not be encoded may be.
    #[case("%41%42c", "ABc")]
    // Older senders quote.
    #[case(r#""two words""#, "two words")]
    #[case(r#""a \"quoted\" word \\""#, r#"a "quoted" word \"#)]
    #[case(r#""Euro%20%E2%82%AC""#, "Euro €")]
    #[case("", "")]
    #[case("a+b", "a+b")]
    fn a_value_is_unquoted_and_then_decoded_once(#[case] value: &str, #[case] expected: &str) {
        assert_eq!(decoded(value).unwrap(), expected);
    }

    #[rstest]
    // An overlong space, which the specification names.
    #[case("%C0%A0")]
    #[case("%FF")]
    #[case("%ED%A0%80")]
    #[case("100%")]
    #[case("%4")]
    #[case("%+1")]
    #[case("%zz")]
    #[case("€")]
    #[case(r#""open"#)]
    #[case(r#""closed" and more"#)]
    #[case(r#""\"#)]
    fn a_value_that_could_be_anything_is_refused(#[case] value: &str) {
        assert_eq!(decoded(value), Err(Reason::Header));
    }

    #[test]
    fn names_make_no_difference_by_their_case() {
        let headers = Headers::new([("CE-Id", " 1 "), ("Content-Type", "text/plain")]);
        assert_eq!(headers.get("ce-id"), Some("1"));
        assert_eq!(headers.attributes().collect::<Vec<_>>(), [("id", "1")]);
        let headers = Headers::new([("CE-Id", "1"), ("Accept", "a/b"), ("Content-Type", "c/d")]);
        let of_event: Vec<(&str, &str)> = headers.of_event().collect();
        assert_eq!(of_event, [("ce-id", "1"), ("content-type", "c/d")]);
    }
}
