//! Texts that name somebody or something: identifiers, ids, names, places to go on from.

use std::{fmt::Display, str::FromStr};

use audience::{Audience, Binding, Filter};
use identity::{
    AnonymousId, CognitoSub, Email, ErasureId, ExternalId, IdentifierKey, LoginId, MergeId,
    PhoneNumber, ProfileId, Social,
};
use intake::EventTypeName;
use lambda_kit::config::Environment;
use serde_json::{Value, json};
use tenancy::{AppClientId, DisplayName, PartnerClientId, PartnerId, TextVersion};

use super::{Parser, Target, events::now, text, told};

pub(super) static TARGETS: [Target; 7] = [
    Target::new("email", email),
    Target::new("phone", phone),
    Target::new("identifiers", identifiers),
    Target::new("ids", ids),
    Target::new("names", names),
    Target::new("places", places),
    Target::new("feed-cursor", feed_cursor).with(given_out),
];

/// The normal form of an address is its own.
fn email() -> Parser {
    Box::new(|input| {
        let read: Result<Email, _> = text(input).parse();
        if let Ok(email) = &read {
            let again: Result<Email, _> = email.as_str().parse();
            assert!(again.as_ref() == Ok(email), "another normal form");
        }
        told(&read)
    })
}

fn phone() -> Parser {
    Box::new(|input| {
        let read: Result<PhoneNumber, _> = text(input).parse();
        if let Ok(phone) = &read {
            let again: Result<PhoneNumber, _> = phone.as_str().parse();
            assert!(again.as_ref() == Ok(phone), "another normal form");
        }
        told(&read)
    })
}

fn identifiers() -> Parser {
    Box::new(|input| {
        let text = text(input);
        let external = ExternalId::new("harbour", "crm", &text);
        let social = Social::read(&text);
        if let Ok(social) = &social {
            assert!(Social::read(social.as_str()).as_ref() == Ok(social));
        }
        let anonymous: Result<AnonymousId, _> = text.parse();
        let sub: Result<CognitoSub, _> = text.parse();
        let answers = [told(&external), told(&social), told(&anonymous), told(&sub)];
        answers.join(" ")
    })
}

/// What an id shows reads back as it.
fn reads_back<T: FromStr + Display>(text: &str) -> bool {
    let Ok(read) = text.parse::<T>() else {
        return false;
    };
    let shown = read.to_string();
    let again = shown.parse::<T>().ok().map(|again| again.to_string());
    assert_eq!(again, Some(shown), "it does not read back");
    true
}

fn ids() -> Parser {
    Box::new(|input| {
        let text = text(input);
        let answers = [
            reads_back::<ProfileId>(&text),
            reads_back::<MergeId>(&text),
            reads_back::<ErasureId>(&text),
            reads_back::<access::ReceiptId>(&text),
            reads_back::<consent::DecisionId>(&text),
            reads_back::<AppClientId>(&text),
            reads_back::<PartnerClientId>(&text),
            text.parse::<LoginId>().is_ok(),
        ];
        format!("{answers:?}")
    })
}

fn names() -> Parser {
    Box::new(|input| {
        let text = text(input);
        let answers = [
            reads_back::<PartnerId>(&text),
            reads_back::<Audience>(&text),
            reads_back::<EventTypeName>(&text),
            text.parse::<TextVersion>().is_ok(),
            text.parse::<DisplayName>().is_ok(),
            text.parse::<consent::Language>().is_ok(),
            text.parse::<profile::Country>().is_ok(),
            text.parse::<profile::Claimant>().is_ok(),
            text.parse::<dataset::DatasetName>().is_ok(),
            text.parse::<dataset::Version>().is_ok(),
            text.parse::<access::ReasonText>().is_ok(),
            text.parse::<access::Reason>().is_ok(),
        ];
        format!("{answers:?}")
    })
}

fn places() -> Parser {
    Box::new(|input| {
        let text = text(input);
        let answers = [
            reads_back::<profile::TimelinePlace>(&text),
            text.parse::<profile::LogPlace>().is_ok(),
            text.parse::<access::Cursor>().is_ok(),
            reads_back::<access::SummaryCursor>(&text),
            text.parse::<dataset::Cursor>().is_ok(),
        ];
        format!("{answers:?}")
    })
}

/// The question that cursors are tried for.
fn question() -> Binding {
    let environment = Environment::from_pairs([("IDENTIFIER_KEY", "k".repeat(32))]);
    let key = IdentifierKey::from_environment(&environment).expect("it is long enough");
    let partner: PartnerId = "chandlery".parse().expect("it is a partner");
    let audience: Audience = "harbour#newsletter".parse().expect("it is an audience");
    Binding::new(&key, &partner, &audience, &Filter::default())
}

/// Cursors that a partner was given: a change of theirs is found in the tag, the place or the text.
fn given_out() -> Vec<Vec<u8>> {
    let places = [
        json!({ "shard": 0 }),
        json!({ "at": now(), "numbers": [0, 1, 2, 3, 4, 5, 6, u64::MAX] }),
    ];
    let question = question();
    let cursors = places.iter().map(|place| question.seal(place).into_bytes());
    cursors.collect()
}

fn feed_cursor() -> Parser {
    let (binding, filter) = (question(), Filter::default());
    Box::new(move |input| {
        // As it comes, and as what it would be if we had given it out.
        let sealed = serde_json::from_slice(input).map(|place: Value| binding.seal(&place));
        let answers = [text(input).into_owned(), sealed.unwrap_or_default()].map(|text| {
            let place = binding.place(&text, &filter);
            format!(
                "{} {}",
                told(&place),
                told(&binding.positions(&text, now()))
            )
        });
        answers.join(" ")
    })
}
