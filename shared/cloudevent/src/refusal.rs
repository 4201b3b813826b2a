//! Why an event, or a whole request, is not taken.

use std::{fmt, ops::Range};

use crate::json::{self, Broken, Fault};

/// One event that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which of the request's events it is, counted from nought.
    pub index: usize,
    /// Its id, if it could be read.
    pub id: Option<String>,
    /// Its source, if it could be read.
    pub source: Option<String>,
    /// Its type, if it could be read.
    pub kind: Option<String>,
    /// What is wrong with it: a JSON pointer into the event, or the name of a header.
    pub field: String,
    /// How.
    pub reason: Reason,
    /// Where the event stands in the body.
    pub raw: Range<usize>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {}", self.index)?;
        if let Some(id) = &self.id {
            write!(f, " (id {id})")?;
        }
        // A pointer has names that the sender chose.
        let field = match self.field.as_str() {
            "" => "it".to_owned(),
            field => field.replace(char::is_control, "\u{fffd}"),
        };
        write!(f, ": {field} {}", self.reason)
    }
}

/// What a refused event says of itself, as far as that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// Its id.
    pub id: Option<String>,
    /// Its source.
    pub source: Option<String>,
    /// Its type.
    pub kind: Option<String>,
}

impl Named {
    /// That the event which says this of itself is refused.
    #[must_use]
    pub fn refused(self, index: usize, raw: Range<usize>, wrong: Wrong) -> Refused {
        let Wrong { field, reason } = wrong;
        Refused {
            index,
            id: self.id,
            source: self.source,
            kind: self.kind,
            field,
            reason,
            raw,
        }
    }
}

/// What is wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// A JSON pointer into the event, or the name of a header.
    pub field: String,
    /// How it is wrong.
    pub reason: Reason,
}

impl Wrong {
    /// That `field` is wrong, and how.
    #[must_use]
    pub fn new(field: impl Into<String>, reason: Reason) -> Self {
        Self {
            field: field.into(),
            reason,
        }
    }
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        Self::new(fault.pointer, Reason::Json(fault.wrong))
    }
}

/// How a field is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It can't be read.
    #[error(transparent)]
    Json(json::Wrong),
    /// Something else stands where an event should.
    #[error("is no object: send each event as a JSON object")]
    NotAnObject,
    /// A field without which there is no event.
    #[error("is missing: send it with each event")]
    Missing,
    /// It is no text.
    #[error("is no text: send a JSON string")]
    NotText,
    /// A text that no attribute may have.
    #[error(
        "is empty, or has a control character or a code point that is no character: leave them out"
    )]
    Text,
    /// Another version of the specification, or none.
    #[error("is not \"1.0\": send the event as CloudEvents 1.0 has it")]
    SpecVersion,
    /// No id that is taken.
    #[error("has to have 1 to 256 visible ASCII characters: a UUID, for instance")]
    Id,
    /// No source that is taken.
    #[error("has to be a URI or a relative reference of at most 1,024 characters")]
    Source,
    /// No type that is taken.
    #[error("has to have 1 to 128 visible ASCII characters: com.example.order.placed.v1")]
    Kind,
    /// No time.
    #[error("has to be a time as RFC 3339 writes it: 2018-04-05T17:31:00Z")]
    Time,
    /// A time that is still to come.
    #[error("lies more than a day ahead: set the sender's clock")]
    Ahead,
    /// No media type.
    #[error("has to be a media type of at most 256 bytes: application/json")]
    MediaType,
    /// Another charset than UTF-8.
    #[error("names another charset than UTF-8: send JSON in UTF-8")]
    Charset,
    /// No URI.
    #[error("has to be an absolute URI of at most 1,024 characters")]
    Uri,
    /// No name for an attribute.
    #[error(
        "is no name for an attribute: use lower-case letters and digits, at most 64 of them, and not \"data\""
    )]
    Name,
    /// No value for an attribute.
    #[error(
        "has to be a string, a boolean, or an integer of 32 bits: put everything else into data"
    )]
    Value,
    /// More extension attributes than are taken.
    #[error("is one too many: send at most 64 extension attributes, and put the rest into data")]
    TooManyAttributes,
    /// A name that is not the sender's to use.
    #[error("is reserved for Fairlead itself: use a name of your own")]
    Reserved,
    /// A header that can't be decoded.
    #[error(
        "can't be decoded: percent-encode what is not visible ASCII, and percent signs, as UTF-8"
    )]
    Header,
    /// A header that is there twice.
    #[error("is there twice: send each header once")]
    RepeatedHeader,
    /// A header that must not be there.
    #[error("must not be there: Content-Type says what data is")]
    ContentTypeTwice,
    /// Two kinds of data.
    #[error("is there beside data: send one of them")]
    TwoData,
    /// No base64.
    #[error("is no base64: encode the bytes as RFC 4648, section 4, has it, with padding")]
    Base64,
    /// JSON where the media type says that there is none.
    #[error("has to be a string, since datacontenttype is not JSON: send a string, or data_base64")]
    DataNotText,
    /// An event that is larger than one may be.
    #[error("has more than {0} bytes: upload it, and send a reference")]
    TooLarge(usize),
    /// A rule of the format that the event came in, as a sentence without its subject.
    #[error("{0}")]
    Rule(&'static str),
}

