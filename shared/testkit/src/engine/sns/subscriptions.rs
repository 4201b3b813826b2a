//! Who is subscribed to topics.

use std::{
    fmt::Write as _,
    sync::{Mutex, MutexGuard, PoisonError},
};

use http::StatusCode;
use serde_json::{Value, json};

use super::{Refusal, field, invalid, is_e164, topic};
use crate::engine::names::{ACCOUNT, REGION};

/// As many subscriptions as are listed at once. AWS lists a hundred; with fewer there are pages in tests.
const PAGE: usize = 2;

/// That somebody is subscribed to a topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TopicSubscription {
    /// The topic, by name.
    pub topic: String,
    /// How they are told: `sms`, `email`.
    pub protocol: String,
    /// Where.
    pub endpoint: String,
}

#[derive(Default)]
pub(super) struct Subscriptions(Mutex<Vec<Subscribed>>);

#[derive(Debug, Clone)]
struct Subscribed {
    arn: String,
    subscription: TopicSubscription,
}

impl TopicSubscription {
    /// As it is compared.
    pub(crate) fn described(&self) -> Value {
        json!({ "topic": self.topic, "protocol": self.protocol, "endpoint": self.endpoint })
    }
}

impl Subscriptions {
    pub(super) fn all(&self) -> Vec<TopicSubscription> {
        let subscribed = self.subscribed();
        let mut all: Vec<_> = subscribed
            .iter()
            .map(|each| each.subscription.clone())
            .collect();
        all.sort();
        all
    }

    /// The ARN of what is there from then on.
    pub(super) fn put(&self, topic: &str, protocol: &str, endpoint: &str) -> String {
        let subscription = TopicSubscription {
            topic: topic.to_owned(),
            protocol: protocol.to_owned(),
            endpoint: endpoint.to_owned(),
        };
        let mut subscribed = self.subscribed();
        let there = subscribed
            .iter()
            .find(|each| each.subscription == subscription);
        if let Some(there) = there {
            return there.arn.clone();
        }
        // Who is subscribed again has another ARN than before.
        let n = subscribed
            .iter()
            .filter_map(|each| each.arn.rsplit(':').next()?.parse().ok());
        let n = n.max().unwrap_or(0_u32) + 1;
        let arn = format!("arn:aws:sns:{REGION}:{ACCOUNT}:{topic}:{n:04}");
        subscribed.push(Subscribed {
            arn: arn.clone(),
            subscription,
        });
        arn
    }

    pub(super) fn subscribe(&self, input: &Value) -> Result<String, Refusal> {
        let topic = topic(field(input, "TopicArn").unwrap_or_default())?;
        let protocol = field(input, "Protocol").unwrap_or_default();
        let endpoint = field(input, "Endpoint").unwrap_or_default();
        if protocol != "sms" {
            return Err(invalid("testkit subscribes nobody but by sms"));
        }
        if !is_e164(endpoint) {
            return Err(invalid("Endpoint"));
        }
        let arn = self.put(topic, protocol, endpoint);
        Ok(format!("<SubscriptionArn>{arn}</SubscriptionArn>"))
    }

    /// That there is no such subscription is as good.
    pub(super) fn unsubscribe(&self, input: &Value) -> Result<String, Refusal> {
        let arn = field(input, "SubscriptionArn").unwrap_or_default();
        if !arn.starts_with("arn:aws:sns:") {
            return Err(invalid("SubscriptionArn"));
        }
        self.subscribed().retain(|each| each.arn != arn);
        Ok(String::new())
    }

    pub(super) fn list(&self, input: &Value) -> Result<String, Refusal> {
        let topic = topic(field(input, "TopicArn").unwrap_or_default())?;
        let from = field(input, "NextToken").map_or(Ok(0), str::parse);
        let from: usize = from.map_err(|_| -> Refusal {
            let message = "Invalid parameter: NextToken".to_owned();
            (StatusCode::BAD_REQUEST, "InvalidParameter", message)
        })?;
        let subscribed = self.subscribed();
        let of_topic = subscribed
            .iter()
            .filter(|each| each.subscription.topic == topic);
        let mut left = of_topic.skip(from);
        let mut list = String::from("<Subscriptions>");
        for each in left.by_ref().take(PAGE) {
            let Subscribed {
                arn,
                subscription:
                    TopicSubscription {
                        protocol, endpoint, ..
                    },
            } = each;
            // Writing to a text can't fail.
            let _ = write!(
                list,
                "<member><SubscriptionArn>{arn}</SubscriptionArn><Owner>{ACCOUNT}</Owner><Protocol>{protocol}</Protocol>\
                 <Endpoint>{endpoint}</Endpoint><TopicArn>arn:aws:sns:{REGION}:{ACCOUNT}:{topic}</TopicArn></member>"
            );
        }
        list.push_str("</Subscriptions>");
        if left.next().is_some() {
            let _ = write!(list, "<NextToken>{}</NextToken>", from + PAGE);
        }
        drop(subscribed);
        Ok(list)
    }

    fn subscribed(&self) -> MutexGuard<'_, Vec<Subscribed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
