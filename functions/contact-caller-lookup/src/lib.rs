//! In comes, from a flow of Amazon Connect, that somebody calls; out goes who that is, as far as the
//! agreement of the contact centre allows for the purpose `customer-service`, once it is on record. A
//! number is what the network says: it finds a person, and proves nothing.

mod caller;
mod told;

use std::{collections::BTreeSet, str::FromStr, time::Duration};

use aws_types::SdkConfig;
use contact::{Answer, Request, UnreadableRequest};
use identity::IdentifierKey;
use lambda_kit::{
    Chain, Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
    log,
    metric::Metrics,
};
use partner::{Desk, Recipient, SendingError};
use profile::{
    IdentifierReader, PartitionReader, ProfileError, RulesReader, SegmentsReader, TimelineReader,
};
use serde_json::value::RawValue;
use tenancy::{AgreementId, PartnerId, Purpose, TenantId};

use crate::told::Status;

/// What people are looked up for, and how the agreement of the contact centre on that is called.
const CUSTOMER_SERVICE: &str = "customer-service";

/// The scope that reading needs. The contact centre has it by its deployment, and what it may read by its
/// agreement.
const READ: &str = "fairlead/profile.read";

/// How long it is tried to find out who calls.
const FOR_WHO: Duration = Duration::from_millis(1_300);

/// How long it is tried after that to find what happened to them of late.
const FOR_MORE: Duration = Duration::from_millis(500);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    desk: Desk,
    centre: Centre,
    identifiers: IdentifierReader,
    rules: RulesReader,
    segments: SegmentsReader,
    partitions: PartitionReader,
    timelines: TimelineReader,
    metrics: Metrics,
}

/// The contact centre, as the directory knows it: a partner of its tenant.
#[derive(Debug)]
struct Centre {
    tenant: TenantId,
    partner: PartnerId,
    agreement: AgreementId,
    purpose: Purpose,
    scopes: BTreeSet<String>,
}

/// Why it can't be told who calls.
#[derive(Debug, thiserror::Error)]
enum LookupError {
    /// The number can't be looked up, or not what is known beside the profile.
    #[error(transparent)]
    Person(#[from] ProfileError),
    /// It can't be decided on, or not be put on record.
    #[error("it can't be decided on")]
    Undecided(#[from] SendingError),
    /// It takes too long.
    #[error("it takes longer than a caller waits")]
    TooSlow,
}

impl App {
    /// Reads `CONTACT_TENANT`, `CONTACT_PARTNER`, `DIRECTORY_TABLE`, `IDENTIFIERS_TABLE`,
    /// `IDENTIFIER_KEY`, `PROFILES_TABLE` and `RECEIPTS_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        Ok(Self {
            centre: Centre::new(environment)?,
            identifiers: IdentifierReader::new(sdk, identifiers, key),
            rules: RulesReader::new(sdk, directory, clock.clone()),
            segments: SegmentsReader::new(sdk, profiles),
            partitions: PartitionReader::new(sdk, profiles),
            timelines: TimelineReader::new(sdk, profiles),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            desk: Desk::new(environment, sdk, clock, ids)?,
        })
    }
}

impl Centre {
    fn new(environment: &Environment) -> Result<Self, ConfigError> {
        let tenant = environment.required("CONTACT_TENANT")?;
        let partner = environment.required("CONTACT_PARTNER")?;
        Ok(Self {
            tenant: name("CONTACT_TENANT", tenant)?,
            partner: name("CONTACT_PARTNER", partner)?,
            agreement: name("the agreement", CUSTOMER_SERVICE)?,
            purpose: name("the purpose", CUSTOMER_SERVICE)?,
            scopes: BTreeSet::from([READ.to_owned()]),
        })
    }

    const fn recipient(&self) -> Recipient<'_> {
        Recipient {
            tenant: &self.tenant,
            partner: &self.partner,
            purpose: &self.purpose,
            agreement: Some(&self.agreement),
            scopes: &self.scopes,
        }
    }
}

fn name<T: FromStr>(variable: &'static str, name: &str) -> Result<T, ConfigError> {
    name.parse().map_err(|_| ConfigError::Invalid {
        name: variable,
        expected: "a name as the directory has them",
    })
}

/// Says who calls. That it can't be told is an answer too, by which the flow goes on: nobody's call ends
/// since a table is slow.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Answer, UnreadableRequest> {
    let request = Request::read(event)?;
    let request_id = request.contact_id().unwrap_or(&invocation.request_id);
    log::correlate(request_id);
    let told = caller::look_up(app, &request, request_id).await;
    let told = told.unwrap_or_else(|error| {
        tracing::error!(error = %Chain(&error), "the caller can't be looked up");
        Status::Unavailable.told()
    });
    app.metrics.count(told.status.metric(), 1);
    Ok(told.into_answer(request.form()))
}
