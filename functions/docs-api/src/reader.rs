//! Who reads the description, and what they can use of the API.

use serde_json::Value;
use tenancy::TenantId;
use token::{Machine, Principal, Scopes, Verified};

/// Where the description has the route that lists a tenant's types of events.
const EVENT_TYPES: &str = "/paths/~1v1~1event-types/get";

/// A caller, as the description's security schemes name them.
#[derive(Debug)]
pub(crate) struct Reader {
    schemes: &'static [&'static str],
    scopes: Scopes,
    passes_authorizer: bool,
    tenant: Option<TenantId>,
    machine: Option<Machine>,
}

impl Reader {
    /// Somebody without a token.
    pub(crate) fn stranger() -> Self {
        Self {
            schemes: &[],
            scopes: Scopes::default(),
            passes_authorizer: false,
            tenant: None,
            machine: None,
        }
    }

    /// Whom a token speaks for, and whether the API's authorizer takes it.
    pub(crate) fn of(verified: &Verified, passes_authorizer: bool) -> Self {
        let schemes: &[&str] = match verified.principal() {
            Principal::Person(_) => &["person"],
            // Whoever sends events for a partner has its keys and secrets, too.
            Principal::Machine(machine) if machine.agreement.is_some() => {
                &["machine", "any_machine", "write_key", "signature"]
            }
            Principal::Machine(_) => &["any_machine", "write_key", "signature"],
            Principal::Operator(operator) if operator.person.is_some() => &["operator", "person"],
            Principal::Operator(_) => &["operator"],
            Principal::Nobody => &[],
        };
        let (tenant, machine) = match verified.principal() {
            Principal::Machine(machine) => (Some(machine.tenant.clone()), Some(machine.clone())),
            Principal::Operator(operator) => (operator.tenant.clone(), None),
            Principal::Person(_) | Principal::Nobody => (None, None),
        };
        Self {
            schemes,
            scopes: verified.scopes().clone(),
            passes_authorizer,
            tenant,
            machine,
        }
    }

    /// The machine that asks, if it is one.
    pub(crate) const fn machine(&self) -> Option<&Machine> {
        self.machine.as_ref()
    }

    /// Whose types of events this caller may list by the route for it, if they may.
    pub(crate) fn lists_event_types_of(&self, description: &Value) -> Option<&TenantId> {
        let route = description.pointer(EVENT_TYPES)?;
        self.tenant.as_ref().filter(|_| self.may_call(route))
    }

    /// Whether this caller may call `operation`: the authorizer has to let them through, if it has one,
    /// and one of its requirements has to be met, if there are any.
    pub(crate) fn may_call(&self, operation: &Value) -> bool {
        let Some(requirements) = operation.get("security").and_then(Value::as_array) else {
            return false;
        };
        if is_behind_authorizer(operation) && !self.passes_authorizer {
            return false;
        }
        requirements.is_empty() || requirements.iter().any(|each| self.meets(each))
    }

    /// Whether this caller is among those whom the tag `tag` names.
    pub(crate) fn is_among(&self, tag: &str) -> bool {
        let schemes: &[&str] = match tag {
            "people" => &["person"],
            "partners" => &["machine", "any_machine", "write_key", "signature"],
            "operators" => &["operator"],
            _ => return true,
        };
        self.schemes.iter().any(|scheme| schemes.contains(scheme))
    }

    fn meets(&self, requirement: &Value) -> bool {
        let mut schemes = requirement.as_object().into_iter().flatten();
        schemes.all(|(scheme, scopes)| {
            let mut scopes = scopes.as_array().into_iter().flatten();
            let is_granted =
                |scope: &Value| scope.as_str().is_some_and(|scope| self.scopes.allow(scope));
            self.schemes.contains(&scheme.as_str()) && scopes.all(is_granted)
        })
    }
}

/// Whether API Gateway looks at the token first: then a refusal may be a message of its own.
fn is_behind_authorizer(operation: &Value) -> bool {
    let message = "/responses/401/content/application~1json";
    operation.pointer(message).is_some()
}
