//! Waiting for a condition, never for a time.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Between two looks at something that can only be asked about.
const INTERVAL: Duration = Duration::from_millis(50);

/// How long anything in the flows may take before it counts as lost.
///
/// The longest chain (write, stream, bus, queue, dispatch) takes a few seconds on an idle machine;
/// the rest is for one that compiles beside it.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Asks `look` again and again until it finds something; gives up after `patience` with an error
/// that says what was awaited.
pub fn until<T>(
    what: &str,
    patience: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if started.elapsed() >= patience {
            bail!("waited {} s for {what}, in vain", patience.as_secs());
        }
        thread::sleep(INTERVAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_in_the_end_is_given() {
        let mut looks = 0;
        let found = until("the third look", PATIENCE, || {
            looks += 1;
            Ok((looks == 3).then_some(looks))
        });
        assert_eq!(found.unwrap(), 3);
    }

    #[test]
    fn what_never_comes_is_named() {
        let error = until::<()>("a ship", Duration::ZERO, || Ok(None)).unwrap_err();
        assert_eq!(error.to_string(), "waited 0 s for a ship, in vain");
    }
}
