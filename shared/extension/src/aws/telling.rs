//! What the bus is told of extensions. A row knows of which revision it was told last: what was cut off before
//! that is told again, under the same id.

use aws_types::SdkConfig;
use event::{EventPublisher, Outgoing, PublishError};
use lambda_kit::{error::ServiceError, planted};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::ExtensionKeeper;
use crate::registry::{Extension, ExtensionState, hex};

/// As many digits of a digest as an event's id has.
const DIGITS: usize = 32;

/// Tells the bus of extensions: `events:PutEvents` on it, and `dynamodb:UpdateItem` on the directory.
#[derive(Debug, Clone)]
pub struct ExtensionTeller {
    bus: EventPublisher,
    keeper: ExtensionKeeper,
}

/// The bus was not told of a change.
#[derive(Debug, thiserror::Error)]
pub enum Untold {
    /// It did not take it.
    #[error("the bus can't be told that an extension changed")]
    Publish(#[from] PublishError),
    /// That it was told can't be noted.
    #[error("that the bus was told of an extension can't be noted")]
    Service(#[from] ServiceError),
    /// The event can't be put together.
    #[error("that an extension changed can't be put into words")]
    Unmakeable,
}

impl ExtensionTeller {
    /// One that tells `bus`, and notes it in `table`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, bus: &str, table: &str) -> Self {
        Self {
            bus: EventPublisher::new(sdk, bus),
            keeper: ExtensionKeeper::new(sdk, table),
        }
    }

    /// Tells the bus how an extension is now, unless it was told.
    pub async fn tell(&self, extension: &Extension) -> Result<(), Untold> {
        if extension.is_told() {
            return Ok(());
        }
        if planted::is_on("extension-noted-as-told-before-it-is") {
            self.keeper.note_told(extension).await?;
        }
        self.publish(extension, state(extension.state)).await?;
        Ok(self.keeper.note_told(extension).await?)
    }

    /// Tells the bus that an extension is gone. Its row will not be there to note that, so that it is told before.
    pub async fn tell_removed(&self, extension: &Extension) -> Result<(), Untold> {
        self.publish(extension, "removed").await
    }

    async fn publish(&self, extension: &Extension, state: &str) -> Result<(), Untold> {
        let event = event(extension, state).to_string();
        let event = Outgoing::new(event).ok_or(Untold::Unmakeable)?;
        let published = self.bus.publish(&[event]).await;
        published
            .into_iter()
            .collect::<Result<(), PublishError>>()?;
        Ok(())
    }
}

/// The event of that state: `events/dev.fairlead.extension.changed.v1`.
fn event(extension: &Extension, state: &str) -> serde_json::Value {
    let Extension {
        tenant,
        name,
        active,
        previous,
        revision,
        created_at,
        ..
    } = extension;
    let digest = Sha256::digest(format!("{tenant}#{name}#{created_at}#{revision}#{state}"));
    let id: String = hex(&digest).chars().take(DIGITS).collect();
    let mut data = json!({
        "tenant_id": tenant, "extension": name, "state": state, "revision": revision,
    });
    for (member, version) in [("active", active), ("previous", previous)] {
        if let (Some(version), Some(data)) = (version, data.as_object_mut()) {
            data.insert(member.to_owned(), version.as_str().into());
        }
    }
    json!({
        "specversion": "1.0",
        "id": format!("evt_{id}"),
        "source": "dev.fairlead.extension",
        "type": "dev.fairlead.extension.changed.v1",
        "subject": name,
        "time": extension.changed_at,
        "datacontenttype": "application/json",
        "data": data,
    })
}

const fn state(state: ExtensionState) -> &'static str {
    match state {
        ExtensionState::Registering => "registering",
        ExtensionState::Active => "active",
        ExtensionState::Disabled => "disabled",
        ExtensionState::Removing => "removing",
    }
}
