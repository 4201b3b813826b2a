//! Who a token speaks for.

use identity::{CognitoSub, ProfileId};
use lambda_kit::planted;
use tenancy::{AgreementId, Client, ClientRole, PartnerId, TenantId};

use crate::{Cause, TokenError, claims::Claims, clients::OwnClients};

/// What a program of operators may be granted: looking at what there is, and having it done again what failed.
const FOR_PROGRAMS: [&str; 5] = [
    "fairlead/directory.read",
    "fairlead/receipts.read",
    "fairlead/dead-letters.read",
    "fairlead/dead-letters.redrive",
    "fairlead/operations.read",
];

/// The group of the user pool whose members are operators.
const OPERATORS: &str = "operators";

/// Who a request is made by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A person, for themselves.
    Person(Person),
    /// A partner's machine.
    Machine(Machine),
    /// A member of the group `operators` who came by an app client of operators, or a program that runs
    /// for them by one of its own.
    Operator(Operator),
    /// Someone whom the user pool knows and Fairlead does not: a person whose profile could not be
    /// read when the token was made, or a machine that is in no directory.
    Nobody,
}

/// A person who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their profile: the root, if profiles were merged.
    pub profile: ProfileId,
    /// The profile of the login that they came by; the same if none was merged.
    pub member: ProfileId,
    /// The login.
    pub sub: CognitoSub,
    /// The tenant by whose app client they signed in.
    pub tenant: Option<TenantId>,
}

/// A machine that speaks for a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The tenant whose partner it is.
    pub tenant: TenantId,
    /// The partner.
    pub partner: PartnerId,
    /// What the partner may ask for; nothing without one.
    pub agreement: Option<AgreementId>,
    /// The app client that the token was made for.
    pub client_id: String,
}

/// A person who looks after other people's profiles, and signed in by an app client for that; or a program
/// that runs without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The login, or the program's app client: who is held to account.
    pub sub: CognitoSub,
    /// The tenant by whose app client they signed in. `None` stands for no tenant, not for all.
    pub tenant: Option<TenantId>,
    /// The same human about themselves.
    pub person: Option<Person>,
    /// Whether it is a program, which may do less.
    pub is_program: bool,
}

impl Person {
    /// Whose their idempotency keys are: the login's, at the tenant by whose app client they came.
    #[must_use]
    pub fn key_holder(&self) -> String {
        key_holder_of_login(&self.sub, self.tenant.as_ref())
    }
}

impl Machine {
    /// That the app client, as the directory has it now, is this partner's under this agreement: what
    /// a token says was true when it was made, up to an hour ago.
    ///
    /// # Errors
    /// [`Cause::NotThePartners`] if not, and if there is no such client any more.
    pub(crate) fn check(&self, client: Option<&Client>) -> Result<(), TokenError> {
        let said = Client {
            tenant: self.tenant.clone(),
            role: ClientRole::Partner {
                partner: self.partner.clone(),
                agreement: self.agreement.clone(),
            },
        };
        if client == Some(&said) || planted::is_on("partner-client-ignored") {
            Ok(())
        } else {
            Err(TokenError::Invalid(Cause::NotThePartners))
        }
    }

    /// Whose its idempotency keys are: the partner's, under the agreement.
    #[must_use]
    pub fn key_holder(&self) -> String {
        let (tenant, partner) = (&self.tenant, &self.partner);
        let agreement = self.agreement.as_ref().map_or("", AgreementId::as_str);
        format!("machine#{tenant}#{partner}#{agreement}")
    }
}

impl Operator {
    /// Whether this kind of operator may be granted `scope`.
    pub(crate) fn may_have(&self, scope: &str) -> bool {
        !self.is_program || FOR_PROGRAMS.contains(&scope)
    }

    /// Whose their idempotency keys are: the login's, at the tenant by whose app client they came.
    #[must_use]
    pub fn key_holder(&self) -> String {
        key_holder_of_login(&self.sub, self.tenant.as_ref())
    }
}

fn key_holder_of_login(sub: &CognitoSub, tenant: Option<&TenantId>) -> String {
    let tenant = tenant.map_or("", TenantId::as_str);
    format!("login#{tenant}#{}", sub.as_str())
}

impl Principal {
    /// Who `claims` speak for. What a person has and what a machine has exclude each other.
    pub(crate) fn read(claims: &Claims, client_id: &str, own: &OwnClients) -> Result<Self, Cause> {
        // Cognito gives it to every token of a user, and to no machine's.
        match claims.text("username")? {
            Some(_) => Self::human(claims, client_id, own),
            None => Self::machine(claims, client_id, own),
        }
    }

    fn human(claims: &Claims, client_id: &str, own: &OwnClients) -> Result<Self, Cause> {
        if claims.has("fairlead:partner") || claims.has("fairlead:agreement") {
            return Err(Cause::Mixed);
        }
        let sub: CognitoSub = claims.parsed("sub")?.ok_or(Cause::Claim)?;
        if sub.as_str() == client_id {
            return Err(Cause::Mixed);
        }
        let tenant: Option<TenantId> = claims.parsed("fairlead:tenant")?;
        let member = claims.parsed("fairlead:member")?;
        let person = claims.parsed("fairlead:profile")?.map(|profile| Person {
            profile,
            member: member.unwrap_or(profile),
            sub: sub.clone(),
            tenant: tenant.clone(),
        });
        let is_member = claims.groups()?.contains(&OPERATORS);
        let by_theirs =
            own.are_operators_by(client_id) || planted::is_on("operators-client-ignored");
        if is_member && by_theirs {
            return Ok(Self::Operator(Operator {
                sub,
                tenant,
                person,
                is_program: false,
            }));
        }
        Ok(person.map_or(Self::Nobody, Self::Person))
    }

    fn machine(claims: &Claims, client_id: &str, own: &OwnClients) -> Result<Self, Cause> {
        let of_people = ["cognito:groups", "fairlead:profile", "fairlead:member"];
        if of_people.iter().any(|name| claims.has(name)) {
            return Err(Cause::Mixed);
        }
        // The token's subject is the client that the claims were made for.
        if claims.text("sub")? != Some(client_id) {
            return Err(Cause::Client);
        }
        if own.are_operators_by(client_id) {
            return Self::program(claims, client_id);
        }
        let tenant = claims.parsed("fairlead:tenant")?;
        let partner = claims.parsed("fairlead:partner")?;
        let agreement = claims.parsed("fairlead:agreement")?;
        Ok(match (tenant, partner) {
            (Some(tenant), Some(partner)) => Self::Machine(Machine {
                tenant,
                partner,
                agreement,
                client_id: client_id.to_owned(),
            }),
            _ => Self::Nobody,
        })
    }

    /// A program of operators: the deployment made an app client for it, by which nobody signs in. It
    /// speaks for no partner, whatever the directory says.
    fn program(claims: &Claims, client_id: &str) -> Result<Self, Cause> {
        if claims.has("fairlead:partner") || claims.has("fairlead:agreement") {
            return Err(Cause::Mixed);
        }
        Ok(Self::Operator(Operator {
            sub: client_id.parse().map_err(|_| Cause::Client)?,
            tenant: claims.parsed("fairlead:tenant")?,
            person: None,
            is_program: true,
        }))
    }
}
