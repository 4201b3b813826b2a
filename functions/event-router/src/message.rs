//! Whom a message of an SDK is about, once it is taken over what it says of who they are.

use event::Cause;
use identity::Identifier;
use intake::{EventItem, Whose, customer_identifier, device_identifier, whose_message};
use lambda_kit::planted;
use profile::{
    Assertion, IdentifierRules, MergeError, Pointed, ProfileError, ProfilePatch, Speaker,
};
use segment::{Kind, Person, Subject};

use crate::{App, RouteError, word};

/// Takes over what the message says of who somebody is, and says whose it is. Done twice, it is done
/// once: what is said again changes nothing, and what was said later stays.
pub(crate) async fn whose(
    app: &App,
    item: &EventItem,
    subject: &Subject,
) -> Result<Whose, RouteError> {
    let rules = app.rules.rules().await?;
    if !planted::is_on("message-entered-unheard") {
        take_over(app, item, subject, &rules).await?;
    }
    let whose = whose_message(&app.identifiers, item, &subject.person, &rules).await?;
    match &subject.person {
        Person::Anonymous { anonymous_id } if whose == Whose::Nobody => {
            first_sight(app, item, anonymous_id, &rules).await
        }
        _ => Ok(whose),
    }
}

/// Gives a visitor who was never seen before a profile, whatever kind of message they are seen by.
/// Nothing is known of them but their device: it leads nobody to anybody who is known.
async fn first_sight(
    app: &App,
    item: &EventItem,
    anonymous_id: &str,
    rules: &IdentifierRules,
) -> Result<Whose, RouteError> {
    let Some(device) = device_identifier(anonymous_id, rules) else {
        return Ok(Whose::Nobody);
    };
    let seen = vec![device.clone()];
    say(app, item, seen, ProfilePatch::default(), rules).await?;
    Ok(Whose::from(app.identifiers.find(&device).await?))
}

async fn take_over(
    app: &App,
    item: &EventItem,
    subject: &Subject,
    rules: &IdentifierRules,
) -> Result<(), RouteError> {
    match (subject.kind, &subject.person) {
        (Kind::Identify, person) => identify(app, item, subject, person, rules).await,
        (
            Kind::Alias,
            Person::Renamed {
                user_id,
                previous_id,
            },
        ) => rename(app, item, user_id, previous_id, rules).await,
        _ => Ok(()),
    }
}

/// Takes over identifiers and traits as the partner's word, as `POST /v1/identify` does of a machine.
/// What is no identifier, or nobody's, is left out.
async fn identify(
    app: &App,
    item: &EventItem,
    subject: &Subject,
    person: &Person,
    rules: &IdentifierRules,
) -> Result<(), RouteError> {
    let (user_id, anonymous_id) = match person {
        Person::User {
            user_id,
            anonymous_id,
        } => (Some(user_id), anonymous_id.as_ref()),
        Person::Anonymous { anonymous_id } => (None, Some(anonymous_id)),
        Person::Renamed { .. } => return Ok(()),
    };
    let mut identifiers: Vec<Identifier> = Vec::new();
    identifiers.extend(user_id.and_then(|id| customer_identifier(item, id, rules)));
    identifiers.extend(anonymous_id.and_then(|id| device_identifier(id, rules)));
    let contacts = word::contacts(&subject.traits).into_iter();
    identifiers.extend(contacts.filter(|contact| !rules.blocks(contact)));
    say(app, item, identifiers, word::patch(&subject.traits), rules).await
}

/// Gives somebody who is known by one of the sender's ids, or by a device, another id of the sender's.
/// Two whom the sender knows stay two: its word is no proof that they are one.
async fn rename(
    app: &App,
    item: &EventItem,
    user_id: &str,
    previous_id: &str,
    rules: &IdentifierRules,
) -> Result<(), RouteError> {
    let user = customer_identifier(item, user_id, rules);
    let (Some(user), before) = (user, customer_identifier(item, previous_id, rules)) else {
        return Ok(());
    };
    let now = app.identifiers.find(&user).await?;
    let was = match &before {
        Some(before) => app.identifiers.find(before).await?,
        None => None,
    };
    let identifiers = match (was, &now, before) {
        (Some(Pointed::At(was)), Some(Pointed::At(now)), _) => {
            if was.profile_id != now.profile_id {
                tracing::info!(profile.id = %was.profile_id, profile.other_id = %now.profile_id, "two customers stay apart");
            }
            return Ok(());
        }
        (Some(Pointed::Erased), ..) | (_, Some(Pointed::Erased), _) => return Ok(()),
        (Some(Pointed::At(_)), None, Some(before)) => vec![before, user],
        (_, now, before) => {
            let device = device_identifier(previous_id, rules);
            let is_known = match (&device, now) {
                (_, Some(_)) => true,
                (Some(device), None) => app.identifiers.find(device).await?.is_some(),
                (None, None) => false,
            };
            // Of nobody who is known there is nothing to be said.
            let Some(before) = device.or(before).filter(|_| is_known) else {
                return Ok(());
            };
            vec![user, before]
        }
    };
    say(app, item, identifiers, ProfilePatch::default(), rules).await
}

/// Says it as the sender's word, and makes the two profiles one that turn out to be one person's.
async fn say(
    app: &App,
    item: &EventItem,
    identifiers: Vec<Identifier>,
    traits: ProfilePatch,
    rules: &IdentifierRules,
) -> Result<(), RouteError> {
    if identifiers.is_empty() {
        return Ok(());
    }
    let assertion = Assertion {
        speaker: Speaker::Partner {
            tenant: item.tenant.clone(),
            partner: item.partner.clone(),
        },
        identifiers,
        traits,
        segments: None,
        said_at: Some(item.time),
    };
    let cause = Cause {
        request_id: item.request_id.clone(),
    };
    let identified = app.store.identify(&assertion, rules, &cause).await?;
    let Some(join) = identified.join else {
        return Ok(());
    };
    let grounds = join.grounds(rules);
    match app
        .merger
        .join(join.one, join.other, &grounds, &cause)
        .await
    {
        Ok(_) => Ok(()),
        Err(MergeError::Refused(refusal)) => {
            tracing::info!(%refusal, profile.id = %join.one, profile.other_id = %join.other, "two profiles stay apart");
            Ok(())
        }
        Err(MergeError::Profile(error)) => Err(error.into()),
        Err(MergeError::NoSuchMerge) => Err(ProfileError::Unknown.into()),
    }
}
