//! Issuing the certificate, with which an erasure is done.

use aws_sdk_dynamodb::Client;
use event::Data;
use identity::ErasureId;
use lambda_kit::{
    Retry,
    clock::Clock,
    dynamodb::{TransactionFailure, text, transact, transact_update},
    error::ServiceError,
    ids::IdSource,
    objects::ObjectWriter,
};

use super::{ErasureError, ErasureReader, writes::Writes};
use crate::{Certificate, ErasureState, Progress, Recipient, certificate};

/// Issues certificates. On the erasures: `dynamodb:GetItem`, `Query` and `UpdateItem`; on the
/// profiles: `dynamodb:PutItem`; in the bucket: `s3:PutObject`.
#[derive(Debug, Clone)]
pub struct Certifier {
    client: Client,
    reader: ErasureReader,
    writes: Writes,
    objects: ObjectWriter,
}

impl Certifier {
    /// An issuer into the bucket of `objects`, whose events go into the outbox in the table
    /// `profiles`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        reader: ErasureReader,
        profiles: impl Into<String>,
        objects: ObjectWriter,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let writes = Writes {
            erasures: reader.table.clone(),
            profiles: profiles.into(),
            clock,
            ids,
        };
        Self {
            client: Client::new(sdk),
            reader,
            writes,
            objects,
        }
    }

    /// Issues the certificate and ends the erasure. A certificate that is there already stands.
    pub async fn certify(&self, id: &ErasureId) -> Result<Progress, ErasureError> {
        let erasure = self.reader.erasure(id).await?;
        match (erasure.state, erasure.told_at) {
            (ErasureState::Erased, _) => return Ok(Progress::done(&erasure)),
            (ErasureState::Erasing, Some(_)) => {}
            _ => return Err(ErasureError::OutOfTurn),
        }
        let recipients = self.reader.recipients(id).await?;
        let now = self.writes.clock.now();
        let certificate = Certificate::new(&erasure, &recipients, now);
        let body = serde_json::to_vec(&certificate).map_err(|_| ErasureError::Malformed)?;
        self.objects
            .create(&certificate::key(id), "application/json", body)
            .await?;
        let ended = self
            .writes
            .erasure(id, ErasureState::Erasing)
            .update_expression("SET #state = :erased, ended_at = :now")
            .expression_attribute_values(":erased", text(ErasureState::Erased.as_str()))
            .expression_attribute_values(":now", text(now.to_string()));
        let in_time = recipients.iter().filter(|each| Recipient::is_in_time(each));
        let event = Data::ErasureCompleted {
            profile_id: erasure.profile_id,
            erasure_id: id.clone(),
            told: recipients.len() as u64,
            acknowledged: in_time.count() as u64,
        };
        let items = vec![
            transact_update(ended)?,
            self.writes.told(event, &erasure.request_id)?,
        ];
        match transact(&self.client, items).await {
            // Another run has ended it.
            Ok(()) | Err(TransactionFailure::Refused(_)) => {}
            Err(TransactionFailure::Service(error)) => return Err(error.into()),
        }
        Ok(Progress::done(&self.reader.erasure(id).await?))
    }
}

/// Reads certificates: `s3:GetObject` in the bucket.
#[derive(Debug, Clone)]
pub struct CertificateReader {
    client: aws_sdk_s3::Client,
    bucket: String,
}

impl CertificateReader {
    /// A reader of `bucket`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, bucket: impl Into<String>) -> Self {
        Self {
            client: aws_sdk_s3::Client::new(sdk),
            bucket: bucket.into(),
        }
    }

    /// The certificate of the erasure.
    ///
    /// # Errors
    /// [`ErasureError::Unknown`] if there is none yet.
    pub async fn certificate(&self, id: &ErasureId) -> Result<Certificate, ErasureError> {
        let found = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(certificate::key(id))
            .send()
            .await;
        let object = found.map_err(|error| match error.as_service_error() {
            Some(reason) if reason.is_no_such_key() => ErasureError::Unknown,
            _ => ServiceError::new("s3:GetObject", &error).into(),
        })?;
        let body = object.body.collect().await;
        let body = body.map_err(|_| ServiceError {
            operation: "s3:GetObject",
            code: "UnreadableResponse".to_owned(),
            retry: Retry::MayHelp,
        })?;
        serde_json::from_slice(&body.into_bytes()).map_err(|_| ErasureError::Malformed)
    }
}