/// Why nothing of a request can be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is larger than it may be.
    #[error("the body has more than {limit} bytes, unpacked: send fewer events at once")]
    TooLarge {
        /// How many it may have.
        limit: usize,
    },
    /// It has more events than it may.
    #[error("the body has more than {limit} events: send fewer at once")]
    TooMany {
        /// How many it may have.
        limit: usize,
    },
    /// It is no JSON as a whole.
    #[error("the body {} (byte {}, at {:?})", .0.wrong, .0.at, .0.pointer)]
    NotJson(Fault),
    /// Something else stands where a batch should.
    #[error("the body is no JSON array: send a batch as an array of events")]
    NotAnArray,
    /// An object stands where one with a batch in it should, and has none.
    #[error("the body has no array named \"batch\": send an object with the messages in it")]
    NoBatch,
    /// Where one event ends and the next begins can't be told.
    #[error(
        "the events can't be told from each other from byte {at} on: send what a JSON serializer makes"
    )]
    Broken {
        /// The byte that it was noticed at.
        at: usize,
    },
    /// A media type that is none of an event.
    #[error(
        "Content-Type is none of an event: send application/cloudevents+json, application/cloudevents-batch+json, or any type with the ce- headers"
    )]
    UnsupportedMediaType,
    /// Another charset than UTF-8.
    #[error("Content-Type names another charset than UTF-8: send the body in UTF-8")]
    UnsupportedCharset,
    /// Another encoding than gzip.
    #[error("Content-Encoding is neither gzip nor identity: use one of them")]
    UnsupportedEncoding,
    /// It says that it is packed, and can't be unpacked.
    #[error(
        "the body is not what gzip makes, though Content-Encoding says so: pack it anew, or send it as it is"
    )]
    BadGzip,
}

impl Unreadable {
    /// A body of which the parts can't be told from each other.
    #[must_use]
    pub const fn broken(broken: Broken, limit: usize) -> Self {
        match broken {
            Broken::At(at) => Self::Broken { at },
            Broken::TooMany => Self::TooMany { limit },
        }
    }

    /// The HTTP status that says so.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::TooLarge { .. } | Self::TooMany { .. } => 413,
            Self::UnsupportedMediaType | Self::UnsupportedCharset | Self::UnsupportedEncoding => {
                415
            }
            Self::NotJson(_)
            | Self::NotAnArray
            | Self::NoBatch
            | Self::Broken { .. }
            | Self::BadGzip => 400,
        }
    }
}
