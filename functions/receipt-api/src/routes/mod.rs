//! The routes, by who may call them.

pub(crate) mod operators;
pub(crate) mod people;

/// As many receipts as a page has.
const PAGE: usize = 50;
