//! The house: which functions, queues and rules there are and what feeds what, and how much goes through
//! them, waits there and fails. In comes what the CDK app says of what it deploys, and what CloudWatch
//! counted of it; out come the figures of each part, those that there are.
//!
//! - [`House`] has the parts, each with its [`Kind`], and what each feeds;
//! - [`Measure`] is what is counted of a part, [`Span`] over which time and in which steps;
//! - [`MetricReader`] reads the [`Figures`], by as few calls as it takes.

mod aws;
mod figures;
mod measure;
mod parts;
mod span;

pub use aws::MetricReader;
pub use figures::{Figures, Series};
pub use measure::Measure;
pub use parts::{House, Kind, Part, PartId, UnreadableHouse};
pub use span::{Over, Span, UnknownTime};
