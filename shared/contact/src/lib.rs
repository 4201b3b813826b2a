//! The contact centre. In comes what Amazon Connect asks of a contact, and what operators configured;
//! out goes whether the queue is open, what is said and where it goes, who is on call, and the answer in
//! the form that Connect reads. It calls nothing, and the moment is passed in.

mod announcement;
mod answer;
mod assignment;
mod caller;
mod configuration;
mod decision;
mod holiday;
mod hours;
mod on_call;
mod question;
mod request;
mod routing;
mod scope;
mod sms;
mod time_of_day;
mod zone;

pub use announcement::Announcement;
pub use answer::{Answer, Form, MOST_BYTES};
pub use assignment::{Assignment, assign};
pub use caller::Caller;
pub use configuration::{Configuration, KINDS};
pub use decision::{Decision, State, decide};
pub use holiday::Holiday;
pub use hours::OpeningHours;
pub use on_call::{Line, Shift, UnknownLine, on_shift};
pub use question::Question;
pub use request::{Request, UnreadableRequest};
pub use routing::Routing;
pub use scope::{Priority, Scope};
pub use sms::{InboundSms, NotAnSms};
pub use time_of_day::{InvalidTimeOfDay, TimeOfDay};
pub use zone::{UnknownZone, Zone};
