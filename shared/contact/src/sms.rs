//! Text messages that people send to us, as AWS End User Messaging publishes them
//! (<https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html>).

use lambda_kit::redact::Redacted;
use serde::Deserialize;

/// As long as the id of a message may be.
const LONGEST_ID: usize = 128;

/// A text message that somebody sent. From which number, and what for, is not looked at: nobody further on
/// has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundSms {
    /// By which a repetition is known.
    pub id: String,
    /// What it says.
    pub body: Redacted<String>,
}

/// What was published is no text message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what was published is not a two-way text message")]
pub struct NotAnSms;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    inbound_message_id: String,
    #[serde(default)]
    message_body: Option<Redacted<String>>,
}

impl InboundSms {
    /// Reads a published message.
    pub fn read(message: &str) -> Result<Self, NotAnSms> {
        let payload: Payload = serde_json::from_str(message).map_err(|_| NotAnSms)?;
        let id = payload.inbound_message_id;
        let is_id =
            (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
        if !is_id {
            return Err(NotAnSms);
        }
        Ok(Self {
            id,
            body: payload.message_body.unwrap_or_default(),
        })
    }

    /// Whether it says anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.expose().trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payload() -> serde_json::Value {
        json!({
            "originationNumber": "+14255550182",
            "destinationNumber": "+12125550101",
            "messageKeyword": "JOIN",
            "messageBody": "I am on my way",
            "inboundMessageId": "cae173d2-66b9-564c-8309-21f858e9fb84",
            "previousPublishedMessageId": "wJalrXUtnFEMI-synthetic",
        })
    }

    #[test]
    fn a_message_is_its_id_and_its_words() {
        let sms = InboundSms::read(&payload().to_string()).unwrap();
        assert_eq!(sms.id, "cae173d2-66b9-564c-8309-21f858e9fb84");
        assert_eq!(sms.body.expose(), "I am on my way");
        let printed = format!("{sms:?}");
        assert!(
            !printed.contains("on my way") && !printed.contains("4255550182"),
            "{printed}"
        );
    }

    #[test]
    fn a_message_without_words_is_empty() {
        for body in [json!(null), json!(""), json!(" \n")] {
            let mut payload = payload();
            payload["messageBody"] = body;
            assert!(InboundSms::read(&payload.to_string()).unwrap().is_empty());
        }
    }

    #[test]
    fn what_has_no_id_of_a_message_is_none() {
        let long = "x".repeat(LONGEST_ID + 1);
        for id in [json!(null), json!(""), json!("a b"), json!(17), json!(long)] {
            let mut payload = payload();
            payload["inboundMessageId"] = id;
            assert_eq!(InboundSms::read(&payload.to_string()), Err(NotAnSms));
        }
        for message in ["", "STOP", "[]", "{}", "\"text\""] {
            assert_eq!(InboundSms::read(message), Err(NotAnSms));
        }
    }
}
