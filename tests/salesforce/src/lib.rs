//! A Salesforce for development and tests: comes in an operator's edit, goes out what AppFlow makes of it
//! on the partner event bus; and back come the outcomes, as the scheduled flow brings them.
//!
//! The parts know of no transport and no time of their own: [`org`] has the records, [`wire`] what is told
//! of a commit, [`rest`] the API by which records are read, [`appflow`] the flows with AppFlow's API, and
//! [`csv_rows`] what becomes of a file of outcomes. [`local`] puts them together on a port of this machine,
//! beside a local stack.

pub mod appflow;
pub mod csv_rows;
pub mod ids;
pub mod kinds;
pub mod local;
pub mod org;
mod page;
pub mod rest;
pub mod wire;
