//! What the directory's names look like on the wire.

use crate::{
    AgreementId, AppClientId, ClientState, DefinitionState, DisplayName, EventTypeName,
    ExtensionName, FieldGroup, HookName, LanguageCode, LegalBasis, MachineScope, MessageName,
    NoticeText, NoticeUrl, PartnerClientId, PartnerId, Purpose, Segment, SourceName, TenantId,
    TextDigest, TextVersion, WriteKeyId, WriteKeyState,
};

openapi::texts! {
    TenantId: "A brand or subsidiary.", "^[a-z][a-z0-9-]{0,63}$", "harbour";
    PartnerId: "A machine client of a tenant.", "^[a-z][a-z0-9-]{0,63}$", "chandlery";
    AgreementId: "What a partner may ask for.", "^[a-z][a-z0-9-]{0,63}$", "chandlery-2026";
    Purpose: "Why data is processed.", "^[a-z][a-z0-9-]{0,63}$", "newsletter";
    AppClientId: "An app client of the user pool.", "^[A-Za-z0-9_+]{1,128}$", "1webclient";
    PartnerClientId: "An app client that was made for a partner.", "^pcl_[0-9a-f]{32}$", "pcl_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
    WriteKeyId: "What a write key of a partner is called.", "^wky_[0-9a-f]{32}$", "wky_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
    SourceName: "One of a partner's systems.", "^[a-z][a-z0-9-]{0,63}$", "shop";
    HookName: "A partner and one of its systems.", "^[a-z][a-z0-9-]{0,63}/[a-z][a-z0-9-]{0,63}$", "chandlery/shop";
    ExtensionName: "A piece of a tenant's own code.", "^[a-z][a-z0-9-]{0,63}$", "greeter";
    Segment: "What a tenant calls some of its people.", "^[a-z][a-z0-9-]{0,63}$", "regulars";
    TextVersion: "The version of a text that people see.", "^[A-Za-z0-9._-]{1,64}$", "2026-01";
    TextDigest: "The SHA-256 of a text as it is published.", "^[0-9a-f]{64}$", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    NoticeUrl: "Where a text is read.", "^https://[!-~]{1,2040}$", "https://harbour.example/privacy/newsletter/2026-01";
    EventTypeName: "The name of a type of events, with its version.", "^(?!dev\\.fairlead)[A-Za-z0-9._-]{1,128}$", "com.example.parcel.sent.v1";
    LanguageCode: "A language, by its code.", "^[a-z]{2,3}$", "en";
    MessageName: "Of which kind a message is, and in which language.", "^(sign-up|invitation|resend-code|forgot-password|changed-contact|verify-contact|second-factor)\\.[a-z]{2,3}$", "sign-up.de";
    NoticeText: "What people read of an event, on one line.", "", "Your parcel is on its way.";
    DisplayName: "What people read in place of a name.", "", "The Harbour Letter";
}

openapi::choices! {
    FieldGroup: "Fields that are agreed on, asked for and withheld together.", Self::ALL;
    DefinitionState: "Whether what is defined has any effect.", Self::ALL;
    WriteKeyState: "Whether a write key opens anything.", Self::ALL;
    ClientState: "How far a partner's app client is.", Self::ALL;
    MachineScope: "What a partner's machine may be granted.", Self::ALL;
    LegalBasis: "Why processing is lawful, by GDPR Art. 6 (1).", Self::ALL;
}
