//! The topics of partners.

use aws_sdk_sns::{Client, primitives::Blob, types::MessageAttributeValue};
use aws_types::SdkConfig;
use lambda_kit::error::ServiceError;
use payload::{Attribute, AttributeValue, Attributes};
use tenancy::{PartnerId, TenantId};

/// Publishes to the topics of partners: `sns:Publish` on these.
#[derive(Debug, Clone)]
pub(crate) struct Topics {
    client: Client,
    prefix: String,
}

impl Topics {
    /// Those whose ARNs begin with `prefix`.
    pub(crate) fn new(sdk: &SdkConfig, prefix: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            prefix: prefix.into(),
        }
    }

    /// Publishes a message to a partner. SNS knows no repetitions on such topics: by one of its attributes
    /// the receiver does.
    pub(crate) async fn publish(
        &self,
        (tenant, partner): (&TenantId, &PartnerId),
        body: String,
        attributes: Attributes,
    ) -> Result<(), ServiceError> {
        // Names have no such sign: no two partners share a topic.
        let topic = format!("{}{tenant}_{partner}", self.prefix);
        self.client
            .publish()
            .topic_arn(topic)
            .message(body)
            .set_message_attributes(attributes.into_iter().map(published).collect())
            .send()
            .await
            .map_err(|error| ServiceError::new("sns:Publish", &error))?;
        Ok(())
    }
}

/// An attribute in SNS's words. The builder refuses only one without a data type.
fn published((name, attribute): (String, Attribute)) -> Option<(String, MessageAttributeValue)> {
    let value = MessageAttributeValue::builder().data_type(attribute.data_type);
    let value = match attribute.value {
        AttributeValue::Text(text) => value.string_value(text),
        AttributeValue::Binary(bytes) => value.binary_value(Blob::new(bytes)),
    };
    Some((name, value.build().ok()?))
}
