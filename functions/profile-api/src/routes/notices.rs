//! `/v1/me/notices`

use std::collections::BTreeSet;

use consent::Consent;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use notification::{ACCOUNT, Asked, NoticeTest, Obstacle, Way};
use profile::Profile;
use tenancy::TenantId;
use token::Person;

use super::cause;
use crate::{App, problems, representation};

/// For how long a test is told of: what became of it is known for longer than that.
const TOLD_OF: SignedDuration = SignedDuration::from_hours(24);

/// By which ways notices of a tenant reach somebody, and what became of the last test.
pub(crate) struct Notices {
    pub(crate) tenant: TenantId,
    /// Each way, and what stands in it, if anything does.
    pub(crate) ways: [(Way, Option<Obstacle>); 2],
    /// The last test of the day past, and by which ways it went.
    pub(crate) test: Option<(NoticeTest, BTreeSet<String>)>,
}

/// `GET /v1/me/notices`: by which ways notices of the tenant by whose login they came reach the caller.
pub(crate) async fn read(app: &App, caller: &Person) -> Result<Response, Problem> {
    let tenant = tenant(caller)?;
    let (profile, consent) = standing(app, caller, tenant).await?;
    let now = app.clock.now();
    let test = last_test(app, caller, tenant, now).await?;
    let notices = Notices {
        tenant: tenant.clone(),
        ways: ways(&profile, consent.as_ref(), now),
        test,
    };
    Ok(representation::notices(200, &notices))
}

/// `POST /v1/me/notices/test`: has a message sent to the caller, by the ways that are open.
pub(crate) async fn test(
    app: &App,
    request: &Request,
    caller: &Person,
) -> Result<Response, Problem> {
    let tenant = tenant(caller)?;
    let (profile, consent) = standing(app, caller, tenant).await?;
    let ways = ways(&profile, consent.as_ref(), app.clock.now());
    if ways.iter().all(|(_, obstacle)| obstacle.is_some()) {
        return Err(problems::no_open_way());
    }
    let asked = app.tests.ask(caller.member, tenant, &cause(request)).await;
    match asked.map_err(|error| problems::profile(&error))? {
        Asked::TooSoon(seconds) => Err(problems::too_soon(seconds)),
        Asked::Made(test) => {
            let notices = Notices {
                tenant: tenant.clone(),
                ways,
                test: Some((test, BTreeSet::new())),
            };
            Ok(representation::notices(202, &notices))
        }
    }
}

/// The caller's record, and their decision on notices of `tenant`.
async fn standing(
    app: &App,
    caller: &Person,
    tenant: &TenantId,
) -> Result<(Profile, Option<Consent>), Problem> {
    let profile = app.reader.profile(caller.member).await;
    let profile = profile.map_err(|error| problems::profile(&error))?;
    let consents = app.consent_reader.all(caller.member, tenant).await;
    let consents = consents.map_err(|error| problems::consent(&error))?;
    let of_notices = |consent: &Consent| consent.purpose.as_str() == ACCOUNT;
    let consent = consents.into_values().find(of_notices);
    Ok((profile, consent))
}

fn ways(
    profile: &Profile,
    consent: Option<&Consent>,
    now: Timestamp,
) -> [(Way, Option<Obstacle>); 2] {
    Way::ALL.map(|way| (way, way.to(profile, consent, now).err()))
}

/// The last test of the tenant's notices, if it was within the day, and under which names of the ledger
/// it went out.
async fn last_test(
    app: &App,
    caller: &Person,
    tenant: &TenantId,
    now: Timestamp,
) -> Result<Option<(NoticeTest, BTreeSet<String>)>, Problem> {
    let test = app.tests.last(caller.member).await;
    let test = test.map_err(|error| problems::profile(&error))?;
    let is_told =
        |test: &NoticeTest| test.tenant == *tenant && now.duration_since(test.asked_at) <= TOLD_OF;
    let Some(test) = test.filter(is_told) else {
        return Ok(None);
    };
    let keys = Way::ALL.map(|way| way.ledger_key(&test.event_id));
    let done = app.ledger.done(&keys).await;
    let done = done.map_err(|error| problems::ledger(&error))?;
    Ok(Some((test, done)))
}

fn tenant(caller: &Person) -> Result<&TenantId, Problem> {
    caller
        .tenant
        .as_ref()
        .ok_or_else(problems::no_tenant_in_token)
}
