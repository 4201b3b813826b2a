//! What Amazon Connect asks, and what people send by text message.

use std::sync::OnceLock;

use contact::{Answer, Configuration, InboundSms, MOST_BYTES, Question, Request, decide};
use jiff::Timestamp;
use serde_json::{Value, json, value::RawValue};

use super::{Parser, Target, text, told};

pub(super) static TARGETS: [Target; 3] = [
    Target::new("connect-request", request),
    Target::new("contact-records", records),
    Target::new("inbound-sms", sms),
];

/// Hours, a holiday and an announcement, for whatever is asked.
fn configured() -> &'static Configuration {
    static CONFIGURED: OnceLock<Configuration> = OnceLock::new();
    CONFIGURED.get_or_init(|| {
        let hours = json!({
            "name": "Office", "days": ["mon", "fri"], "opens": "22:00", "closes": "06:00",
            "time_zone": "Europe/Berlin",
        });
        let holiday = json!({ "name": "A day", "from": "2026-02-28", "every_year": true, "countries": ["DE"] });
        let announcement = json!({ "name": "a", "language": "de-CH", "text": "Guten Tag" });
        Configuration::read([
            ("opening-hours", &hours),
            ("holiday", &holiday),
            ("announcement", &announcement),
        ])
    })
}

/// Whatever is asked has an answer that Connect takes, at whatever moment.
fn request() -> Parser {
    Box::new(|input| {
        let event: Result<Box<RawValue>, _> = serde_json::from_slice(input);
        let Ok(event) = event else {
            return "no event".to_owned();
        };
        let request = Request::read(&event);
        let Ok(asked) = &request else {
            return told(&request);
        };
        let (question, ignored) = asked.question(Timestamp::UNIX_EPOCH);
        let decision = decide(configured(), &question);
        let answer = Answer::new(asked.form())
            .text("state", decision.state.as_str())
            .maybe("queue", question.queues.first())
            .maybe("opens", decision.opens.map(|at| at.to_string()))
            .list("ignored", &ignored);
        let sent = answer.into_json();
        assert!(
            sent.to_string().len() <= MOST_BYTES,
            "an answer is too long"
        );
        format!("{:?} {:?} {}", asked.form(), decision.state, ignored.len())
    })
}

/// Whatever stands in a record, a contact is decided on.
fn records() -> Parser {
    Box::new(|input| {
        let records: Value = serde_json::from_slice(input).unwrap_or_default();
        let records = records.as_object().into_iter().flatten();
        let records = records.map(|(kind, record)| (kind.as_str(), record));
        let configuration = Configuration::read(records);
        let now = Timestamp::constant(1_772_323_200, 0);
        let decision = decide(&configuration, &Question::at(now));
        let opens = decision.opens.is_some();
        format!(
            "{} {:?} {opens}",
            configuration.unreadable(),
            decision.state
        )
    })
}

fn sms() -> Parser {
    Box::new(|input| told(&InboundSms::read(&text(input))))
}
