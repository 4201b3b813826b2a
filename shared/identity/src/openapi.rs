//! What ids and identifiers look like on the wire.

use crate::{
    AnonymousId, Email, ErasureId, IdentifierKind, LoginId, MergeId, PhoneNumber, ProfileId,
    cognito::MessageKind,
};

openapi::texts! {
    ProfileId: "The id of a profile.", "^prf_[0-9a-f]{32}$", "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
    MergeId: "The id of a merge.", "^mrg_[0-9a-f]{32}$", "mrg_0198f2a2e3f4705192a3b4c5d6e7f809";
    ErasureId: "The id of an erasure: whoever has it may ask how far it is.", "^era_[0-9a-f]{32}$", "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";
    LoginId: "What a person names one of their logins by.", "^lgn_[0-9a-f]{64}$", "lgn_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    AnonymousId: "The id of a device or browser: random, such as a UUID of version 4.", "^[A-Za-z0-9._~-]{16,128}$", "d3b07384-d113-4dec-89ea-a6238ad5ff00";
    Email: "An e-mail address, in any spelling.", "", "ada@example.com";
    PhoneNumber: "A telephone number with its country code, in any spelling.", "", "+49 30 901820";
}

openapi::choices! {
    IdentifierKind: "A kind of identifiers.", Self::ALL;
    MessageKind: "What a message to a person is about.", Self::ALL;
}
