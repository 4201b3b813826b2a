//! Telling people of events, where the tenant has a rule for it.

use identity::ProfileId;
use intake::EventItem;
use lambda_kit::planted;
use notification::EventNotice;
use tenancy::{DefinitionState, NotificationRule};

use crate::{App, RouteError};

/// Puts a notice of the event into the queue, if there is a rule for its type: what becomes of it is
/// decided when it is taken out. Done twice, it is told once.
pub(crate) async fn tell(app: &App, item: &EventItem, member: ProfileId) -> Result<(), RouteError> {
    // What SDKs send has types that are no tenant's.
    let Ok(event_type) = item.kind.parse() else {
        return Ok(());
    };
    let rule = app
        .notification_rules
        .find(&item.tenant, &item.kind)
        .await?;
    let is_active = |rule: &NotificationRule| rule.state() == DefinitionState::Active;
    if !(*rule).as_ref().is_some_and(is_active) {
        return Ok(());
    }
    let mut notice = EventNotice {
        tenant: item.tenant.clone(),
        event_type,
        event: item.event.to_string(),
        profile_id: member,
        at: item.time.min(item.accepted_at),
        request_id: item.request_id.clone(),
    };
    if let Some(body) = item.body.as_ref()
        && planted::is_on("notice-tells-the-event")
    {
        notice.request_id.clone_from(body.expose());
    }
    app.notices.send(&notice).await?;
    app.metrics.count("notices_queued", 1);
    Ok(())
}
