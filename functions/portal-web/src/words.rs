//! What pages say, in the languages that there are message files of.

use std::{fmt, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use jiff::{Timestamp, tz::TimeZone};
use unic_langid::LanguageIdentifier;

/// The languages, that of whoever reads none of them first.
static LANGUAGES: LazyLock<[Words; 2]> = LazyLock::new(|| {
    [
        Words::read("en", include_str!("../locales/en.ftl")),
        Words::read("de", include_str!("../locales/de.ftl")),
    ]
});

/// The words of one language.
pub(crate) struct Words {
    code: &'static str,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    fn read(code: &'static str, text: &str) -> Self {
        let language: LanguageIdentifier = code.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Names of people and partners stand in elements of their own, which part their directions.
        bundle.set_use_isolating(false);
        // What can't be read is missing, and a test reads all of it.
        let resource = match FluentResource::try_new(text.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        Self { code, bundle }
    }

    /// The language of that name, if it is one.
    pub(crate) fn named(code: &str) -> Option<&'static Self> {
        LANGUAGES.iter().find(|words| words.code == code)
    }

    /// The first language of an `Accept-Language` header that there is, by its weights (RFC 9110, section
    /// 12.5.4).
    pub(crate) fn accepted(header: &str) -> &'static Self {
        let ranges = header.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let language = parts.next()?.split('-').next()?;
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
            Some((
                Self::named(&language.to_ascii_lowercase())?,
                weight.unwrap_or(1.0),
            ))
        });
        let first = ranges.fold(
            None,
            |best: Option<(&'static Self, f32)>, range| match best {
                Some((_, weight)) if weight >= range.1 => best,
                _ => Some(range),
            },
        );
        let [english, _] = &*LANGUAGES;
        first
            .filter(|(_, weight)| *weight > 0.0)
            .map_or(english, |(words, _)| words)
    }

    pub(crate) const fn code(&self) -> &'static str {
        self.code
    }

    /// The words that are called `id`, around these values. What has no words says its name, which no
    /// test lets pass.
    pub(crate) fn say(&self, id: &str, values: &[(&str, String)]) -> String {
        self.find(id, values).unwrap_or_else(|| id.to_owned())
    }

    /// The same, if there are any.
    pub(crate) fn find(&self, id: &str, values: &[(&str, String)]) -> Option<String> {
        let values = values
            .iter()
            .map(|(name, value)| (*name, FluentValue::from(value.as_str())));
        self.format(id, &values.collect())
    }

    /// The words around how many there are.
    pub(crate) fn count(&self, id: &str, count: usize) -> String {
        let count = [("count", FluentValue::from(count))].into_iter().collect();
        self.format(id, &count).unwrap_or_else(|| id.to_owned())
    }

    /// A moment as the language writes it, to the minute.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        let at = at.to_zoned(TimeZone::UTC);
        let month = self.say(&format!("month-{}", at.month()), &[]);
        let time = format!("{:02}:{:02}", at.hour(), at.minute());
        let values = [
            ("day", at.day().to_string()),
            ("month", month),
            ("year", at.year().to_string()),
            ("time", time),
        ];
        self.say("moment", &values)
    }

    fn format(&self, id: &str, values: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        // A value that is missing is seen by its name in the text.
        let mut missing = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(values), &mut missing);
        Some(text.into_owned())
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use rstest::rstest;

    use super::*;

    const ENGLISH: &str = include_str!("../locales/en.ftl");
    const GERMAN: &str = include_str!("../locales/de.ftl");

    fn ids(text: &str) -> BTreeSet<&str> {
        let lines = text
            .lines()
            .filter(|line| !line.starts_with([' ', '#', '}']));
        lines
            .filter_map(|line| Some(line.split_once(" =")?.0))
            .collect()
    }

    /// All of our own templates and sources.
    fn sources(folder: &Path, found: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn message_files_can_be_read_to_their_end() {
        for text in [ENGLISH, GERMAN] {
            let errors = FluentResource::try_new(text.to_owned()).err();
            assert!(errors.is_none(), "{:?}", errors.map(|(_, errors)| errors));
        }
    }

    #[test]
    fn every_language_says_the_same_things_around_the_same_values() {
        assert_eq!(ids(ENGLISH), ids(GERMAN));
        let values = |text: &str| {
            let names = text
                .split("{ $")
                .skip(1)
                .filter_map(|rest| rest.split(' ').next());
            names.map(str::to_owned).collect::<BTreeSet<_>>()
        };
        assert_eq!(values(ENGLISH), values(GERMAN));
    }

    #[test]
    fn whatever_a_page_asks_for_has_words() {
        let mut text = String::new();
        for folder in ["templates", "src"] {
            sources(
                &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
                &mut text,
            );
        }
        let known = ids(ENGLISH);
        for call in ["v.t(\"", "v.t1(\"", "v.t2(\"", "v.count(\"", "visit.t(\""] {
            for rest in text.split(call).skip(1) {
                let id = rest.split('"').next().unwrap();
                assert!(known.contains(id), "no words for {id}");
            }
        }
    }

    #[rstest]
    #[case("", "en")]
    #[case("fr", "en")]
    #[case("de", "de")]
    #[case("de-CH, en;q=0.8", "de")]
    #[case("fr, en;q=0.5, de;q=0.7", "de")]
    #[case("en, de", "en")]
    #[case("de;q=0", "en")]
    #[case(";;,=,q", "en")]
    fn people_are_spoken_to_as_their_browser_asks(#[case] header: &str, #[case] code: &str) {
        assert_eq!(Words::accepted(header).code(), code);
    }

    #[test]
    fn a_moment_is_written_as_the_language_has_it() {
        let at: Timestamp = "2026-03-05T07:08:09Z".parse().unwrap();
        assert_eq!(
            Words::named("en").unwrap().moment(at),
            "5 March 2026, 07:08 UTC"
        );
        assert_eq!(
            Words::named("de").unwrap().moment(at),
            "5. März 2026, 07:08 UTC"
        );
    }
}
