//! Texts within markup.

use std::borrow::Cow;

/// `text` so that it is nothing but text, in an element or in a quoted attribute.
#[must_use]
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let escape = |mut escaped: String, c: char| {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
        escaped
    };
    Cow::Owned(
        text.chars()
            .fold(String::with_capacity(text.len() + 16), escape),
    )
}

/// At most `length` characters of `text`, with a sign that there are more.
pub(crate) fn short(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(length.saturating_sub(1)).collect();
    format!("{beginning}\u{2026}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_is_markup(text in any::<String>()) {
            let escaped = escaped(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
        }
    }

    #[test]
    fn a_text_stays_readable() {
        assert_eq!(
            escaped("Fish & \"Chips\" <b>"),
            "Fish &amp; &quot;Chips&quot; &lt;b&gt;"
        );
        assert_eq!(escaped("plain"), "plain");
        assert_eq!(short("newsletter", 5), "news\u{2026}");
        assert_eq!(short("news", 5), "news");
    }
}
