//! What is sent, if it may be.

use access::ReceiptId;
use cloudevent::Incoming;
use erasure::ErasureNotice;
use identity::{ErasureId, ProfileId};
use intake::{Body, EventItem, EventKey, about, referring};
use jiff::Timestamp;
use partner::{Recipient, Told, Under};
use serde_json::{Value, json};
use subscription::{Delivery, Disablement, Message, Notice, Subscription};
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
        Message::Disabled(disablement) => Ok(Content::Text(of_disabled(delivery, disablement))),
        Message::Fairlead(notice) if notice.erasure_id.is_some() => {
            of_erasure(app, subscription, delivery, notice).await
        }
        Message::Fairlead(notice) => {
            let about = Some(notice.profile_id);
            let told = decide(app, subscription, delivery, (about, None)).await?;
            Ok(match told {
                Told::Given(person) => Content::Text(of_change(delivery, notice, person)),
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

/// That the partner is to erase somebody, it is told whatever it may read: what it would find now if it
/// asked, which is its own, and nothing once it has acknowledged.
async fn of_erasure(
    app: &App,
    subscription: &Subscription,
    delivery: &Delivery,
    notice: &Notice,
) -> Result<Content, DeliverError> {
    let id: Option<ErasureId> = notice.erasure_id.as_ref().and_then(|id| id.parse().ok());
    let Some(id) = id else {
        return Ok(Content::Gone);
    };
    let (tenant, partner) = (&subscription.tenant, &subscription.partner);
    let told = app.recipients.unacknowledged(&id, tenant, partner).await?;
    Ok(told.map_or(Content::Gone, |told| {
        let about = ("dev.fairlead.erasure", id.as_str());
        let data = json!(ErasureNotice::from(&told));
        Content::Text(text(delivery, (&notice.id, notice.time), about, &data))
    }))
}

/// That somebody changed. It names them by the id that they go by now, and nothing of what changed:
/// whoever needs that reads it.
fn of_change(delivery: &Delivery, notice: &Notice, person: ProfileId) -> String {
    let mut data = json!({ "profile_id": person });
    if let (Some(absorbed), Some(members)) = (notice.absorbed_id, data.as_object_mut()) {
        members.insert("absorbed_id".to_owned(), absorbed.to_string().into());
    }
    let person = person.to_string();
    let about = ("dev.fairlead.profile", person.as_str());
    text(delivery, (&notice.id, notice.time), about, &data)
}

/// That another subscription of the partner was disabled. It is about no person: there is nothing to
/// decide on.
fn of_disabled(delivery: &Delivery, disablement: &Disablement) -> String {
    let mut data = json!({
        "subscription_id": disablement.subscription_id,
        "disabled_because": disablement.because,
    });
    if let (Some(since), Some(members)) = (disablement.failing_since, data.as_object_mut()) {
        members.insert("failing_since".to_owned(), since.to_string().into());
    }
    let subscription = disablement.subscription_id.as_str();
    let about = ("dev.fairlead.subscription", subscription);
    text(delivery, (&disablement.id, disablement.at), about, &data)
}

/// Something that happened as a CloudEvent of a source about a subject.
fn text(
    delivery: &Delivery,
    (id, time): (&str, Timestamp),
    (source, subject): (&str, &str),
    data: &Value,
) -> String {
    let event = json!({
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": delivery.kind.as_str(),
        "time": time,
        "subject": subject,
        "datacontenttype": "application/json",
        "data": data,
    });
    event.to_string()
}
