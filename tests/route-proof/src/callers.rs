//! Who calls.

use serde_json::{Value, json};
use testkit::{
    World,
    tokens::{ID_TOKEN_KEY, TOKEN_ISSUER, Token, WEB_CLIENT, sign},
};

use crate::world::{AIRPORT, HARBOUR, JANE};

/// Somebody who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Without a token.
    Nobody,
    /// With something that is none.
    Garbage,
    /// With an operator's token that another key signed.
    Forger,
    /// With Jane's token of yesterday.
    Expired,
    /// With Jane's ID token.
    IdToken,
    /// Jane, with every scope of people.
    Person,
    /// Jane, without a scope.
    PersonWithoutScope,
    /// Jane, with the scopes of operators, and in no group.
    PersonWithForeignScopes,
    /// Somebody whose token names no profile.
    PersonWithoutProfile,
    /// Jane as an operator of the harbour, with every scope.
    Operator,
    /// The same without a scope.
    OperatorWithoutScope,
    /// An operator of the airport, with every scope.
    OperatorOfAnotherTenant,
    /// A program of the harbour's operators, with every scope.
    Program,
    /// The harbour's partner, with every scope.
    Machine,
    /// The same without a scope.
    MachineWithoutScope,
    /// The airport's partner of the same name.
    MachineOfAnotherTenant,
    /// A machine that is in no directory.
    MachineOfNobody,
    /// One whose token says that it is the harbour's partner, of whom the directory has another app
    /// client.
    MachineOfAnotherClient,
    /// One of the harbour's partner, by an app client without an agreement, with every scope.
    MachineWithoutAgreement,
    /// Jane, whom an authorizer of another user pool let through.
    PersonOfAnotherPool,
    /// Jane, by an app client of the user pool that is neither ours nor a tenant's.
    PersonOfAnotherClient,
    /// Jane as an operator with every scope, who signed in as people do.
    OperatorOfPeoplesClient,
    /// A page of the harbour's partner, with its write key.
    WriteKey,
    /// A page with a write key that is nobody's.
    WriteKeyOfNobody,
}

/// All of them.
pub(crate) const ALL: &[Caller] = &[
    Caller::Nobody,
    Caller::Garbage,
    Caller::Forger,
    Caller::Expired,
    Caller::IdToken,
    Caller::Person,
    Caller::PersonWithoutScope,
    Caller::PersonWithForeignScopes,
    Caller::PersonWithoutProfile,
    Caller::Operator,
    Caller::OperatorWithoutScope,
    Caller::OperatorOfAnotherTenant,
    Caller::Program,
    Caller::Machine,
    Caller::MachineWithoutScope,
    Caller::MachineOfAnotherTenant,
    Caller::MachineOfNobody,
    Caller::MachineOfAnotherClient,
    Caller::MachineWithoutAgreement,
    Caller::PersonOfAnotherPool,
    Caller::PersonOfAnotherClient,
    Caller::OperatorOfPeoplesClient,
    Caller::WriteKey,
    Caller::WriteKeyOfNobody,
];

/// Every scope that there is.
const EVERY_SCOPE: &str = "openid fairlead/profile.read fairlead/profile.write fairlead/profile.identify \
fairlead/profile.merge fairlead/profile.erase fairlead/receipts.read fairlead/directory.read fairlead/directory.write fairlead/extensions.read fairlead/extensions.write fairlead/identifier-rules.write \
fairlead/events.write fairlead/subscriptions.write fairlead/dead-letters.read \
fairlead/dead-letters.redrive fairlead/operations.read";

/// The write key of the harbour's partner.
pub(crate) const WRITE_KEY: &str = "wk-harbour";

/// An app client that the directory does not have: it was the harbour's partner's before that got its
/// present one.
const ANOTHER_CLIENT: &str = "4another0000000000000000000";

/// An app client of the harbour's partner whose agreement is over.
pub(crate) const FORMER_CLIENT: &str = "5former00000000000000000000";

/// What a caller sends.
pub(crate) struct Sent {
    /// The value of `Authorization`.
    pub(crate) authorization: Option<String>,
    /// The claims that API Gateway's authorizer hands on; none if it lets nobody through.
    pub(crate) claims: Option<Value>,
}

