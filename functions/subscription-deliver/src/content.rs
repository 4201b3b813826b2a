//! What is sent, if it may be.

use access::ReceiptId;
use cloudevent::Incoming;
use identity::ProfileId;
use intake::{Body, EventItem, EventKey, about, referring};
use partner::{Recipient, Told, Under};
use serde_json::json;
use subscription::{Delivery, Message, Notice, Subscription};
use tenancy::FieldGroup;

use crate::{App, DeliverError};

/// What there is to send.
#[derive(Debug)]
pub(crate) enum Content {
    /// This, which may be sent.
    Text(String),
    /// Nothing that the partner may have.
    Withheld,
    /// Nothing any more.
    Gone,
    /// The person is being merged or split.
    Later,
}

/// What `delivery` sends as things stand now; whatever of a person is among it is on record by then.
pub(crate) async fn of(
    app: &App,
    subscription: &Subscription,
    delivery: &Delivery,
) -> Result<Content, DeliverError> {
    match &delivery.message {
        Message::Partner { event } => {
            of_partner(app, subscription, delivery, &EventKey::from(event.clone())).await
        }
        // That a partner is to erase what it was given, it is told whatever it may read.
        Message::Fairlead(notice) if notice.erasure_id.is_some() => {
            Ok(Content::Text(text(delivery, notice, notice.profile_id)))
        }
        Message::Fairlead(notice) => {
            let about = Some(notice.profile_id);
            let told = decide(app, subscription, delivery, (about, None)).await?;
            Ok(match told {
                Told::Given(person) => Content::Text(text(delivery, notice, person)),
                Told::Withheld => Content::Withheld,
                Told::Later => Content::Later,
            })
        }
    }
}

async fn of_partner(
    app: &App,
    subscription: &Subscription,
    delivery: &Delivery,
    key: &EventKey,
) -> Result<Content, DeliverError> {
    let Some(item) = app.events.find(key).await? else {
        return Ok(Content::Gone);
    };
    let Some(event) = app.events.body(&item).await? else {
        return Ok(Content::Gone);
    };
    let about = about((&app.identifiers, &app.rules), &item, &event).await?;
    let Ok(about) = about else {
        return Ok(Content::Gone);
    };
    let group = Some(FieldGroup::Events);
    let told = decide(app, subscription, delivery, (about, group)).await?;
    Ok(match told {
        Told::Given(_) => Content::Text(whole(&item, event)),
        Told::Withheld => Content::Withheld,
        Told::Later => Content::Later,
    })
}

/// The event as it is sent, each time alike: of data that was uploaded it says where the API leads to it,
/// which decides anew.
fn whole(item: &EventItem, event: Incoming) -> String {
    match item.body() {
        Body::Uploaded { bytes, .. } => referring(event, item.event.data_path(), bytes).to_json(),
        _ => event.to_json(),
    }
}

async fn decide(
    app: &App,
    subscription: &Subscription,
    delivery: &Delivery,
    (about, group): (Option<ProfileId>, Option<FieldGroup>),
) -> Result<Told, DeliverError> {
    let to = Recipient {
        tenant: &subscription.tenant,
        partner: &subscription.partner,
        purpose: &subscription.purpose,
        agreement: subscription.agreement.as_ref(),
        scopes: &subscription.scopes,
    };
    let receipts = delivery.receipts.as_ref().and_then(receipts);
    let [given, withheld] = receipts.unwrap_or_else(|| new_receipts(app));
    let under = Under {
        given,
        withheld,
        request_id: delivery.delivery_id.as_str(),
    };
    Ok(Box::pin(app.sending.decide(to, about, group, under)).await?)
}

/// Under which receipts a delivery is on record.
pub(crate) fn new_receipts(app: &App) -> [ReceiptId; 2] {
    [(); 2].map(|()| ReceiptId::new(app.ids.uuid()))
}

fn receipts([given, withheld]: &[String; 2]) -> Option<[ReceiptId; 2]> {
    Some([given.parse().ok()?, withheld.parse().ok()?])
}

/// A notice as a CloudEvent. It names the person by the id that they go by now, and nothing of what
/// changed: whoever needs that reads it.
fn text(delivery: &Delivery, notice: &Notice, person: ProfileId) -> String {
    let kind = delivery.kind.as_str();
    let source = if notice.erasure_id.is_some() {
        "dev.fairlead.erasure"
    } else {
        "dev.fairlead.profile"
    };
    let mut data = json!({ "profile_id": person });
    for (name, value) in [
        ("absorbed_id", notice.absorbed_id.map(|id| id.to_string())),
        ("erasure_id", notice.erasure_id.clone()),
    ] {
        if let (Some(value), Some(members)) = (value, data.as_object_mut()) {
            members.insert(name.to_owned(), value.into());
        }
    }
    let event = json!({
        "specversion": "1.0",
        "id": notice.id,
        "source": source,
        "type": kind,
        "time": notice.time,
        "subject": person,
        "datacontenttype": "application/json",
        "data": data,
    });
    event.to_string()
}
