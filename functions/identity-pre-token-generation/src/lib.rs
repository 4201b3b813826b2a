//! In comes Cognito's question what a token should say; out go the profile and tenant of a person,
//! the tenant, partner and agreement of a machine, or the tenant of a program of operators. Operators'
//! scopes are for operators.

use identity::cognito::{
    Answer, TokenClaims, Trigger, TriggerFailure, TriggerSource, answer_token_generation,
    scopes_to_suppress,
};
use lambda_kit::Invocation;
pub use profile::Admission as App;
use profile::Admitted;
use serde_json::value::RawValue;
use tenancy::{Client, ClientRole};

/// Answers with the claims that can be made. One that can't, because what it rests on is unknown or
/// can't be read, is left out: the person signs in, and what needs the claim refuses its lack.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Answer, TriggerFailure> {
    let trigger = Trigger::parse(event).map_err(|_| TriggerFailure::Unreadable)?;
    let (claims, suppressed) = match trigger.source {
        TriggerSource::PersonToken => (
            person_claims(app.admit(&trigger, invocation).await),
            scopes_to_suppress(&trigger.groups()),
        ),
        TriggerSource::MachineToken => (machine_claims(app.client(&trigger).await), [].as_slice()),
        _ => (TokenClaims::new(), [].as_slice()),
    };
    Ok(answer_token_generation(trigger, &claims, suppressed))
}

fn person_claims(person: Admitted) -> TokenClaims {
    let profile = person.profile_id.map(|id| ("fairlead:profile", id.into()));
    // Whose login it is matters only where a person is made of several.
    let member = person
        .member
        .filter(|member| Some(*member) != person.profile_id)
        .map(|id| ("fairlead:member", id.into()));
    let tenant = person.tenant.map(|id| ("fairlead:tenant", id.into()));
    profile.into_iter().chain(member).chain(tenant).collect()
}

/// A machine speaks for a partner or for no one. One whose partner has no agreement may ask, and is
/// refused on record. An app client that is a tenant's own and that nobody signs in by is a program's:
/// whether of operators, the deployment says.
fn machine_claims(client: Option<Client>) -> TokenClaims {
    let Some(Client { tenant, role }) = client else {
        return TokenClaims::new();
    };
    let mut claims = TokenClaims::from([("fairlead:tenant", tenant.into())]);
    if let ClientRole::Partner { partner, agreement } = role {
        claims.insert("fairlead:partner", partner.into());
        claims.extend(agreement.map(|id| ("fairlead:agreement", id.into())));
    }
    claims
}
