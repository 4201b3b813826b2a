//! How the same pointer is written by different libraries.

/// The attribute that tells how many bytes of UTF-8 the original body has.
pub const SIZE_ATTRIBUTE: &str = "ExtendedPayloadSize";

/// The same attribute under the name that the library for SQS gave it first.
pub const LEGACY_SIZE_ATTRIBUTE: &str = "SQSLargePayloadSize";

pub(crate) const POINTER_CLASS: &str = "software.amazon.payloadoffloading.PayloadS3Pointer";
pub(crate) const LEGACY_POINTER_CLASS: &str = "com.amazon.sqs.javamessaging.MessageS3Pointer";

/// Which of a name's two generations is written. Both are read, in any combination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Generation {
    /// That of the common library for payloads.
    #[default]
    Current,
    /// That of the first library for SQS.
    Legacy,
}

/// Where the JSON has spaces. Every reader takes both; some compare texts in their tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// None, as Jackson writes it in Java.
    #[default]
    Compact,
    /// One after each comma and colon, as `json.dumps` writes it in Python.
    Spaced,
}

/// How a pointer and its attribute are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Format {
    /// Where the JSON has spaces.
    pub style: Style,
    /// Which name the pointer's class has.
    pub class: Generation,
    /// Which name the attribute with the size has.
    pub attribute: Generation,
}

impl Format {
    /// What the Java library for SQS writes unless it is told otherwise: its attribute has kept the
    /// legacy name, and its pointer has not.
    pub const JAVA_SQS: Self = Self {
        style: Style::Compact,
        class: Generation::Current,
        attribute: Generation::Legacy,
    };
    /// What the Python libraries write.
    pub const PYTHON: Self = Self {
        style: Style::Spaced,
        class: Generation::Current,
        attribute: Generation::Current,
    };
    /// What the Python libraries write with `use_legacy_attribute`.
    pub const PYTHON_LEGACY: Self = Self {
        style: Style::Spaced,
        class: Generation::Legacy,
        attribute: Generation::Legacy,
    };

    /// The name of the attribute with the size.
    #[must_use]
    pub const fn size_attribute(self) -> &'static str {
        match self.attribute {
            Generation::Current => SIZE_ATTRIBUTE,
            Generation::Legacy => LEGACY_SIZE_ATTRIBUTE,
        }
    }

    pub(crate) const fn pointer_class(self) -> &'static str {
        match self.class {
            Generation::Current => POINTER_CLASS,
            Generation::Legacy => LEGACY_POINTER_CLASS,
        }
    }
}
