//! The routes, laid out as the URL tree.

pub(crate) mod datasets;
pub(crate) mod one;
