//! When a message is too large to travel whole.

use crate::{
    attribute::Attributes,
    format::{LEGACY_SIZE_ATTRIBUTE, SIZE_ATTRIBUTE},
};

const KIBIBYTE: usize = 1_024;
const MEBIBYTE: usize = 1_024 * KIBIBYTE;

/// As many attributes as a sender may set: SQS takes ten, and one of them tells the size.
pub const MOST_ATTRIBUTES: usize = 9;

/// What a message travels by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// A topic of Amazon SNS.
    Sns,
    /// A queue of Amazon SQS.
    Sqs,
    /// A bus of Amazon `EventBridge`. It has no message attributes: the size has to stand in the
    /// event itself, and source, type and resources count too.
    EventBridge,
    /// An asynchronous invocation of a Lambda function, which has no message attributes either.
    LambdaAsync,
}

impl Transport {
    /// As many bytes as a message may have unless the topic, the queue or the bus is told otherwise.
    #[must_use]
    pub const fn limit(self) -> usize {
        match self {
            Self::Sns => 256 * KIBIBYTE,
            // An entry for a bus has to be smaller than a mebibyte.
            Self::EventBridge => MEBIBYTE - 1,
            Self::Sqs | Self::LambdaAsync => MEBIBYTE,
        }
    }
}

/// From which size on a payload is put into S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Threshold {
    /// Messages larger than this are offloaded.
    above: usize,
    /// No message can be larger than this.
    limit: usize,
}

impl Threshold {
    /// Whatever fits `transport` travels whole.
    #[must_use]
    pub const fn of(transport: Transport) -> Self {
        Self::limited_to(transport.limit())
    }

    /// Whatever fits `limit` travels whole: for a topic or a queue with a `MaximumMessageSize` of its
    /// own, or to leave room for what else an event counts.
    #[must_use]
    pub const fn limited_to(limit: usize) -> Self {
        Self {
            above: limit,
            limit,
        }
    }

    /// The same transport, but what is larger than `bytes` is offloaded though it would fit. With 0
    /// everything is, as with the libraries' "always through S3".
    #[must_use]
    pub const fn offloading_above(self, bytes: usize) -> Self {
        let above = if bytes < self.limit {
            bytes
        } else {
            self.limit
        };
        Self { above, ..self }
    }

    /// Whether a message with such a body is put into S3.
    #[must_use]
    pub fn is_exceeded_by(self, body_bytes: usize, attributes: &Attributes) -> bool {
        body_bytes.saturating_add(attributes_size(attributes)) > self.above
    }

    /// Whether a message can't be sent at all.
    pub(crate) fn is_beyond(self, body_bytes: usize, attributes: &Attributes) -> bool {
        body_bytes.saturating_add(attributes_size(attributes)) > self.limit
    }
}

/// How many bytes attributes count: each its name, its data type and its value, as in the Java
/// library.
#[must_use]
pub fn attributes_size(attributes: &Attributes) -> usize {
    let sizes = attributes
        .iter()
        .map(|(name, attribute)| name.len() + attribute.size());
    sizes.sum()
}

/// Why attributes leave no place for a pointer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAttributes {
    /// There are more than nine.
    #[error("there are {0} attributes, and 9 can be sent")]
    TooMany(usize),
    /// One has the name by which the size is told.
    #[error("the name {0} is reserved")]
    Reserved(&'static str),
    /// They do not fit the transport, not even with a pointer for a body.
    #[error(
        "they do not fit the transport together with a pointer: put what they say into the body"
    )]
    TooLarge,
}

/// What holds of attributes whether or not the payload is offloaded, so that whether they are taken
/// does not depend on how large a body happens to be.
pub(crate) fn check(attributes: &Attributes) -> Result<(), InvalidAttributes> {
    if attributes.len() > MOST_ATTRIBUTES {
        return Err(InvalidAttributes::TooMany(attributes.len()));
    }
    let reserved = [SIZE_ATTRIBUTE, LEGACY_SIZE_ATTRIBUTE]
        .into_iter()
        .find(|name| attributes.contains_key(*name));
    reserved.map_or(Ok(()), |name| Err(InvalidAttributes::Reserved(name)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    use super::*;
    use crate::attribute::Attribute;

    #[test]
    fn an_attribute_counts_its_name_its_type_and_its_value() {
        let attributes = BTreeMap::from([
            ("größe".to_owned(), Attribute::number(1_000)),
            ("b".to_owned(), Attribute::binary([0; 5])),
            ("t".to_owned(), Attribute::text("ö")),
        ]);
        let expected = (7 + 6 + 4) + (1 + 6 + 5) + (1 + 6 + 2);
        assert_eq!(attributes_size(&attributes), expected);
    }

    #[test]
    fn each_transport_takes_what_it_takes_by_default() {
        let limits = [
            Transport::Sns,
            Transport::Sqs,
            Transport::EventBridge,
            Transport::LambdaAsync,
        ]
        .map(Transport::limit);
        assert_eq!(limits, [262_144, 1_048_576, 1_048_575, 1_048_576]);
    }

    #[test]
    fn at_most_nine_attributes_and_no_reserved_name() {
        let numbered = |count: usize| -> Attributes {
            (0..count)
                .map(|n| (format!("a{n}"), Attribute::text("x")))
                .collect()
        };
        assert_eq!(check(&numbered(9)), Ok(()));
        assert_eq!(check(&numbered(10)), Err(InvalidAttributes::TooMany(10)));
        for name in ["ExtendedPayloadSize", "SQSLargePayloadSize"] {
            let one = BTreeMap::from([(name.to_owned(), Attribute::number(1))]);
            assert_eq!(check(&one), Err(InvalidAttributes::Reserved(name)));
        }
    }

    #[test]
    fn no_threshold_is_above_what_the_transport_takes() {
        let threshold = Threshold::of(Transport::Sns).offloading_above(10_000_000);
        assert_eq!(threshold, Threshold::of(Transport::Sns));
    }

    fn some_attributes() -> impl Strategy<Value = Attributes> {
        let attribute = prop_oneof![
            ".{0,20}".prop_map(Attribute::text),
            any::<u64>().prop_map(Attribute::number),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(Attribute::binary),
        ];
        proptest::collection::btree_map(".{1,10}", attribute, 0..9)
    }

    proptest! {
        #[test]
        fn exactly_the_threshold_travels_whole_and_one_byte_more_does_not(
            attributes in some_attributes(),
            transport in prop_oneof![
                Just(Transport::Sns), Just(Transport::Sqs), Just(Transport::EventBridge), Just(Transport::LambdaAsync)
            ],
            lowered in proptest::option::of(2_000_usize..300_000),
        ) {
            let threshold = lowered.map_or(Threshold::of(transport), |bytes| {
                Threshold::of(transport).offloading_above(bytes)
            });
            let above = lowered.unwrap_or(usize::MAX).min(transport.limit());
            let room = above - attributes_size(&attributes);
            prop_assert!(!threshold.is_exceeded_by(room - 1, &attributes));
            prop_assert!(!threshold.is_exceeded_by(room, &attributes));
            prop_assert!(threshold.is_exceeded_by(room + 1, &attributes));
        }
    }
}
