//! The scenarios that are explored.

use super::{
    Explorable, audience, configuration, consent, contact, datasets, dead_letters, directory,
    erasure, events, export, extensions, fan_out, flows, hooks, idempotency, identify, identity,
    login, merge, notification, operators, outbox, outcomes, partner, profile, reads, receipts,
    registering, reread, running, sdks, uploads, webhooks,
};

/// All of them.
#[must_use]
pub fn all() -> Vec<Explorable> {
    let mut all = of_people();
    all.extend(of_partners());
    all.extend(of_flows());
    all.extend(of_the_end());
    all.extend(of_configuration());
    all.extend(of_the_contact_centre());
    all.extend(of_registering());
    all.extend(of_runs());
    all.extend(of_extensions());
    all
}

/// Tenants' own code.
fn of_extensions() -> Vec<Explorable> {
    vec![Explorable::twice(extensions::ModuleCompiled)]
}

/// Who people are and what they decide and keep.
fn of_people() -> Vec<Explorable> {
    vec![
        Explorable::new(identity::SignUp),
        Explorable::new(identity::FirstToken),
        Explorable::new(identity::NewsFromTheLogin),
        Explorable::new(identity::AddressOfSomeoneElse),
        Explorable::new(identify::Visitor),
        Explorable::new(identify::WordAgainstProof),
        Explorable::new(identify::ProofAgainstWord),
        Explorable::new(identify::SharedDevice),
        Explorable::new(identify::NextVisit),
        Explorable::new(login::SocialAfterNative),
        Explorable::new(login::NativeAfterSocial),
        Explorable::new(login::TwoSocialsAtOnce),
        Explorable::new(login::UnprovenSocial),
        Explorable::new(login::MissedTrigger),
        Explorable::new(login::MissedNews),
        Explorable::new(login::UserGone),
        Explorable::new(login::UserUntold),
        Explorable::new(login::SignIn),
        Explorable::new(login::LoginTakenOff),
        Explorable::new(profile::Change),
        Explorable::new(profile::Overtaken),
        Explorable::twice(idempotency::Repeated),
        Explorable::new(idempotency::TwoAtOnce),
        Explorable::twice(consent::Consent),
        Explorable::twice_in_part(consent::GlobalPrivacyControl),
        Explorable::twice_in_part(consent::Expired),
        Explorable::twice(consent::Renewed),
        Explorable::new(datasets::Devices),
        Explorable::new(datasets::DatasetDeleted),
        Explorable::twice_in_part(directory::Defined),
        Explorable::new(directory::DirectoryOvertaken),
        Explorable::twice(directory::ClientMade),
        Explorable::new(directory::ClientReplaced),
        Explorable::new(directory::WriteKeyReplaced),
        Explorable::new(dead_letters::DeadLetters),
        Explorable::new(dead_letters::ParkedAgain),
        Explorable::new(export::Export),
        Explorable::twice(merge::Merge::SMALL),
        Explorable::twice_in_part(merge::Merge::LARGE),
        Explorable::twice(merge::Split::SMALL),
        Explorable::twice_in_part(merge::Split::LARGE),
        Explorable::new(merge::LeftToTheQueue),
        Explorable::new(outbox::ManyChanges),
        Explorable::new(outbox::Poison),
        Explorable::new(outbox::Forgotten),
    ]
}

/// What partners send, are told of and read, and what people are told.
fn of_partners() -> Vec<Explorable> {
    vec![
        Explorable::twice(events::Ingest),
        Explorable::new(events::LargeEvent),
        Explorable::new(events::EventStream),
        Explorable::new(events::EventSweep),
        Explorable::new(events::EventRouter),
        Explorable::new(events::Resubmitted),
        Explorable::new(events::Quarantined),
        Explorable::new(events::TypeRegistered),
        Explorable::new(uploads::Uploaded),
        Explorable::new(uploads::UploadResubmitted),
        Explorable::new(uploads::DataFetched),
        Explorable::new(hooks::Hook),
        Explorable::new(sdks::SdkBatch),
        Explorable::new(sdks::SdkIdentify),
        Explorable::new(sdks::SdkVisit),
        Explorable::new(sdks::SdkSignal),
        Explorable::new(sdks::SdkAlias),
        Explorable::new(sdks::SdkSaidAgain),
        Explorable::new(sdks::FirstBatch::IdentifyFirst),
        Explorable::new(sdks::FirstBatch::TrackFirst),
        Explorable::new(sdks::FirstBatch::Together),
        Explorable::new(sdks::SdkKnownLater),
        Explorable::new(webhooks::Subscribed),
        Explorable::new(webhooks::Webhooks),
        Explorable::new(webhooks::WithdrawnWhileWaiting),
        Explorable::new(webhooks::EndpointGone),
        Explorable::new(webhooks::EndpointFailing),
        Explorable::new(webhooks::ToldToErase),
        Explorable::new(webhooks::ToldOnceKnown),
        Explorable::new(webhooks::SwitchedOff),
        Explorable::new(fan_out::FannedOut),
        Explorable::new(fan_out::FanOutWithdrawn),
        Explorable::new(fan_out::FanOutErased),
        Explorable::new(fan_out::FannedOutOnceKnown),
        Explorable::new(notification::Notices),
        Explorable::new(notification::WithdrawnWhileQueued),
        Explorable::new(notification::DeclinedWhileQueued),
        Explorable::new(notification::Tested),
        Explorable::new(notification::ToldByRule),
        Explorable::new(notification::RuleWithdrawn),
        Explorable::new(partner::PartnerRead),
        Explorable::new(partner::PartnerReadsMany),
    ]
}

