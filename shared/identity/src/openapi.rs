//! What ids and identifiers look like on the wire.

use crate::{AnonymousId, Email, IdentifierKind, MergeId, PhoneNumber, ProfileId};

openapi::texts! {
    ProfileId: "The id of a profile.", "^prf_[0-9a-f]{32}$", "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
    MergeId: "The id of a merge.", "^mrg_[0-9a-f]{32}$", "mrg_0198f2a2e3f4705192a3b4c5d6e7f809";
    AnonymousId: "The id of a device or browser: random, such as a UUID of version 4.", "^[A-Za-z0-9._~-]{16,128}$", "d3b07384-d113-4dec-89ea-a6238ad5ff00";
    Email: "An e-mail address, in any spelling.", "", "ada@example.com";
    PhoneNumber: "A telephone number with its country code, in any spelling.", "", "+49 30 901820";
}

openapi::choices! {
    IdentifierKind: "A kind of identifiers.", [Self::Email, Self::Phone, Self::CognitoSub, Self::Social, Self::External, Self::Anonymous];
}
