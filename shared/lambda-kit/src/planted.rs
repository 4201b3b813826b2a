//! Bugs that the test harness plants on purpose, to show that it finds them.
//!
//! Without the feature `planted-bugs` [`is_on`] is a constant `false`, and the compiler removes
//! the branch.

#[cfg(feature = "planted-bugs")]
mod switch {
    use std::cell::Cell;

    thread_local! { static ON: Cell<Option<&'static str>> = const { Cell::new(None) }; }

    /// Whether the bug of this name is planted on this thread.
    #[must_use]
    pub fn is_on(name: &str) -> bool {
        ON.get() == Some(name)
    }

    /// Plants one bug on this thread, or none.
    pub fn plant(name: Option<&'static str>) {
        ON.set(name);
    }
}

#[cfg(feature = "planted-bugs")]
pub use switch::{is_on, plant};

/// Whether the bug of this name is planted: never, in this build.
#[cfg(not(feature = "planted-bugs"))]
#[must_use]
pub const fn is_on(_name: &str) -> bool {
    false
}
