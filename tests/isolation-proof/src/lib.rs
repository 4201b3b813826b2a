//! Tenants whose own code runs on events with a marker of their tenant in every field: through dispatch, hosts and
//! what is made of answers, in histories at random with crashes and failing calls. Nothing of a tenant may be seen
//! by another one's code, queues, rows, results or logs; and the roles of hosts open nothing outside their tenant.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test harness"
)]

pub mod cast;
pub mod history;
pub mod policy;
pub mod roles;
pub mod seen;
