//! What attributes may be, in whichever mode they come.

use std::collections::BTreeMap;

use crate::{Extension, Incoming, Limits, MediaType, Reason, Wrong, time};

const MOST_EXTENSIONS: usize = 64;
const LONGEST_NAME: usize = 64;
const LONGEST_URI: usize = 1_024;
const LONGEST_MEDIA_TYPE: usize = 256;

/// Our own extensions, by which a sender could speak of another's events.
const RESERVED_NAMES: [&str; 3] = ["dataref", "tenantid", "partnerid"];

/// How attributes are written, which says what a field of theirs is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// As members of an object.
    Members,
    /// As headers.
    Headers,
}

impl Place {
    pub(crate) fn field(self, name: &str) -> String {
        match self {
            Self::Members => {
                let name: String = name.chars().take(LONGEST_NAME).collect();
                format!("/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Headers if name == "datacontenttype" => "content-type".to_owned(),
            Self::Headers => format!("ce-{name}"),
        }
    }

    fn wrong(self, name: &str, reason: Reason) -> Wrong {
        Wrong::new(self.field(name), reason)
    }
}

/// An event's attributes by their names.
pub(crate) struct Attributes {
    pub(crate) given: BTreeMap<String, Extension>,
    pub(crate) place: Place,
}

impl Attributes {
    /// The event of these attributes, without its data.
    pub(crate) fn into_event(mut self, limits: &Limits) -> Result<Incoming, Wrong> {
        let is_1_0 = self.required("specversion")? == "1.0";
        self.hold(is_1_0, "specversion", Reason::SpecVersion)?;
        let id = self.required("id")?;
        self.hold(is_visible(&id, 256), "id", Reason::Id)?;
        let source = self.required("source")?;
        self.hold(is_reference(&source), "source", Reason::Source)?;
        let kind = self.required("type")?;
        self.hold(is_visible(&kind, 128), "type", Reason::Kind)?;
        for (name, value) in [("source", &source), ("type", &kind)] {
            let is_free = !limits
                .reserved
                .iter()
                .any(|prefix| value.starts_with(prefix));
            self.hold(is_free, name, Reason::Reserved)?;
        }
        Ok(Incoming {
            id,
            source,
            kind,
            time: self.time(limits)?,
            subject: self.text("subject")?,
            datacontenttype: self.media_type()?,
            dataschema: self.schema()?,
            extensions: self.extensions(limits)?,
            data: None,
        })
    }

    fn hold(&self, holds: bool, name: &str, reason: Reason) -> Result<(), Wrong> {
        if holds {
            Ok(())
        } else {
            Err(self.place.wrong(name, reason))
        }
    }

    fn required(&mut self, name: &str) -> Result<String, Wrong> {
        match self.given.remove(name) {
            Some(Extension::Text(text)) => Ok(text),
            Some(_) => Err(self.place.wrong(name, Reason::NotText)),
            None => Err(self.place.wrong(name, Reason::Missing)),
        }
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, Wrong> {
        match self.given.remove(name) {
            Some(Extension::Text(text)) => {
                self.hold(!text.is_empty() && is_text(&text), name, Reason::Text)?;
                Ok(Some(text))
            }
            Some(_) => Err(self.place.wrong(name, Reason::NotText)),
            None => Ok(None),
        }
    }

    fn time(&mut self, limits: &Limits) -> Result<Option<jiff::Timestamp>, Wrong> {
        let Some(text) = self.text("time")? else {
            return Ok(None);
        };
        let read = time::rfc3339(&text).ok_or_else(|| self.place.wrong("time", Reason::Time))?;
        self.hold(read <= limits.latest, "time", Reason::Ahead)?;
        Ok(Some(read))
    }

    fn media_type(&mut self) -> Result<Option<String>, Wrong> {
        let text = self.text("datacontenttype")?;
        let is_one = text.as_deref().is_none_or(|text| {
            text.len() <= LONGEST_MEDIA_TYPE && MediaType::parse(text).is_some()
        });
        self.hold(is_one, "datacontenttype", Reason::MediaType)?;
        Ok(text)
    }

    fn schema(&mut self) -> Result<Option<String>, Wrong> {
        let text = self.text("dataschema")?;
        let is_one = text
            .as_deref()
            .is_none_or(|text| is_reference(text) && scheme(text).is_some());
        self.hold(is_one, "dataschema", Reason::Uri)?;
        Ok(text)
    }

    fn extensions(&mut self, limits: &Limits) -> Result<BTreeMap<String, Extension>, Wrong> {
        let extensions = std::mem::take(&mut self.given);
        for (number, (name, value)) in extensions.iter().enumerate() {
            self.hold(is_name(name), name, Reason::Name)?;
            self.hold(number < MOST_EXTENSIONS, name, Reason::TooManyAttributes)?;
            let is_free = limits.reserved.is_empty() || !RESERVED_NAMES.contains(&name.as_str());
            self.hold(is_free, name, Reason::Reserved)?;
            if let Extension::Text(text) = value {
                self.hold(is_text(text), name, Reason::Text)?;
            }
        }
        Ok(extensions)
    }
}

/// Lower-case letters and digits; `data` is the data.
fn is_name(name: &str) -> bool {
    let is_of_the_set = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_of_the_set) && name != "data"
}

/// Whether a text has so many characters, one at least, and each can be seen and typed: what an
/// event's id is made of.
#[must_use]
pub fn is_visible(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The specification's `String`: neither control characters nor what Unicode says is no character.
fn is_text(text: &str) -> bool {
    !text.chars().any(|c| {
        let is_no_character =
            matches!(c, '\u{FDD0}'..='\u{FDEF}') || (u32::from(c) & 0xFFFE) == 0xFFFE;
        c.is_control() || is_no_character
    })
}

/// RFC 3986's URI-reference, by its characters, its percent-encodings and its scheme.
pub(crate) fn is_reference(text: &str) -> bool {
    let is_of_the_set =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let is_encoded = |part: &str| {
        let digits = part.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    let before_path = text.split(['/', '?', '#']).next().unwrap_or_default();
    (1..=LONGEST_URI).contains(&text.len())
        && text.bytes().all(is_of_the_set)
        && text.split('%').skip(1).all(is_encoded)
        && text.matches('#').count() <= 1
        && (!before_path.contains(':') || scheme(text).is_some())
}

fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    is_scheme.then_some(scheme)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    // The specification's own examples of sources.
    #[case("https://github.com/cloudevents", true)]
    #[case("mailto:cncf-wg-serverless@lists.cncf.io", true)]
    #[case("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", true)]
    #[case("/cloudevents/spec/pull/123", true)]
    #[case("/sensors/tn-1234567/alerts", true)]
    #[case("1-555-123-4567", true)]
    #[case("/a%20b", true)]
    #[case("//host/path?q=a:b#f", true)]
    #[case("", false)]
    #[case("a b", false)]
    #[case("/a%2", false)]
    #[case("/a%zz", false)]
    #[case("1a:b", false)]
    #[case(":b", false)]
    #[case("/ä", false)]
    #[case("/a#b#c", false)]
    #[case("<a>", false)]
    #[case("/a\u{0}", false)]
    fn a_source_is_a_uri_reference(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(is_reference(text), is_one, "{text}");
    }

    #[rstest]
    #[case("ordinary text, äöü 😀", true)]
    #[case("", true)]
    #[case("\u{0}", false)]
    #[case("a\nb", false)]
    #[case("\u{7f}", false)]
    #[case("\u{9f}", false)]
    #[case("\u{fdd0}", false)]
    #[case("\u{fffe}", false)]
    #[case("\u{1ffff}", false)]
    #[case("\u{fffd}", true)]
    fn a_text_has_no_control_characters_and_no_noncharacters(
        #[case] text: &str,
        #[case] is_one: bool,
    ) {
        assert_eq!(is_text(text), is_one, "{text:?}");
    }
}
