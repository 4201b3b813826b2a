//! Numbers and connections as pictures. In come series, or what is connected with what; out goes SVG that
//! stands in a page: named and described for whoever hears it, without a style, a script or a colour of
//! its own. How it looks, the page's stylesheet says by the classes of its shapes.
//!
//! A picture never stands alone: whoever shows one shows its numbers as a table beneath.

mod bars;
mod graph;
mod layers;
mod spark;
mod text;

pub use bars::{Bars, Column};
pub use graph::{Graph, Node};
pub use layers::{Cell, Layers, Place};
pub use spark::Spark;
pub use text::escaped;
