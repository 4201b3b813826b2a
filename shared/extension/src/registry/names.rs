//! What is called how of a tenant's own code.

use lambda_kit::config::{ConfigError, Environment};
use sha2::{Digest as _, Sha256};
use tenancy::{ExtensionName, TenantId};

use super::hex;

/// As many characters as a tenant's name has in the name of something of AWS's.
const TENANT: usize = 16;
/// As many as an extension's name has.
const EXTENSION: usize = 15;
/// Where a name was cut: no name of ours has a capital letter.
const CUT: char = 'X';
/// As many digits of its digest as stand in place of what was cut.
const DIGITS: usize = 10;

/// How things are called in AWS: for a stage, by tenants and their extensions. No two have the same name, and
/// none begins as another tenant's do: what a tenant's role may do goes by that.
#[derive(Debug, Clone)]
pub struct Names {
    prefix: String,
    logs: String,
}

impl Names {
    /// Names that begin with `prefix`, such as `fairlead-production-`; groups of logs lie below `logs`.
    #[must_use]
    pub fn new(prefix: impl Into<String>, logs: impl Into<String>) -> Self {
        Self {
            prefix: prefix.into(),
            logs: logs.into(),
        }
    }

    /// Reads `EXTENSION_PREFIX` and `EXTENSION_LOGS`.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        let prefix = environment.required("EXTENSION_PREFIX")?;
        Ok(Self::new(prefix, environment.required("EXTENSION_LOGS")?))
    }

    /// Of a host's function and of its role.
    #[must_use]
    pub fn host(&self, tenant: &TenantId) -> String {
        format!("{}extension-host-{}", self.prefix, of_tenant(tenant))
    }

    /// Of a host's queue. None of the platform's own queues begins so.
    #[must_use]
    pub fn queue(&self, tenant: &TenantId) -> String {
        format!("{}extension-of-{}", self.prefix, of_tenant(tenant))
    }

    /// Of a host's queue in order.
    #[must_use]
    pub fn fifo(&self, tenant: &TenantId) -> String {
        format!("{}.fifo", self.queue(tenant))
    }

    /// Of a host's dead letters.
    #[must_use]
    pub fn dead_letters(&self, tenant: &TenantId) -> String {
        format!("{}-dead", self.queue(tenant))
    }

    /// Of the dead letters of a queue in order, which are in order, too.
    #[must_use]
    pub fn fifo_dead_letters(&self, tenant: &TenantId) -> String {
        format!("{}-dead.fifo", self.queue(tenant))
    }

    /// Of the function of an extension that has one of its own, and of its role. No name of ours has an
    /// underscore: so what follows it is the extension's, and what precedes it the tenant's.
    #[must_use]
    pub fn function(&self, tenant: &TenantId, extension: &ExtensionName) -> String {
        format!(
            "{}{}",
            self.functions(tenant),
            shortened(extension.as_str(), EXTENSION)
        )
    }

    /// How the names of all such functions of a tenant begin, and of no other tenant.
    #[must_use]
    pub fn functions(&self, tenant: &TenantId) -> String {
        format!("{}x-{}_", self.prefix, of_tenant(tenant))
    }

    /// The group of a function's logs.
    #[must_use]
    pub fn log_group(&self, function: &str) -> String {
        let name = function.strip_prefix(&self.prefix).unwrap_or(function);
        format!("{}/{name}", self.logs)
    }
}

fn of_tenant(tenant: &TenantId) -> String {
    shortened(tenant.as_str(), TENANT)
}

/// The name, or what of it fits, with a digest of all of it.
fn shortened(name: &str, longest: usize) -> String {
    if name.len() <= longest {
        return name.to_owned();
    }
    let kept: String = name.chars().take(longest - DIGITS - 1).collect();
    let digest: String = hex(&Sha256::digest(name)).chars().take(DIGITS).collect();
    format!("{kept}{CUT}{digest}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The longest stage there is.
    fn names() -> Names {
        let stage = "s".repeat(20);
        Names::new(format!("fairlead-{stage}-"), format!("/fairlead/{stage}"))
    }

    fn name() -> impl Strategy<Value = String> {
        "[a-z][a-z0-9-]{0,63}"
    }

    proptest! {
        #[test]
        fn every_name_fits_where_it_goes(tenant in name(), extension in name()) {
            let (names, tenant, extension) = (names(), tenant.parse().unwrap(), extension.parse().unwrap());
            prop_assert!(names.host(&tenant).len() <= 64);
            prop_assert!(names.function(&tenant, &extension).len() <= 64);
            prop_assert!(names.fifo_dead_letters(&tenant).len() <= 80);
        }

        #[test]
        fn no_function_of_a_tenant_begins_as_those_of_another(one in name(), other in name(), extension in name()) {
            prop_assume!(one != other);
            let (names, one, other) = (names(), one.parse().unwrap(), other.parse().unwrap());
            let function = names.function(&one, &extension.parse().unwrap());
            prop_assert!(!function.starts_with(&names.functions(&other)));
            prop_assert_ne!(names.host(&one), names.host(&other));
            prop_assert_ne!(names.queue(&one), names.queue(&other));
        }
    }

    #[test]
    fn a_tenant_whose_name_goes_on_as_another_ones_has_functions_of_its_own() {
        let names = names();
        let of = |tenant: &str, extension: &str| {
            names.function(&tenant.parse().unwrap(), &extension.parse().unwrap())
        };
        assert_ne!(of("a", "b-c"), of("a-b", "c"));
        assert!(!of("a-b", "c").starts_with(&names.functions(&"a".parse().unwrap())));
    }
}
