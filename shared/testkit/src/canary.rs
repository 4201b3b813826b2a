//! Checks that the executables' tests share: nothing printed tells who a person is, and a missing
//! variable is named.

use std::path::Path;

use crate::{
    engine::variables,
    runtime_host::{RuntimeHost, StartError},
};

/// What nothing that is printed or returned as an error may contain, in lower case. Tests put these
/// into every personal detail of what they send.
pub const MARKERS: [&str; 3] = ["canary", "30901820", "1903-02-01"];

/// Checks that no text bears a marker.
///
/// # Panics
/// If one does.
pub fn assert_discreet<'a>(texts: impl IntoIterator<Item = &'a String>) {
    for text in texts {
        let lower = text.to_lowercase();
        for marker in MARKERS {
            assert!(!lower.contains(marker), "{marker} is in {text}");
        }
    }
}

/// Checks that the executable does not start without any one of `names`, and says which it lacks.
///
/// # Panics
/// If it starts, or does not say it.
pub fn assert_names_what_is_missing<const N: usize>(
    executable: impl AsRef<Path>,
    names: [&str; N],
) {
    for missing in names {
        let mut environment = variables(names);
        environment.retain(|(name, _)| name != missing);
        let Err(StartError::Ended { output, .. }) = RuntimeHost::start(&executable, environment)
        else {
            panic!("it started without {missing}");
        };
        assert!(output.contains(missing), "{output}");
    }
}
