//! Passwords that let nobody in.

use std::{
    fmt::{self, Write},
    sync::Arc,
};

use lambda_kit::{Retry, error::ServiceError, redact::Redacted};

/// Passwords that nobody knows, passed in.
#[derive(Clone)]
pub struct PasswordSource(Arc<dyn Fn() -> Option<[u8; 32]> + Send + Sync>);

impl PasswordSource {
    /// Passwords of the operating system's randomness.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|| {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).ok()?;
            Some(bytes)
        })
    }

    /// Passwords of 32 bytes that `random` makes, if it can.
    pub fn from_fn(random: impl Fn() -> Option<[u8; 32]> + Send + Sync + 'static) -> Self {
        Self(Arc::new(random))
    }

    /// The next password; it satisfies each of Cognito's policies.
    pub(super) fn password(&self) -> Result<Redacted<String>, ServiceError> {
        let random = (self.0)().ok_or_else(|| ServiceError {
            operation: "getrandom",
            code: "NoRandomness".to_owned(),
            retry: Retry::MayHelp,
        })?;
        // One of each kind of character that a policy can ask for.
        let begin = "Aa1!".to_owned();
        Ok(Redacted::new(random.iter().fold(begin, |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })))
    }
}

impl fmt::Debug for PasswordSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordSource")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_new_each_time_and_never_printed() {
        let passwords = PasswordSource::from_fn(|| Some([7; 32]));
        let password = passwords.password().unwrap();
        assert_eq!(password.expose(), &format!("Aa1!{}", "07".repeat(32)));
        assert_eq!(
            format!("{passwords:?} {password:?}"),
            "PasswordSource [redacted]"
        );
    }
}
