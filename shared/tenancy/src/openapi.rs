//! What the directory's names look like on the wire.

use crate::{
    AgreementId, DisplayName, FieldGroup, LegalBasis, NoticeUrl, PartnerId, Purpose, Segment,
    TenantId, TextDigest, TextVersion,
};

openapi::texts! {
    TenantId: "A brand or subsidiary.", "^[a-z][a-z0-9-]{0,63}$", "harbour";
    PartnerId: "A machine client of a tenant.", "^[a-z][a-z0-9-]{0,63}$", "chandlery";
    AgreementId: "What a partner may ask for.", "^[a-z][a-z0-9-]{0,63}$", "chandlery-2026";
    Purpose: "Why data is processed.", "^[a-z][a-z0-9-]{0,63}$", "newsletter";
    Segment: "What a tenant calls some of its people.", "^[a-z][a-z0-9-]{0,63}$", "regulars";
    TextVersion: "The version of a text that people see.", "^[A-Za-z0-9._-]{1,64}$", "2026-01";
    TextDigest: "The SHA-256 of a text as it is published.", "^[0-9a-f]{64}$", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    NoticeUrl: "Where a text is read.", "^https://[!-~]{1,2040}$", "https://harbour.example/privacy/newsletter/2026-01";
    DisplayName: "What people read in place of a name.", "", "The Harbour Letter";
}

openapi::choices! {
    FieldGroup: "Fields that are agreed on, asked for and withheld together.", Self::ALL;
    LegalBasis: "Why processing is lawful, by GDPR Art. 6 (1).", Self::ALL;
}