/// Flows between Salesforce and Fairlead, and what breaks them.
fn of_flows() -> Vec<Explorable> {
    vec![
        Explorable::new(flows::Mended::DEACTIVATED),
        Explorable::new(flows::Mended::ERRORED),
        Explorable::new(flows::Mended::SUSPENDED),
        Explorable::new(flows::Mended::SESSION_OVER),
        Explorable::new(flows::Mended::DRIFTED),
        Explorable::new(flows::Mended::THROTTLED),
        Explorable::new(flows::Mended::REJECTED),
        Explorable::new(flows::Mended::IDLE),
        Explorable::new(flows::OverlookedInPart),
        Explorable::new(flows::GivenUp::CREDENTIALS),
        Explorable::new(flows::GivenUp::STAYS_OFF),
        Explorable::new(flows::Gap),
        Explorable::new(flows::Connected),
    ]
}

/// Erasure, audiences, receipts, and what is only read.
fn of_the_end() -> Vec<Explorable> {
    vec![
        Explorable::twice_in_part(erasure::Erasure),
        Explorable::twice(erasure::Steps),
        Explorable::twice_in_part(erasure::Unacknowledged),
        Explorable::twice_in_part(erasure::ErasureOfMerged),
        Explorable::new(operators::ErasureByOperator),
        Explorable::twice_in_part(erasure::ErasureAfterSplit),
        Explorable::twice(erasure::WayBack),
        Explorable::new(audience::Followed),
        Explorable::new(audience::Together),
        Explorable::new(audience::MergedAndSplit),
        Explorable::twice_in_part(audience::RunOut),
        Explorable::new(audience::TakenBack),
        Explorable::new(receipts::Archived),
        Explorable::new(reads::CodeTold),
        Explorable::new(reads::BroughtOver),
        Explorable::new(reads::ReceiptsSeen),
        Explorable::new(reads::DescriptionSeen),
        Explorable::new(reads::HouseSeen),
        Explorable::new(reads::FrontDoorSeen),
        Explorable::twice(idempotency::RepeatedRead),
    ]
}

/// Tenants' own code.
fn of_registering() -> Vec<Explorable> {
    vec![
        Explorable::new(registering::ExtensionRegistered),
        Explorable::new(registering::FunctionRegistered),
        Explorable::new(registering::ExtensionRemoved),
        Explorable::new(registering::ExtensionDrift),
    ]
}

/// Who calls, and who is called.
fn of_the_contact_centre() -> Vec<Explorable> {
    vec![
        Explorable::twice(contact::ContactAsked),
        Explorable::new(contact::CallerKnown),
        Explorable::new(contact::CallerOnAWord),
        Explorable::twice(contact::ShiftsChange),
        Explorable::new(contact::TextsRelayed),
    ]
}

/// What operators edit in Salesforce.
fn of_configuration() -> Vec<Explorable> {
    vec![
        Explorable::twice(configuration::ConfigurationEdited),
        Explorable::twice_in_part(configuration::ConfigurationReordered),
        Explorable::twice_in_part(configuration::ConfigurationToldInPart),
        Explorable::new(configuration::ConfigurationOfAllKinds),
        Explorable::new(configuration::ConfigurationAtOnce),
        Explorable::new(outcomes::OutcomesFiled),
        Explorable::new(outcomes::OutcomesMailed),
        Explorable::new(reread::CaughtUp),
        Explorable::new(reread::ReadAgain),
    ]
}

/// What tenants' own code is given, and what comes of it.
fn of_runs() -> Vec<Explorable> {
    vec![
        Explorable::new(running::Dispatched),
        Explorable::new(running::DispatchWithdrawn),
        Explorable::twice(running::Ran),
        Explorable::new(running::Failed),
        Explorable::new(running::Enriched),
    ]
}
