//! What of an event each extension of a tenant is given.

use access::ReceiptId;
use cloudevent::{Extension as Attribute, Incoming};
use extension::{
    Carried, Chain, EXTENSIONS, HOPS, RunId, RunKey, RunMessage,
    registry::{Extension, ExtensionState, HostState, Resources},
};
use identity::ProfileId;
use intake::{About, Announcement, Body, EventItem, referring};
use lambda_kit::planted;
use partner::{OwnCode, Told as Decided, Under};
use payload::{Buckets, Format, Pointer};
use serde_json::{Value, value::RawValue, value::to_raw_value};
use tenancy::FieldGroup;

use crate::{
    App, DispatchError,
    parking::{Cause, park},
    sending::Outgoing,
    told::{self, Matter, Told},
};

/// An event as a tenant's code may be given it.
struct Event {
    id: String,
    kind: String,
    about: Option<ProfileId>,
    group: Option<FieldGroup>,
    chain: Chain,
    /// In structured form, for filters and for messages.
    json: Value,
    carried: Carried,
}

/// What is to be sent of `matter`, which a message at the place `from` brought.
pub(crate) async fn give(
    app: &App,
    matter: &Matter,
    from: usize,
) -> Result<Vec<Outgoing>, DispatchError> {
    let Some(registered) = app.registered.of(&matter.tenant).await? else {
        return Ok(Vec::new());
    };
    let kind = matter.event.kind();
    let is_wanted = |extension: &&Extension| {
        let is_for_it = matter
            .only
            .as_ref()
            .is_none_or(|only| *only == extension.name);
        let is_of_its_types = extension
            .events
            .iter()
            .any(|wanted| wanted.as_str() == kind);
        is_for_it && is_of_its_types && extension.state != ExtensionState::Removing
    };
    let wanting: Vec<&Extension> = registered.extensions.iter().filter(is_wanted).collect();
    // Looked at only if somebody wants it: most events nobody does.
    if wanting.is_empty() {
        return Ok(Vec::new());
    }
    let Some(event) = Box::pin(event_of(app, matter, kind)).await? else {
        return Ok(Vec::new());
    };
    let resources = match registered.host.state {
        HostState::Ready => registered.host.resources.as_ref(),
        HostState::Provisioning | HostState::Removing => None,
    };
    let mut all = Vec::new();
    for extension in wanting {
        let given = Box::pin(one(app, matter, &event, extension, resources)).await?;
        all.extend(given.map(|outgoing| Outgoing { from, ..outgoing }));
    }
    Ok(all)
}

/// The event of `matter`, unless nothing is to be told of it.
async fn event_of(
    app: &App,
    matter: &Matter,
    kind: String,
) -> Result<Option<Event>, DispatchError> {
    match &matter.event {
        Told::Announced(announced) => of_partner(app, announced, kind).await,
        Told::Own(event) => {
            let Some(json) = told::as_told(event, &matter.tenant) else {
                return Ok(None);
            };
            Ok(Some(Event {
                id: event.id.clone(),
                kind,
                about: told::person_of(event),
                group: None,
                chain: told::chain_of(event),
                carried: whole(&json),
                json,
            }))
        }
    }
}

async fn of_partner(
    app: &App,
    announced: &Announcement,
    kind: String,
) -> Result<Option<Event>, DispatchError> {
    let key = announced.key().ok_or(DispatchError::NoEvent)?;
    let Some(item) = app.events.find(&key).await? else {
        // It lay among dead letters for too long: an alarm watches the metric.
        app.metrics.count("events_expired", 1);
        return Ok(None);
    };
    let Some(event) = app.events.body(&item).await? else {
        return Ok(None);
    };
    let about = match Box::pin(app.people.find(&item, &event)).await? {
        About::Person(id) => Some(id),
        About::Nobody => None,
        About::Erased => return Ok(None),
        About::Awaited => {
            // It is told of again once they are known.
            app.metrics.count("events_waiting", 1);
            return Ok(None);
        }
    };
    let chain = chain_of(&event);
    let event = match item.body() {
        Body::Uploaded { bytes, .. } => referring(event, item.event.data_path(), bytes),
        _ => event,
    };
    let text = event.to_json();
    let json = serde_json::from_str(&text).map_err(|_| DispatchError::NoEvent)?;
    Ok(Some(Event {
        id: key.digest().to_owned(),
        kind,
        about,
        group: Some(FieldGroup::Events),
        chain,
        carried: carried(app, &item, &json)?,
        json,
    }))
}

fn chain_of(event: &Incoming) -> Chain {
    let hops = match event.extensions.get(HOPS) {
        Some(Attribute::Integer(hops)) => u8::try_from(*hops).unwrap_or(u8::MAX),
        Some(_) => u8::MAX,
        None => 0,
    };
    let by = match event.extensions.get(EXTENSIONS) {
        Some(Attribute::Text(by)) => Some(by.as_str()),
        _ => None,
    };
    Chain::read(Some(hops), by)
}

