//! Looking for markers.

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};

use crate::places::Place;

/// Where something was found that should be nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The marker.
    pub marker: String,
    /// The place.
    pub place: String,
    /// In which form.
    pub form: &'static str,
}

/// Where `markers` are found.
#[must_use]
pub fn search<'a>(places: impl IntoIterator<Item = &'a Place>, markers: &[String]) -> Vec<Leak> {
    let forms: Vec<(&String, Vec<Form>)> = markers
        .iter()
        .map(|marker| (marker, forms(marker)))
        .collect();
    let mut leaks = Vec::new();
    for Place { name, held } in places {
        // What is no text has no marker in it, and all markers are ASCII.
        let held = String::from_utf8_lossy(held);
        let lower = held.to_ascii_lowercase();
        for (marker, forms) in &forms {
            // Base64 is the one form in which case matters.
            let found = forms.iter().filter(|(form, needle)| {
                let held = if *form == "base64" { &*held } else { &*lower };
                !needle.is_empty() && held.contains(needle)
            });
            leaks.extend(found.map(|(form, _)| Leak {
                marker: (*marker).clone(),
                place: name.clone(),
                form,
            }));
        }
    }
    leaks
}

/// What a form is called, and how a marker looks in it.
type Form = (&'static str, String);

/// A marker in lower case, as it would look in each encoding.
fn forms(marker: &str) -> Vec<Form> {
    let plain = marker.to_ascii_lowercase();
    let spelled = |each: fn(u8) -> String| plain.bytes().map(each).collect::<String>();
    let mut forms = vec![
        ("plain", plain.clone()),
        ("hex", spelled(|b| format!("{b:02x}"))),
        ("URL-encoded", spelled(|b| format!("%{b:02x}"))),
        ("escaped", spelled(|b| format!("\\u{b:04x}"))),
    ];
    for (text, before) in [marker, &plain]
        .into_iter()
        .flat_map(|text| [(text, 0), (text, 1), (text, 2)])
    {
        forms.push(("base64", base64_core(text, before)));
    }
    forms
}

/// What of a text's base64 is the same whatever stands around it, `before` bytes after a boundary.
fn base64_core(text: &str, before: usize) -> String {
    let mut padded = vec![0; before];
    padded.extend_from_slice(text.as_bytes());
    let encoded = BASE64_STANDARD_NO_PAD.encode(&padded);
    let from = (before * 8).div_ceil(6);
    let to = padded.len() * 8 / 6;
    encoded.get(from..to).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;

    use super::*;

    fn found(held: impl Into<Vec<u8>>) -> Vec<&'static str> {
        let place = Place {
            name: "here".to_owned(),
            held: held.into(),
        };
        let leaks = search([&place], &["mkGiven7q".to_owned()]);
        leaks.into_iter().map(|leak| leak.form).collect()
    }

    #[test]
    fn a_marker_is_found_in_every_form() {
        assert_eq!(found("x MKGIVEN7Q x"), ["plain"]);
        assert_eq!(found("6D6B676976656E3771"), ["hex"]);
        assert_eq!(found("%6d%6b%67%69%76%65%6E%37%71"), ["URL-encoded"]);
        for before in ["", "a", "ab", "abc"] {
            let encoded = BASE64_STANDARD.encode(format!("{before}mkGiven7q and more"));
            assert_eq!(found(encoded), ["base64"], "after {before:?}");
        }
    }

    #[test]
    fn what_is_no_marker_is_not_found() {
        assert_eq!(found("mkGiven7 q, mkGivn7q"), Vec::<&str>::new());
    }
}
