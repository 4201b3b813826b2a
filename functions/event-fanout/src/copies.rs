//! What of an event lies where its partner fetches it.

use std::fmt::Write as _;

use aws_sdk_s3::Client;
use aws_types::SdkConfig;
use cloudevent::Incoming;
use intake::{Body, CopyRemover, EventItem, EventKey, ReadError, referring};
use payload::{
    Attribute, Attributes, Buckets, Claim, InvalidKey, InvalidPointer, KeyPrefix, OffloadError,
    Offloader, Outgoing, PayloadReader, PayloadWriter, Pointer, Threshold, Transport, WriteError,
};
use sha2::{Digest as _, Sha256};
use tenancy::PartnerId;
use tokio::sync::Mutex;

/// The attribute by which a receiver tells a message that it already has.
const IDEMPOTENCY_KEY: &str = "idempotency.key";

/// Puts into the bucket for partners what no topic takes: `s3:GetObject` on the bodies of events, and
/// `s3:PutObject`, `s3:AbortMultipartUpload`, `s3:ListBucket` and `s3:DeleteObject` there.
#[derive(Debug)]
pub(crate) struct Copies {
    reader: PayloadReader,
    writer: PayloadWriter,
    remover: CopyRemover,
    bodies: String,
    /// Who copies what was uploaded: of two at once the parts would not fit into memory.
    copying: Mutex<()>,
}

/// What is to be published.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) body: String,
    pub(crate) attributes: Attributes,
    /// Whether something of it lies in the bucket.
    pub(crate) is_copied: bool,
}

/// Why something does not lie there.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// No key can be made for it.
    #[error("there is no key for it")]
    Key(#[from] InvalidKey),
    /// The event does not say where its data lies.
    #[error("the event's data is nowhere")]
    Nowhere(#[from] InvalidPointer),
    /// What was uploaded can't be read.
    #[error("the event's data can't be read")]
    Read(#[from] payload::ReadError),
    /// What was uploaded can't be written there.
    #[error("the event's data can't be copied")]
    Write(#[from] WriteError),
    /// The event can't be written there.
    #[error("the event can't be offloaded")]
    Offload(#[from] OffloadError),
}

impl Copies {
    pub(crate) fn new(sdk: &SdkConfig, bodies: &str, claims: &str) -> Self {
        let client = Client::new(sdk);
        Self {
            reader: PayloadReader::new(client.clone()),
            writer: PayloadWriter::new(client, claims),
            remover: CopyRemover::new(sdk, claims),
            bodies: bodies.to_owned(),
            copying: Mutex::new(()),
        }
    }

    /// `event` as `partner` gets it: whole, or by a pointer to it if it is larger than a topic takes. Of
    /// data that was uploaded it says where that lies. Done again, it is the same, under the same keys.
    pub(crate) async fn message(
        &self,
        item: &EventItem,
        event: Incoming,
        partner: &PartnerId,
    ) -> Result<Message, CopyError> {
        let prefix = KeyPrefix::new(format!("{}{partner}/", item.event.copies()))?;
        let (event, has_data) = match item.body() {
            Body::Uploaded { key, bytes, .. } => {
                let event = self.with_data(event, (&key, bytes), &prefix);
                (Box::pin(event).await?, true)
            }
            _ => (event, false),
        };
        let attributes = Attributes::from([
            (
                IDEMPOTENCY_KEY.to_owned(),
                Attribute::text(item.event.digest()),
            ),
            ("type".to_owned(), Attribute::text(&event.kind)),
        ]);
        let text = event.to_json();
        let id = id_of(&text);
        let threshold = Threshold::of(Transport::Sns);
        let offloader = Offloader::new(self.writer.clone(), threshold).with_prefix(prefix);
        let Outgoing {
            body,
            attributes,
            stored,
        } = Box::pin(offloader.offload(text, attributes, &id)).await?;
        Ok(Message {
            body,
            attributes,
            is_copied: has_data || stored.is_some(),
        })
    }

    /// `event` with where its data lies for the partner: it is copied part by part.
    async fn with_data(
        &self,
        event: Incoming,
        (key, bytes): (&str, u64),
        prefix: &KeyPrefix,
    ) -> Result<Incoming, CopyError> {
        let uploaded = format!("s3://{}/{key}", self.bodies);
        let claim = Claim {
            pointer: Pointer::of_uri(&uploaded, &Buckets::only([self.bodies.as_str()]))?,
            bytes,
        };
        let copy = prefix.key(&id_of(key))?;
        let alone = self.copying.lock().await;
        let data = self.reader.open(&claim).await?;
        let stored = Box::pin(self.writer.upload(&copy, data.into_stream())).await?;
        drop(alone);
        Ok(referring(event, stored.pointer.uri(), bytes))
    }

    /// Removes all that lies of an event, for whichever partner.
    pub(crate) async fn remove(&self, key: &EventKey) -> Result<(), ReadError> {
        self.remover.remove(key).await
    }
}

/// What something is called that is never anything else: half of its digest, as many characters as a
/// payload's id has.
fn id_of(text: &str) -> String {
    let digest = Sha256::digest(text);
    let half = digest.iter().take(16);
    half.fold(String::new(), |mut id, byte| {
        _ = write!(id, "{byte:02x}");
        id
    })
}