/// What is larger than a row lies in the bucket, where it is removed if whom it is about is erased: the message
/// points there.
fn carried(app: &App, item: &EventItem, json: &Value) -> Result<Carried, DispatchError> {
    let (Body::Object { key }, Some(bytes)) = (item.body(), item.body_bytes) else {
        return Ok(whole(json));
    };
    let bucket = app.bodies.as_str();
    let uri = format!("s3://{bucket}/{key}");
    let pointer = Pointer::of_uri(&uri, &Buckets::only([bucket]));
    let pointer = pointer.map_err(|_| DispatchError::NoEvent)?;
    Ok(Carried::Claim {
        pointer: pointer.write(Format::default()),
        bytes,
    })
}

fn whole(json: &Value) -> Carried {
    // It was JSON before: nothing in it can fail.
    Carried::Whole(to_raw_value(json).unwrap_or_else(|_| RawValue::NULL.to_owned()))
}

/// What `extension` is given, if it wants it, may have it, and can be reached; what it wants and can't be given
/// now is parked.
async fn one(
    app: &App,
    matter: &Matter,
    event: &Event,
    extension: &Extension,
    resources: Option<&Resources>,
) -> Result<Option<Outgoing>, DispatchError> {
    // Nobody sees what they caused themselves.
    if event.chain.involves(&extension.name) && !planted::is_on("extension-sees-what-it-caused") {
        return Ok(None);
    }
    let run = RunId {
        tenant: matter.tenant.clone(),
        extension: extension.name.clone(),
        event_id: event.id.clone(),
    };
    let queue = match obstacle(app, event, extension, resources).await? {
        Ok(Some(queue)) => queue,
        Ok(None) => return Ok(None),
        Err(cause) => {
            if !planted::is_on("extension-unreachable-dropped") {
                let key = run.row();
                park(&app.parking, matter, (&extension.name, &key), cause).await?;
            }
            app.metrics.count("extension_events_parked", 1);
            return Ok(None);
        }
    };
    let Some(person) = Box::pin(decide(app, event, extension, &run)).await? else {
        app.metrics.count("extension_events_withheld", 1);
        return Ok(None);
    };
    let after = event.chain.after(&extension.name);
    let key = RunKey::of(&app.secret, &run, person, &after);
    let (deduplication, row) = (run.deduplication_id(), run.row());
    let message = RunMessage {
        run,
        event_type: event.kind.clone(),
        person,
        hops: event.chain.hops(),
        by: event.chain.by(),
        key,
        event: event.carried.clone(),
    };
    let group = if extension.ordered {
        message.ordered_group()
    } else {
        extension.name.to_string()
    };
    app.metrics.count("extension_events_dispatched", 1);
    Ok(Some(Outgoing {
        queue_url: queue,
        body: message.to_json(),
        group,
        deduplication: extension.ordered.then_some(deduplication),
        key: row,
        from: 0,
    }))
}

/// Where it is sent; nowhere, if the extension does not want it; or why it can't be.
async fn obstacle(
    app: &App,
    event: &Event,
    extension: &Extension,
    resources: Option<&Resources>,
) -> Result<Result<Option<String>, Cause>, DispatchError> {
    let Ok(filter) = extension.filter() else {
        return Ok(Err(Cause::Unreadable));
    };
    if filter.is_some_and(|filter| !filter.matches(&event.json)) {
        return Ok(Ok(None));
    }
    if extension.state == ExtensionState::Disabled {
        return Ok(Err(Cause::Disabled));
    }
    if event.chain.is_too_long() && !planted::is_on("extension-hops-unlimited") {
        return Ok(Err(Cause::TooManyHops));
    }
    let Some(resources) = resources else {
        return Ok(Err(Cause::NoHost));
    };
    if app.quota.is_used_up(extension).await? {
        return Ok(Err(Cause::OverQuota));
    }
    Ok(match (extension.ordered, &resources.fifo_url) {
        (false, _) => Ok(Some(resources.queue_url.clone())),
        (true, Some(fifo)) => Ok(Some(fifo.clone())),
        (true, None) => Err(Cause::NoOrder),
    })
}

/// Whether the extension may be given it at this moment, which is on record then: whom it is about, by the id that
/// they go by now, or nobody. `None` if it may not.
async fn decide(
    app: &App,
    event: &Event,
    extension: &Extension,
    run: &RunId,
) -> Result<Option<Option<ProfileId>>, DispatchError> {
    let Some(about) = event.about else {
        return Ok(Some(None));
    };
    // Of people nothing is processed without a purpose.
    let Some(purpose) = &extension.purpose else {
        return Ok(None);
    };
    let to = OwnCode {
        tenant: &run.tenant,
        extension: &run.extension,
        purpose,
    };
    let [given, withheld] = [(); 2].map(|()| ReceiptId::new(app.ids.uuid()));
    let request = run.deduplication_id();
    let under = Under {
        given,
        withheld,
        request_id: &request,
    };
    let decided = app.sending.decide_for_code(to, about, event.group, under);
    match Box::pin(decided).await? {
        Decided::Given(person) => Ok(Some(Some(person))),
        Decided::Withheld => Ok(None),
        Decided::Later => Err(DispatchError::Later),
    }
}
