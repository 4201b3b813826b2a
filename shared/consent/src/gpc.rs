//! Global Privacy Control: <https://www.w3.org/TR/gpc/>. Whose browser sends `Sec-GPC: 1` wants no sale
//! and no sharing of their data; docs/decisions/0023-global-privacy-control.md and 0057 tell what that
//! means.

use aws_types::SdkConfig;
use event::Cause;
use lambda_kit::{Chain, clock::Clock, http::Request, ids::IdSource, problem::Problem};
use tenancy::{PurposeReader, TenantId};
use token::Person;

use crate::{ConsentError, ConsentReader, ConsentWriter};

/// Does what the signal says: `dynamodb:Query` on the directory, and on the profiles what a reader and
/// a writer of consents may. A request without the signal costs nothing.
#[derive(Debug, Clone)]
pub struct Gpc {
    purposes: PurposeReader,
    writer: ConsentWriter,
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
        // Boxed: it reaches deep into the SDK, and most requests have no signal.
        Box::pin(self.withdraw(request, caller, tenant)).await
    }

    async fn withdraw(
        &self,
        request: &Request,
        caller: &Person,
        tenant: &TenantId,
    ) -> Result<(), Problem> {
        let purposes = self.purposes.all(tenant).await;
        let purposes = purposes.map_err(|error| unavailable(&error))?;
        let cause = Cause {
            request_id: request.id().to_owned(),
        };
        let honoured = self.writer.honour_gpc(caller.member, &purposes, &cause);
        match honoured.await {
            // Nothing is sold of whoever is not there. What they are told is for the route to say.
            Ok(()) | Err(ConsentError::UnknownProfile) => Ok(()),
            Err(ConsentError::Settling) => Err(settling()),
            Err(error) => Err(unavailable(&error)),
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
