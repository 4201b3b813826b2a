//! Taking events whose data was uploaded.

use std::sync::Arc;

use cloudevent::Limits;
use lambda_kit::{
    clock::Clock,
    config::{ConfigError, Environment},
    planted,
    problem::Problem,
};

use crate::{
    AcceptError, Acceptance, EventLookup, EventType, EventTypes, Look, QuarantineWriter,
    RejectedItem, Sender, Told, Upload, UploadReader, UploadStore, problems,
};

/// Takes events whose data was uploaded, of senders who were let in: on the directory
/// `dynamodb:GetItem`, on the events `GetItem` and `PutItem`, on the quarantine `PutItem`, and on the
/// data what [`UploadReader`] needs.
#[derive(Debug)]
pub struct UploadIntake {
    types: EventTypes,
    lookup: EventLookup,
    data: UploadReader,
    store: UploadStore,
    quarantine: QuarantineWriter,
    clock: Clock,
}

impl UploadIntake {
    /// Reads `DIRECTORY_TABLE`, `EVENTS_TABLE`, `EVENTS_BUCKET` and `QUARANTINE_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &aws_types::SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let events = environment.required("EVENTS_TABLE")?;
        let bucket = environment.required("EVENTS_BUCKET")?;
        let quarantine = environment.required("QUARANTINE_TABLE")?;
        Ok(Self {
            types: EventTypes::new(sdk, directory, clock.clone()),
            lookup: EventLookup::new(sdk, events, bucket, clock.clone()),
            data: UploadReader::new(sdk, bucket),
            store: UploadStore::new(sdk, events, bucket, clock.clone()),
            quarantine: QuarantineWriter::new(sdk, quarantine, bucket),
            clock,
        })
    }

    /// Takes the event of `upload`, and tells what became of it. What is refused is kept for its sender
    /// first.
    ///
    /// # Errors
    /// That its data is not there, or that it can't be done now: sent again, it is taken once.
    pub async fn complete(&self, upload: &Upload, from: Sender<'_>) -> Result<Told, Problem> {
        let id = Some(upload.event().id.clone());
        // Boxed: it reaches deep into the SDK and is kilobytes.
        match Box::pin(self.take(upload, from)).await? {
            Ok(Acceptance::Accepted) => Ok(Told::accepted(0, id)),
            Ok(Acceptance::Duplicate) => Ok(Told::duplicate(0, id)),
            Err(problem) => {
                let whose = (from.tenant, from.partner);
                let now = self.clock.now();
                let item = RejectedItem::uploaded(whose, upload, &problem, now);
                let announcement = upload.announcement();
                let kept = self.quarantine.keep(&item, announcement.as_bytes()).await;
                kept.map_err(|error| problems::unavailable(&error))?;
                Ok(Told::refused(0, id, problem))
            }
        }
    }

    /// Takes it, or says why it is refused, and keeps nothing of that.
    ///
    /// # Errors
    /// That its data is not there, or that it can't be done now.
    pub async fn take(
        &self,
        upload: &Upload,
        from: Sender<'_>,
    ) -> Result<Result<Acceptance, Problem>, Problem> {
        // First: of what was accepted nothing has to be there any more.
        match was_accepted(&self.lookup, upload, from).await? {
            Ok(true) => return Ok(Ok(Acceptance::Duplicate)),
            Ok(false) => (),
            Err(problem) => return Ok(Err(problem)),
        }
        let (kind, look) = match fitting(&self.types, upload, from).await? {
            Ok(fitting) => fitting,
            Err(problem) => return Ok(Err(problem)),
        };
        if let Err(problem) = self.look(upload, from, &kind, look).await? {
            return Ok(Err(problem));
        }
        match self.store.accept(upload, from).await {
            Ok(acceptance) => Ok(Ok(acceptance)),
            Err(error) => problems::not_accepted(&error).map(Err),
        }
    }

    /// That the data is there, and what its type says.
    async fn look(
        &self,
        upload: &Upload,
        from: Sender<'_>,
        kind: &EventType,
        look: Look,
    ) -> Result<Result<(), Problem>, Problem> {
        let key = upload.key(from.tenant, from.partner);
        let is_there = self.data.is_there(&key, upload).await;
        let is_there = is_there.map_err(|error| problems::unavailable(&error))?;
        if !is_there && !planted::is_on("upload-accepted-unseen") {
            return Err(problems::not_uploaded());
        }
        if look == Look::Away {
            return Ok(Ok(()));
        }
        let data = self.data.data(&key, upload).await;
        let data = data.map_err(|error| problems::unavailable(&error))?;
        let data = data.ok_or_else(problems::not_uploaded)?;
        let limits = Limits::at(self.clock.now());
        Ok(upload.check(&data, &kind.schema, &limits))
    }
}

/// Whether the event was accepted before with this data; a problem if another one has its id.
///
/// # Errors
/// That it can't be told now.
pub async fn was_accepted(
    lookup: &EventLookup,
    upload: &Upload,
    from: Sender<'_>,
) -> Result<Result<bool, Problem>, Problem> {
    match lookup.was_accepted(upload, from).await {
        Ok(is_so) => Ok(Ok(is_so)),
        Err(AcceptError::Taken) => Ok(Err(problems::id_taken())),
        Err(error) => Err(problems::unavailable(&error)),
    }
}

/// The type of the event, and whether it has the data looked into; a problem if it takes no such data.
///
/// # Errors
/// That it can't be told now.
pub async fn fitting(
    types: &EventTypes,
    upload: &Upload,
    from: Sender<'_>,
) -> Result<Result<(Arc<EventType>, Look), Problem>, Problem> {
    let kind = types.find(from.tenant, &upload.event().kind).await;
    let kind = kind.map_err(|error| problems::unavailable(&error))?;
    let Some(kind) = kind else {
        return Ok(Err(problems::unknown_type()));
    };
    let look = upload.fits(&kind.schema);
    Ok(look.map(|look| (kind, look)))
}
