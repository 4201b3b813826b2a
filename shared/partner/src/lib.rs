//! How partners read. In comes a partner's request, whose token says who asks; out goes, of each
//! person that it is about, what agreement and consent allow, once the receipt is on record. Every
//! function that answers partners goes this way. What is sent to them unasked is decided likewise, right
//! before it is sent, and so is what people of ours see who serve somebody.

mod answer;
mod asker;
mod asking;
#[cfg(feature = "openapi")]
pub mod description;
mod desk;
mod gate;
pub mod problems;
mod repeating;
mod sending;
mod subject;

pub use answer::{Answer, Given, Withheld};
pub use asker::Asker;
pub use asking::Asking;
pub use desk::Desk;
pub use gate::Gate;
pub use sending::{OwnCode, Recipient, Sending, SendingError, Told, Under};
pub use subject::Subject;
