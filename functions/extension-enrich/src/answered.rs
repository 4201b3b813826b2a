//! What an extension answered, once it is sure that it did.

use event::{CloudEvent, Data, Finished, RunOutcome};
use extension::{Answer, Chain, ExtensionReader, RegistryError, RunId, RunKey, Version};
use identity::IdentifierKey;
use jiff::Timestamp;
use lambda_kit::planted;

/// An answer that may be applied.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) finished: Finished,
    pub(crate) run: RunId,
    pub(crate) answer: Answer,
    /// Through which runs whatever is made of it comes about.
    pub(crate) chain: Chain,
    pub(crate) at: Timestamp,
}

/// Why an answer is not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unapplied {
    /// It is none of the run that it is told of.
    Seal,
    /// The version that gave it is no more.
    Version,
    /// It is not what its manifest allows.
    Manifest,
}

impl Unapplied {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Seal => "the answer is under no seal of its run",
            Self::Version => "the version that answered is not registered",
            Self::Manifest => "the answer is not what its manifest allows",
        }
    }
}

/// What `event` says that was answered; `None` if it says nothing of the kind.
pub(crate) async fn read(
    event: &CloudEvent,
    secret: &IdentifierKey,
    registered: &ExtensionReader,
) -> Result<Option<Result<Answered, Unapplied>>, RegistryError> {
    let Data::ExtensionFinished(finished) = &event.data else {
        return Ok(None);
    };
    let Some(sealed) = &finished.answer else {
        return Ok(None);
    };
    if finished.outcome != RunOutcome::Success {
        return Ok(None);
    }
    let finished = Finished::clone(finished);
    let run = RunId {
        tenant: finished.tenant_id.clone(),
        extension: finished.extension.clone(),
        event_id: finished.event_id.clone(),
    };
    let chain = Chain::read(event.fairleadhops, event.fairleadextensions.as_deref());
    let version: Option<Version> = finished.version.as_ref().and_then(|text| text.parse().ok());
    let Some(version) = version else {
        return Ok(Some(Err(Unapplied::Version)));
    };
    let key = RunKey::of(secret, &run, finished.profile_id, &chain);
    let Ok(answer) = key.open(&run, version.as_str(), sealed) else {
        return Ok(Some(Err(Unapplied::Seal)));
    };
    // The host looked at it, too; but a host is as near to code of others as anything is.
    let found = registered.version(&run.tenant, &run.extension, &version);
    let Some(found) = found.await? else {
        return Ok(Some(Err(Unapplied::Version)));
    };
    let Ok(answer) = Answer::read(answer.as_bytes(), &found.manifest) else {
        return Ok(Some(Err(Unapplied::Manifest)));
    };
    let chain = if planted::is_on("extension-hop-ignored") {
        Chain::default()
    } else {
        chain
    };
    Ok(Some(Ok(Answered {
        finished,
        run,
        answer,
        chain,
        at: event.time,
    })))
}
