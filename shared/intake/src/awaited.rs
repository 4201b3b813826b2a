//! Events that name somebody whom nobody knows yet.

use cloudevent::Incoming;
use identity::{Identifier, ProfileId};
use lambda_kit::error::ServiceError;
use profile::{IdentifierReader, IdentifierRules, ProfileError, RulesReader};
use segment::Person;

use crate::{
    Erased, EventItem, WaitingWriter,
    person::{about, customer_identifier, device_identifier, identifier, message_subject},
};

/// Whom an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// This person.
    Person(ProfileId),
    /// Nobody, and there never will be anybody.
    Nobody,
    /// Somebody whom nobody knows yet: it waits, and is told of again once they are known.
    Awaited,
    /// Somebody who was erased.
    Erased,
}

/// Why it can't be told whom an event is about.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The person can't be read.
    #[error(transparent)]
    Person(#[from] ProfileError),
    /// It can't be kept that the event waits.
    #[error("an event can't be left waiting")]
    Waiting(#[from] ServiceError),
}

/// Finds whom events are about, and lets those wait that name somebody whom nobody knows yet:
/// `dynamodb:GetItem` on the identifiers and the directory, and what [`WaitingWriter`] does.
#[derive(Debug, Clone)]
pub struct PersonFinder {
    identifiers: IdentifierReader,
    rules: RulesReader,
    waiting: WaitingWriter,
}

impl PersonFinder {
    /// A finder over these.
    #[must_use]
    pub const fn new(
        identifiers: IdentifierReader,
        rules: RulesReader,
        waiting: WaitingWriter,
    ) -> Self {
        Self {
            identifiers,
            rules,
            waiting,
        }
    }

    /// Whom `event` is about. Of one that is [awaited](About::Awaited) there is nothing more to be done.
    pub async fn find(&self, item: &EventItem, event: &Incoming) -> Result<About, FindError> {
        let found = self.look(item, event).await?;
        if found != About::Nobody {
            return Ok(found);
        }
        let rules = self.rules.rules().await?;
        let identifiers = awaited(item, event, &rules);
        if !self.waiting.wait(item, &identifiers).await? {
            return Ok(About::Nobody);
        }
        // Of whoever came to be known in between it was told before the event waited.
        Ok(match self.look(item, event).await? {
            About::Nobody => About::Awaited,
            found => found,
        })
    }

    async fn look(&self, item: &EventItem, event: &Incoming) -> Result<About, ProfileError> {
        // Boxed: it reaches deep into the SDK and is kilobytes.
        let about = Box::pin(about((&self.identifiers, &self.rules), item, event));
        Ok(match about.await? {
            Ok(Some(id)) => About::Person(id),
            Ok(None) => About::Nobody,
            Err(Erased) => About::Erased,
        })
    }
}

/// By what somebody may come to be known whom `event` names, if nobody knows them: what is nobody's by
/// `rules` is left out, and so is the id of a profile, which is known from the first or never.
#[must_use]
pub fn awaited(item: &EventItem, event: &Incoming, rules: &IdentifierRules) -> Vec<Identifier> {
    let Some(subject) = message_subject(item, event) else {
        let subject = event.subject.as_deref();
        let is_profile = subject.is_some_and(|subject| subject.parse::<ProfileId>().is_ok());
        let named = identifier(item, event).filter(|each| !is_profile && !rules.blocks(each));
        return named.into_iter().collect();
    };
    let customer = |id: &str| customer_identifier(item, id, rules);
    let device = |id: &str| device_identifier(id, rules);
    let named = match &subject.person {
        Person::User { user_id, .. } => vec![customer(user_id)],
        Person::Anonymous { anonymous_id } => vec![device(anonymous_id)],
        // Whichever of the two ids is known first: by it the other one becomes the same person's.
        Person::Renamed {
            user_id,
            previous_id,
        } => vec![
            customer(user_id),
            customer(previous_id),
            device(previous_id),
        ],
    };
    named.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use lambda_kit::redact::Redacted;
    use segment::{Call, Kind, Limits};
    use serde_json::{Value, json};

    use super::*;

    const DEVICE: &str = "d3b07384-d113-4dec-89ea-a6238ad5ff00";

    fn kept(event: &Incoming) -> EventItem {
        let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
        let now = "2026-01-15T09:00:00Z".parse().unwrap();
        EventItem::new(event, whose, "request-1", "events", now).0
    }

    /// The kinds and normal forms by which `event` waits.
    fn by(event: &Incoming) -> Vec<(String, String)> {
        let rules = IdentifierRules::default();
        let named = awaited(&kept(event), event, &rules).into_iter();
        let said = |each: Identifier| {
            let value: Redacted<String> = each.value();
            (each.kind().to_string(), value.into_inner())
        };
        named.map(said).collect()
    }

    fn event(attributes: &Value) -> Incoming {
        let mut json = json!({
            "specversion": "1.0", "id": "1", "source": "/shops/17",
            "type": "com.example.order.placed.v1", "data": {},
        });
        let members = attributes.as_object().unwrap().clone();
        json.as_object_mut().unwrap().extend(members);
        Incoming::from_json(&json.to_string()).unwrap()
    }

    fn message(kind: Kind, said: &Value) -> Incoming {
        let source = segment::source("harbour", "crm");
        let now = "2026-01-15T09:00:00Z".parse().unwrap();
        let (call, body) = (Call::One(kind), said.to_string());
        let read = segment::read(call, body.as_bytes(), &source, now, &Limits::default()).unwrap();
        read.into_iter().next().unwrap().unwrap()
    }

    fn kinds(by: &[(String, String)]) -> Vec<&str> {
        by.iter().map(|(kind, _)| kind.as_str()).collect()
    }

    #[test]
    fn an_event_waits_for_whom_it_names_by_an_identifier_and_for_no_profile() {
        let named = json!({ "fairleadidentifier": "external:C-17" });
        assert_eq!(kinds(&by(&event(&named))), ["external"]);
        let device = json!({ "fairleadidentifier": format!("anonymous:{DEVICE}") });
        assert_eq!(kinds(&by(&event(&device))), ["anonymous"]);
        let profile = json!({
            "subject": "prf_01010101010171018101010101010101",
            "fairleadidentifier": "external:C-17",
        });
        let order = json!({ "subject": "order 4711" });
        let address = json!({ "fairleadidentifier": "email:jane@example.com" });
        for nobody in [profile, order, address, json!({})] {
            assert!(by(&event(&nobody)).is_empty(), "{nobody}");
        }
    }

    #[test]
    fn a_message_waits_for_its_customer_and_an_alias_for_both_of_its_ids() {
        let track = json!({
            "messageId": "1", "event": "Order placed", "userId": "C-17", "anonymousId": DEVICE,
        });
        let waits = by(&message(Kind::Track, &track));
        assert_eq!(kinds(&waits), ["external"]);
        assert!(waits[0].1.contains("C-17"), "{waits:?}");
        let visit = json!({ "messageId": "2", "anonymousId": DEVICE });
        assert_eq!(kinds(&by(&message(Kind::Page, &visit))), ["anonymous"]);
        let alias = json!({ "messageId": "3", "userId": "C-17", "previousId": DEVICE });
        let waits = by(&message(Kind::Alias, &alias));
        assert_eq!(kinds(&waits), ["external", "external", "anonymous"]);
    }
}
