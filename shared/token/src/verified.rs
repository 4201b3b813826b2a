//! What a handler learns of a token, and may ask of it.

use lambda_kit::problem::Problem;

use crate::{
    Cause,
    claims::Claims,
    clients::OwnClients,
    principal::{Machine, Operator, Person, Principal},
    scopes::Scopes,
};

/// A token that holds. There is no other way to one than by its verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    principal: Principal,
    scopes: Scopes,
    client_id: String,
}

impl Verified {
    pub(crate) fn read(claims: &Claims, own: &OwnClients) -> Result<Self, Cause> {
        let client_id = claims.client_id()?;
        let scopes = Scopes::parse(claims.text("scope")?.unwrap_or_default());
        Ok(Self {
            principal: Principal::read(claims, &client_id, own)?,
            scopes: scopes.ok_or(Cause::Claim)?,
            client_id,
        })
    }

    /// Who it speaks for.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// What it was granted.
    #[must_use]
    pub const fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// The app client that it was made for.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The person whom a token with `scope` speaks for; an operator is a person, too.
    pub fn person(&self, scope: &str) -> Result<&Person, Problem> {
        self.granted(scope)?;
        match &self.principal {
            Principal::Person(person) => Ok(person),
            Principal::Operator(operator) => operator.person.as_ref().ok_or_else(no_profile),
            Principal::Machine(_) => Err(wrong_principal("people about themselves")),
            Principal::Nobody => Err(no_profile()),
        }
    }

    /// The machine that a token with `scope` speaks for, if its partner has an agreement.
    pub fn machine(&self, scope: &str) -> Result<&Machine, Problem> {
        let machine = self.granted_machine(scope)?;
        if machine.agreement.is_some() {
            Ok(machine)
        } else {
            Err(wrong_principal("partners that have an agreement"))
        }
    }

    /// The machine that a token with `scope` speaks for, without an agreement too: for what a partner owes
    /// once its agreement is over.
    pub fn granted_machine(&self, scope: &str) -> Result<&Machine, Problem> {
        self.granted(scope)?;
        self.any_machine()
    }

    /// The machine that the token speaks for, whatever its scopes and without an agreement too: for
    /// whoever decides on both, and records the refusal.
    pub fn any_machine(&self) -> Result<&Machine, Problem> {
        match &self.principal {
            Principal::Machine(machine) => Ok(machine),
            _ => Err(wrong_principal("the machines of partners")),
        }
    }

    /// The operator whom a token with `scope` speaks for; a program that runs for operators may have few
    /// of them, whatever its app client was granted.
    pub fn operator(&self, scope: &str) -> Result<&Operator, Problem> {
        self.granted(scope)?;
        match &self.principal {
            Principal::Operator(operator) if operator.may_have(scope) => Ok(operator),
            Principal::Operator(_) => Err(wrong_principal("operators who signed in")),
            _ => Err(wrong_principal("operators")),
        }
    }

    fn granted(&self, scope: &str) -> Result<(), Problem> {
        if self.scopes.allow(scope) {
            return Ok(());
        }
        Err(scope_missing(scope))
    }
}

/// That a token lacks `scope`.
#[must_use]
pub fn scope_missing(scope: &str) -> Problem {
    Problem::new(403, "scope-missing", "The token lacks a scope")
        .detail(format!("Get a token with the scope {scope}."))
        .challenge(r#"Bearer error="insufficient_scope""#)
}

fn no_profile() -> Problem {
    Problem::new(403, "no-profile-in-token", "The token names no profile").detail(
        "This route is for people about themselves. A person whose token names no profile signs in again.",
    )
}

fn wrong_principal(whom: &str) -> Problem {
    Problem::new(403, "wrong-principal", "The token is someone else's kind")
        .detail(format!("This route is for {whom}."))
}
