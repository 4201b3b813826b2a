//! Global Privacy Control: <https://www.w3.org/TR/gpc/>. Whose browser sends `Sec-GPC: 1` wants no sale
//! and no sharing of their data; docs/decisions/0023-global-privacy-control.md, 0057 and 0159 tell what
//! that means.

use aws_types::SdkConfig;
use event::Cause;
use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::{Chain, clock::Clock, http::Request, ids::IdSource, problem::Problem};
use tenancy::{DirectoryError, PurposeReader, TenantId};
use token::Person;

use crate::{ConsentError, ConsentReader, ConsentWriter};

/// Does what the signal says: `dynamodb:Query` on the directory, and on the profiles what a reader and
/// a writer of consents may. A request without the signal costs nothing.
#[derive(Debug, Clone)]
pub struct Gpc {
    purposes: PurposeReader,
    writer: ConsentWriter,
}

/// Why the signal could not be acted on.
#[derive(Debug, thiserror::Error)]
pub enum GpcError {
    /// Which purposes are a sale can't be told.
    #[error("the tenant's purposes can't be read")]
    Purposes(#[from] DirectoryError),
    /// What the person decided can't be read or written.
    #[error(transparent)]
    Consent(#[from] ConsentError),
}

impl Gpc {
    /// For the people of the table `profiles`, by the purposes of the table `directory`.
    #[must_use]
    pub fn new(
        sdk: &SdkConfig,
        profiles: &str,
        directory: &str,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let writer = ConsentWriter::new(ConsentReader::new(sdk, profiles), clock.clone(), ids);
        Self::with(PurposeReader::new(sdk, directory, clock), writer)
    }

    /// The same for a function that has both at hand.
    #[must_use]
    pub const fn with(purposes: PurposeReader, writer: ConsentWriter) -> Self {
        Self { purposes, writer }
    }

    /// Whether the person's browser sends the signal. The field has one value, `1`; anything else is none.
    #[must_use]
    pub fn is_signalled(request: &Request) -> bool {
        request.header("sec-gpc").map(str::trim) == Some("1")
    }

    /// Withdraws what the signal, if there is one, contradicts. A consent is to a tenant: a caller who
    /// comes by none has given none.
    pub async fn honour(&self, request: &Request, caller: &Person) -> Result<(), Problem> {
        let tenant = caller.tenant.as_ref();
        let Some(tenant) = tenant.filter(|_| Self::is_signalled(request)) else {
            return Ok(());
        };
        let cause = Cause {
            request_id: request.id().to_owned(),
        };
        // Boxed: it reaches deep into the SDK, and most requests have no signal.
        let honoured = Box::pin(self.withdraw(caller.member, tenant, None, &cause)).await;
        honoured.map_err(|error| match error {
            GpcError::Consent(ConsentError::Settling) => settling(),
            error => unavailable(&error),
        })
    }

    /// The same for the person of `member` whose browser sent the signal to `tenant` at `said_at`, with a
    /// message that is acted on only now. Done twice, or late, it is done once: what they decided since
    /// then stands.
    pub async fn honour_later(
        &self,
        member: ProfileId,
        tenant: &TenantId,
        said_at: Timestamp,
        cause: &Cause,
    ) -> Result<(), GpcError> {
        Box::pin(self.withdraw(member, tenant, Some(said_at), cause)).await
    }

    async fn withdraw(
        &self,
        member: ProfileId,
        tenant: &TenantId,
        said_at: Option<Timestamp>,
        cause: &Cause,
    ) -> Result<(), GpcError> {
        let purposes = self.purposes.all(tenant).await?;
        let honoured = self.writer.honour_gpc(member, &purposes, said_at, cause);
        match honoured.await {
            // Nothing is sold of whoever is not there. What they are told is for the route to say.
            Ok(()) | Err(ConsentError::UnknownProfile) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn settling() -> Problem {
    Problem::new(503, "settling", "The profile is being merged or split")
        .detail("Try again in a second.")
        .retry_after(1)
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error = %Chain(error), "Global Privacy Control can't be honoured now");
    Problem::new(503, "unavailable", "This can't be done at the moment")
        .detail("Try again later.")
        .retry_after(5)
}
