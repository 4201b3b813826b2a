//! What is asked of AWS: seals, and where code lies.

mod objects;
mod seals;

pub use self::{
    objects::{CodeReader, CompiledWriter, Stored},
    seals::{CodeOpener, CodeSealer, OpenError},
};
