//! Writing how far mending is, and telling people.

use flow::{Breaker, Saved, message};
use lambda_kit::{error::ServiceError, planted};

use crate::App;

/// Writes `next`, and tells people what it says that they are to be told. `None` if another run wrote
/// before: then the flow is that run's.
pub(crate) async fn settle(app: &App, next: Breaker) -> Result<Option<Breaker>, ServiceError> {
    match app.breakers.save(&next).await? {
        Saved::Overtaken => Ok(None),
        Saved::Done => tell(app, next).await.map(Some),
    }
}

/// Tells people what they are still to be told. Who is cut off after that tells it once more, under the same
/// key; nobody is cut off before it without the row saying so.
pub(crate) async fn tell(app: &App, breaker: Breaker) -> Result<Breaker, ServiceError> {
    let Some(notice) = breaker.untold() else {
        return Ok(breaker);
    };
    let told = breaker.having_told(notice);
    if planted::is_on("broken-flow-noted-as-told-before-it-is") {
        app.breakers.save(&told).await?;
    }
    let message = message::of(&breaker, notice);
    let key = breaker.notice_key(notice);
    app.support.tell(&message, &key).await?;
    // Whoever wrote meanwhile will tell again, under the same key.
    app.breakers.save(&told).await?;
    Ok(told)
}
