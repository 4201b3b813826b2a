//! Whom an event is about, and where its data lies.

use identity::ProfileId;
use intake::{Body, Erased, EventKey, about};
use lambda_kit::problem::Problem;
use partner::problems;

use crate::App;

/// What is known of an event.
pub(crate) struct Found {
    /// Whom it is about; a new id, which nobody has, where it is about nobody.
    pub(crate) about: ProfileId,
    /// The object that holds its data.
    pub(crate) data: Option<String>,
}

impl Found {
    /// What is known of one that is not there. A profile that does not exist is looked up for it, so
    /// that it is answered, and on record, as one about somebody of whom the partner may not know.
    fn nothing(app: &App) -> Self {
        Self {
            about: ProfileId::new(app.ids.uuid()),
            data: None,
        }
    }
}

/// The event of `key`, if its data was uploaded. One that has its data in itself is as one that is not
/// there: who was told of it has it.
pub(crate) async fn find(app: &App, key: &EventKey) -> Result<Found, Problem> {
    let item = app.events.find(key).await;
    let Some(item) = item.map_err(|error| problems::unavailable(&error))? else {
        return Ok(Found::nothing(app));
    };
    let Body::Uploaded { key: data, .. } = item.body() else {
        return Ok(Found::nothing(app));
    };
    let event = app.events.body(&item).await;
    let Some(event) = event.map_err(|error| problems::unavailable(&error))? else {
        return Ok(Found::nothing(app));
    };
    let about = about((&app.identifiers, &app.rules), &item, &event).await;
    let about = about.map_err(|error| problems::unavailable(&error))?;
    Ok(match about {
        Ok(Some(about)) => Found {
            about,
            data: Some(data),
        },
        Ok(None) | Err(Erased) => Found::nothing(app),
    })
}
