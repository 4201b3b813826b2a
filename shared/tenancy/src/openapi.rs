//! What the directory's names look like on the wire.

use crate::{
    AgreementId, DisplayName, FieldGroup, LegalBasis, PartnerId, Purpose, Segment, TenantId,
    TextVersion,
};

openapi::texts! {
    TenantId: "A brand or subsidiary.", "^[a-z][a-z0-9-]{0,63}$", "harbour";
    PartnerId: "A machine client of a tenant.", "^[a-z][a-z0-9-]{0,63}$", "chandlery";
    AgreementId: "What a partner may ask for.", "^[a-z][a-z0-9-]{0,63}$", "chandlery-2026";
    Purpose: "Why data is processed.", "^[a-z][a-z0-9-]{0,63}$", "newsletter";
    Segment: "What a tenant calls some of its people.", "^[a-z][a-z0-9-]{0,63}$", "regulars";
    TextVersion: "The version of a text that people see.", "^[A-Za-z0-9._-]{1,64}$", "2026-01";
    DisplayName: "What people read in place of a name.", "", "The Harbour Letter";
}

openapi::choices! {
    FieldGroup: "Fields that are agreed on, asked for and withheld together.", Self::ALL;
    LegalBasis: "Why processing is lawful, by GDPR Art. 6 (1).", Self::ALL;
}