impl Caller {
    /// What this caller sends.
    pub(crate) fn sent(self, world: &World) -> Sent {
        let now = world.clock().now();
        let token = match self {
            Self::Nobody => return Sent::unverified(None),
            // `wk-harbour` and `wk-nobody`, and no passwords.
            Self::WriteKey => return Sent::unverified(Some("Basic d2staGFyYm91cjo=".to_owned())),
            Self::WriteKeyOfNobody => {
                return Sent::unverified(Some("Basic d2stbm9ib2R5Og==".to_owned()));
            }
            Self::Garbage => return Sent::unverified(Some("Bearer e30.e30.e30".to_owned())),
            Self::Forger => {
                let token = Token::operator(now, JANE.id).scope(EVERY_SCOPE);
                let [header, claims] =
                    [&token.header, &token.claims].map(|part| json!(part).to_string());
                let forged = sign(header, claims, &ID_TOKEN_KEY);
                return Sent::unverified(Some(format!("Bearer {forged}")));
            }
            Self::Expired => {
                let yesterday = now.as_second() - 86_400;
                let token = Token::person(now, JANE.id)
                    .scope(EVERY_SCOPE)
                    .claim("iat", yesterday)
                    .claim("auth_time", yesterday)
                    .claim("exp", yesterday + 3_600);
                return Sent::unverified(Some(token.bearer()));
            }
            // The gateway does not look at what a token is for.
            Self::IdToken => Token::person(now, JANE.id).claim("token_use", "id"),
            Self::Person => Token::person(now, JANE.id)
                .scope("openid fairlead/profile.read fairlead/profile.write"),
            Self::PersonWithoutScope => Token::person(now, JANE.id),
            Self::PersonWithForeignScopes => Token::person(now, JANE.id)
                .scope("fairlead/profile.merge fairlead/receipts.read fairlead/profile.identify"),
            Self::PersonWithoutProfile => Token::person(now, JANE.id)
                .without("fairlead:profile")
                .scope("openid fairlead/profile.read fairlead/profile.write"),
            Self::Operator => Token::operator(now, JANE.id).scope(EVERY_SCOPE),
            Self::OperatorWithoutScope => Token::operator(now, JANE.id),
            Self::OperatorOfAnotherTenant => Token::operator(now, JANE.id)
                .claim("fairlead:tenant", AIRPORT)
                .scope(EVERY_SCOPE),
            Self::Program => Token::program(now).scope(EVERY_SCOPE),
            Self::Machine => machine(world, HARBOUR).scope(EVERY_SCOPE),
            Self::MachineWithoutScope => machine(world, HARBOUR),
            Self::MachineOfAnotherTenant => machine(world, AIRPORT).scope(EVERY_SCOPE),
            Self::MachineOfNobody => machine(world, HARBOUR)
                .without("fairlead:tenant")
                .without("fairlead:partner")
                .without("fairlead:agreement")
                .scope(EVERY_SCOPE),
            Self::MachineOfAnotherClient => machine(world, HARBOUR)
                .claim("client_id", ANOTHER_CLIENT)
                .claim("sub", ANOTHER_CLIENT)
                .scope(EVERY_SCOPE),
            Self::MachineWithoutAgreement => machine(world, HARBOUR)
                .claim("client_id", FORMER_CLIENT)
                .claim("sub", FORMER_CLIENT)
                .without("fairlead:agreement")
                .scope(EVERY_SCOPE),
            Self::PersonOfAnotherPool => Token::person(now, JANE.id)
                .claim("iss", format!("{TOKEN_ISSUER}2"))
                .scope("openid fairlead/profile.read fairlead/profile.write"),
            Self::PersonOfAnotherClient => Token::person(now, JANE.id)
                .claim("client_id", ANOTHER_CLIENT)
                .scope(EVERY_SCOPE),
            Self::OperatorOfPeoplesClient => Token::operator(now, JANE.id)
                .claim("client_id", WEB_CLIENT)
                .scope(EVERY_SCOPE),
        };
        Sent {
            authorization: Some(token.bearer()),
            claims: Some(json!(token.claims)),
        }
    }
}

impl Sent {
    /// What the authorizer lets nobody through with.
    const fn unverified(authorization: Option<String>) -> Self {
        Self {
            authorization,
            claims: None,
        }
    }
}

fn machine(world: &World, tenant: &str) -> Token {
    Token::machine(world.clock().now(), tenant, "chandlery", "letters")
}
