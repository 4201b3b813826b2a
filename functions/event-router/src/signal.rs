//! What a visitor's browser says of sale and sharing.

use event::Cause;
use identity::ProfileId;
use intake::EventItem;
use lambda_kit::planted;

use crate::{App, RouteError};

/// Withdraws what the Global Privacy Control of the browser that sent the message forbids, for whoever the
/// message is about. Without the signal it costs nothing.
pub(crate) async fn honour(
    app: &App,
    item: &EventItem,
    member: ProfileId,
) -> Result<(), RouteError> {
    if !item.gpc {
        return Ok(());
    }
    let cause = Cause {
        request_id: item.request_id.clone(),
    };
    // The signal is as old as the message, which may have waited.
    let said_at = item.accepted_at;
    let honoured = app.gpc.honour_later(member, &item.tenant, said_at, &cause);
    match honoured.await {
        Err(_) if planted::is_on("visitors-signal-swallowed") => Ok(()),
        honoured => honoured.map_err(RouteError::from),
    }
}
