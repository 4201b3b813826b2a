//! Through which runs of a tenant's own code an event came about. Code that caused itself would run for ever:
//! an extension is not given what it caused, and what came about through too many of them is given to none.

use std::iter;

use tenancy::ExtensionName;

/// Through as many runs an event may have come about that is given to code.
pub const MOST_HOPS: u8 = 4;

/// Where the number of runs stands in a `CloudEvent`.
pub const HOPS: &str = "fairleadhops";

/// And where the names stand, with commas between them.
pub const EXTENSIONS: &str = "fairleadextensions";

/// Through how many runs an event came about, and of which extensions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    hops: u8,
    by: Vec<ExtensionName>,
}

impl Chain {
    /// What stands in an event. What is no name there is none of an extension's.
    #[must_use]
    pub fn read(hops: Option<u8>, by: Option<&str>) -> Self {
        let names = by.unwrap_or_default().split(',');
        Self {
            hops: hops.unwrap_or_default(),
            by: names.filter_map(|name| name.parse().ok()).collect(),
        }
    }

    /// Through how many.
    #[must_use]
    pub const fn hops(&self) -> u8 {
        self.hops
    }

    /// Of which, as it stands in an event.
    #[must_use]
    pub fn by(&self) -> String {
        let names: Vec<&str> = self.by.iter().map(ExtensionName::as_str).collect();
        names.join(",")
    }

    /// Whether it came about through `extension`.
    #[must_use]
    pub fn involves(&self, extension: &ExtensionName) -> bool {
        self.by.contains(extension)
    }

    /// Whether it came about through more runs than code is given.
    #[must_use]
    pub const fn is_too_long(&self) -> bool {
        self.hops > MOST_HOPS
    }

    /// That of what `extension` makes of the event.
    #[must_use]
    pub fn after(&self, extension: &ExtensionName) -> Self {
        let is_new = !self.involves(extension);
        let last = iter::once(extension).filter(|_| is_new);
        Self {
            hops: self.hops.saturating_add(1),
            by: self.by.iter().chain(last).cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> ExtensionName {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_written_into_an_event_is_read_from_it() {
        let chain = Chain::default()
            .after(&name("greeter"))
            .after(&name("scorer"));
        assert_eq!((chain.hops(), chain.by().as_str()), (2, "greeter,scorer"));
        assert_eq!(Chain::read(Some(2), Some("greeter,scorer")), chain);
        assert_eq!(Chain::read(None, None), Chain::default());
        assert_eq!(Chain::read(Some(1), Some("A B,,greeter")).by(), "greeter");
    }

    proptest! {
        #[test]
        fn whoever_caused_whom_it_ends(
            order in prop::collection::vec("[a-d]", 1..40),
        ) {
            // Each event is given to whichever extension comes next, as long as it may have it.
            let mut chain = Chain::default();
            let mut runs = 0_u8;
            for next in &order {
                let next = name(next);
                if chain.is_too_long() || chain.involves(&next) {
                    continue;
                }
                chain = chain.after(&next);
                runs += 1;
                prop_assert!(chain.involves(&next));
            }
            prop_assert!(runs <= MOST_HOPS);
        }
    }
}
