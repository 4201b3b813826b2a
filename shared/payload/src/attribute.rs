//! Message attributes, as far as a claim check has to know them.

use std::{collections::BTreeMap, fmt};

/// A message's attributes by their names.
pub type Attributes = BTreeMap<String, Attribute>;

/// One attribute of a message of SQS or SNS.
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute {
    /// `String`, `Number`, `Binary`, or one of these with a label of the sender's: `String.Uuid`.
    pub data_type: String,
    /// What it says.
    pub value: AttributeValue,
}

/// What an attribute says.
#[derive(Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// A text; a number is one too.
    Text(String),
    /// Bytes, as they are before they are encoded for the wire.
    Binary(Vec<u8>),
}

impl Attribute {
    /// An attribute of type `String`.
    #[must_use]
    pub fn text(value: impl Into<String>) -> Self {
        Self {
            data_type: "String".to_owned(),
            value: AttributeValue::Text(value.into()),
        }
    }

    /// An attribute of type `Number`.
    #[must_use]
    pub fn number(value: u64) -> Self {
        Self {
            data_type: "Number".to_owned(),
            value: AttributeValue::Text(value.to_string()),
        }
    }

    /// An attribute of type `Binary`.
    #[must_use]
    pub fn binary(value: impl Into<Vec<u8>>) -> Self {
        Self {
            data_type: "Binary".to_owned(),
            value: AttributeValue::Binary(value.into()),
        }
    }

    /// How many bytes it counts, without its name.
    pub(crate) fn size(&self) -> usize {
        let value = match &self.value {
            AttributeValue::Text(text) => text.len(),
            AttributeValue::Binary(bytes) => bytes.len(),
        };
        self.data_type.len() + value
    }
}

/// Messages hold what is nobody's business: only how long a value is gets into a log.
impl fmt::Debug for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Binary(bytes) => write!(f, "Binary({} bytes)", bytes.len()),
        }
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.data_type, self.value)
    }
}
