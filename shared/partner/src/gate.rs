//! The one way to people that partners have.

use access::{Reason, ReceiptWriter};
use aws_types::SdkConfig;
use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::{
    clock::Clock,
    config::{ConfigError, Environment},
    http::{Request, Response},
    idempotency::AnswerStore,
    ids::IdSource,
    metric::Metrics,
    problem::Problem,
};
use profile::PartsReader;
use tenancy::{AgreementReader, PurposeReader, RateLimiter};
use token::{Machines, Verifier};

use crate::{Answer, Asker, Asking, Subject, problems, repeating};

/// Lets partners in by their token, and lets out what was decided and is on record. On the
/// directory: `dynamodb:GetItem` and `Query`; on the profiles: `BatchGetItem`; on the receipts:
/// `PutItem`; on the ledger: `PutItem` and `UpdateItem`.
#[derive(Debug)]
pub struct Gate {
    verifier: Verifier,
    machines: Machines,
    pub(crate) purposes: PurposeReader,
    pub(crate) agreements: AgreementReader,
    people: PartsReader,
    receipts: ReceiptWriter,
    repeated: AnswerStore,
    rates: RateLimiter,
    clock: Clock,
    ids: IdSource,
}

impl Gate {
    /// Reads `TOKEN_ISSUER`, `WEB_CLIENT_IDS`, `OPERATORS_CLIENT_IDS`, `DIRECTORY_TABLE`,
    /// `PROFILES_TABLE`, `RECEIPTS_TABLE` and `LEDGER_TABLE`; counts as `service`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        service: &'static str,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let receipts = environment.required("RECEIPTS_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let metrics = Metrics::new(service, clock.clone());
        let rates = RateLimiter::new(sdk, directory, ledger, clock.clone(), ids.clone(), metrics);
        Ok(Self {
            rates,
            repeated: AnswerStore::new(sdk, ledger, clock.clone(), ids.clone()),
            verifier: Verifier::new(environment, sdk, clock.clone())?,
            machines: Machines::new(sdk, directory, clock.clone()),
            purposes: PurposeReader::new(sdk, directory, clock.clone()),
            agreements: AgreementReader::new(sdk, directory, clock.clone()),
            people: PartsReader::new(sdk, profiles),
            receipts: ReceiptWriter::new(sdk, receipts),
            clock,
            ids,
        })
    }

    /// The machine that asks, by its token. What the token allows is not looked at yet.
    pub async fn asker(&self, request: &Request) -> Result<Asker, Problem> {
        let verified = self
            .verifier
            .verify(request.header("authorization"))
            .await?;
        Asker::of(&verified)
    }

    /// The machine that asks, or the operator who does, as the partner that the tenant's operators are.
    pub async fn asker_or_operator(&self, request: &Request) -> Result<Asker, Problem> {
        let verified = self
            .verifier
            .verify(request.header("authorization"))
            .await?;
        Asker::or_operator(&verified)
    }

    /// What `answer` makes of the question, if the directory knows who asks and the partner may ask
    /// about `people` more in this minute.
    pub async fn limited(
        &self,
        request: &Request,
        asker: Asker,
        people: usize,
        answer: impl AsyncFnOnce(Asking) -> Result<Response, Problem>,
    ) -> Result<Response, Problem> {
        let machine = asker.machine();
        // Whom an operator's token speaks for, the user pool says, and no row of an app client.
        if asker.operator().is_none() {
            self.machines.check(machine).await?;
        }
        let (tenant, partner) = (machine.tenant.clone(), machine.partner.clone());
        let route = async || {
            let asking = Asking::of(self, request, asker).await?;
            match self.unscoped(&asking).await? {
                Some(refusal) => Ok(refusal.into_response()),
                None => answer(asking).await,
            }
        };
        self.rates.within(&tenant, &partner, people, route).await
    }

    /// The refusal of a partner whose token lacks the scope, once it is on record. Nobody is looked up
    /// for it.
    async fn unscoped(&self, asking: &Asking) -> Result<Option<Answer>, Problem> {
        if asking.has_scope() {
            return Ok(None);
        }
        let mut refusals = self.answers(asking, vec![Subject::nobody()]).await?;
        Ok(refusals.pop())
    }

    /// The people of `ids` as they are now, in that order, each with their consent on the purpose of
    /// `asking`. A profile that was merged is found by its root.
    pub async fn look_up(
        &self,
        asking: &Asking,
        ids: &[ProfileId],
    ) -> Result<Vec<Subject>, Problem> {
        let part = consent::part(&asking.machine().tenant, asking.definition().purpose());
        let found = self.people.people(ids, &part).await;
        found
            .and_then(|found| found.into_iter().map(Subject::read).collect())
            .map_err(|error| problems::unavailable(&error))
    }

    /// The refusal that the partner gets whomever it asks about, once it is on record; `None` if the
    /// answer depends on the person. Of nobody nothing is told but that they are not there.
    pub async fn refusal(&self, asking: &Asking) -> Result<Option<Answer>, Problem> {
        let nobody = Subject::nobody();
        let receipt = asking.decide(&nobody, &self.clock, &self.ids)?;
        let mut reasons = receipt.withheld.values();
        if reasons.any(|reason| *reason == Reason::PersonUnknown) {
            return Ok(None);
        }
        let recorded = self.receipts.record(receipt).await;
        let recorded = recorded.map_err(|error| problems::unavailable(&error))?;
        Ok(Some(Answer::new(asking, recorded, nobody)))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Decides on people, in their order; none of it counts unless all is on record. A hundred of them
    /// are one transaction.
    pub async fn answers(
        &self,
        asking: &Asking,
        subjects: Vec<Subject>,
    ) -> Result<Vec<Answer>, Problem> {
        let receipts = subjects
            .iter()
            .map(|subject| asking.decide(subject, &self.clock, &self.ids));
        let receipts = receipts.collect::<Result<_, _>>()?;
        let receipts = repeating::receipts(&self.repeated, asking.key(), receipts).await?;
        let recorded = self.receipts.record_all(receipts).await;
        let recorded = recorded.map_err(|error| problems::unavailable(&error))?;
        let answers = recorded.into_iter().zip(subjects);
        Ok(answers
            .map(|(recorded, subject)| Answer::new(asking, recorded, subject))
            .collect())
    }
}
