//! Data that lies beside its event.

use cloudevent::{Extension, Incoming};

/// `event` with where its data is, by CloudEvents' extension `dataref`, and of how many bytes it is.
#[must_use]
pub fn referring(mut event: Incoming, place: String, bytes: u64) -> Incoming {
    let size = i32::try_from(bytes);
    let size = size.map_or_else(|_| Extension::Text(bytes.to_string()), Extension::Integer);
    let place = Extension::Text(place);
    event.extensions.insert("dataref".to_owned(), place);
    event.extensions.insert("databytes".to_owned(), size);
    event
}
