//! What partners want to be told by webhooks, and how far each message to them is. In come a
//! partner's wishes and what came of calling it; out go rows of the tables `subscriptions` and
//! `deliveries`, each of which is written over only by who saw it as it stood.

mod aws;
mod delivery;
mod ids;
mod kinds;
mod message;
pub mod problems;
mod secret;
mod subscription;

pub use aws::{
    DeliveryLog, DeliveryPage, DeliveryQueue, DeliveryStore, DueReader, Line, OutcomeWriter, Put,
    StoreError, SubscriptionLister, SubscriptionRemover, SubscriptionStore, Ticket,
};
pub use delivery::{Attempt, Claim, Delivery, DeliveryState, End, Outcome};
pub use ids::{DeliveryId, InvalidId, SubscriptionId};
pub use kinds::{InvalidKind, Kind};
pub use message::{Disablement, Message, Notice};
pub use secret::{SecretSource, Secrets};
pub use subscription::{Because, MOST, State, Subscription, Wanted, Whose};
