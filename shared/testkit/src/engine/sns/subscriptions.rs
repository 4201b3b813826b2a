//! Who is subscribed to topics.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, MutexGuard, PoisonError},
};

use http::StatusCode;
use serde_json::Value;

use super::{Refusal, field, invalid, is_e164, topic};
use crate::{
    call::members,
    engine::{
        answer,
        names::{ACCOUNT, REGION},
    },
};

/// As many subscriptions as are listed at once. AWS lists a hundred; with fewer there are pages in tests.
const PAGE: usize = 2;
const ID_MAKER: u32 = 0x50_5b00;

/// That somebody gets what is published to a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// What SNS calls it.
    pub arn: String,
    /// The topic's name.
    pub topic: String,
    /// How they get it: `email`, `sms`.
    pub protocol: String,
    /// Where.
    pub endpoint: String,
    /// What else was said of it: `FilterPolicy`.
    pub attributes: BTreeMap<String, String>,
}

#[derive(Default)]
pub(super) struct Subscriptions(Mutex<State>);

#[derive(Default)]
struct State {
    all: Vec<Subscription>,
    /// How many there have been: whoever is subscribed again has another ARN than before.
    made: usize,
}

impl Subscriptions {
    /// In the order in which they came.
    pub(super) fn all(&self) -> Vec<Subscription> {
        self.state().all.clone()
    }

    /// The ARN of what is there from then on. Who is subscribed already stays so, and can't be subscribed
    /// otherwise (<https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>).
    pub(super) fn put(
        &self,
        topic: &str,
        (protocol, endpoint): (&str, &str),
        attributes: BTreeMap<String, String>,
    ) -> Result<String, Refusal> {
        let mut state = self.state();
        let same = |one: &&Subscription| {
            one.topic == topic && one.protocol == protocol && one.endpoint == endpoint
        };
        if let Some(one) = state.all.iter().find(same) {
            return if one.attributes == attributes {
                Ok(one.arn.clone())
            } else {
                Err(invalid(
                    "Attributes Reason: Subscription already exists with different attributes",
                ))
            };
        }
        state.made += 1;
        let id = answer::numbered_id(ID_MAKER, state.made);
        let arn = format!("arn:aws:sns:{REGION}:{ACCOUNT}:{topic}:{id}");
        state.all.push(Subscription {
            arn: arn.clone(),
            topic: topic.to_owned(),
            protocol: protocol.to_owned(),
            endpoint: endpoint.to_owned(),
            attributes,
        });
        drop(state);
        Ok(arn)
    }

    pub(super) fn subscribe(&self, input: &Value) -> Result<String, Refusal> {
        let topic = topic(field(input, "TopicArn").unwrap_or_default())?;
        let (Some(protocol), Some(endpoint)) = (field(input, "Protocol"), field(input, "Endpoint"))
        else {
            return Err(invalid("Protocol or Endpoint"));
        };
        if protocol == "sms" && !is_e164(endpoint) {
            return Err(invalid("Endpoint"));
        }
        let attributes = members(input, "Attributes")
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        let arn = self.put(topic, (protocol, endpoint), attributes.collect())?;
        Ok(format!("<SubscriptionArn>{arn}</SubscriptionArn>"))
    }

    /// That there is no such subscription is as good.
    pub(super) fn unsubscribe(&self, input: &Value) -> Result<String, Refusal> {
        let arn = field(input, "SubscriptionArn").unwrap_or_default();
        if !arn.starts_with("arn:aws:sns:") {
            return Err(invalid("SubscriptionArn"));
        }
        self.state().all.retain(|one| one.arn != arn);
        Ok(String::new())
    }

    pub(super) fn list(&self, input: &Value) -> Result<String, Refusal> {
        let topic = topic(field(input, "TopicArn").unwrap_or_default())?;
        let from = field(input, "NextToken").map_or(Ok(0), str::parse);
        let from: usize = from.map_err(|_| -> Refusal {
            let message = "Invalid parameter: NextToken".to_owned();
            (StatusCode::BAD_REQUEST, "InvalidParameter", message)
        })?;
        let state = self.state();
        let mut left = state.all.iter().filter(|one| one.topic == topic).skip(from);
        let mut list = String::from("<Subscriptions>");
        for one in left.by_ref().take(PAGE) {
            let Subscription {
                arn,
                protocol,
                endpoint,
                ..
            } = one;
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
        drop(state);
        Ok(list)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
