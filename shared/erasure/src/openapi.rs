//! What erasures look like on the wire.

use crate::{Case, ErasureState};

openapi::texts! {
    Case: "What operators call the case in which they ask for an erasure.", "^[A-Za-z0-9._/#:-]{1,64}$", "desk/2026-0042";
}

openapi::choices! {
    ErasureState: "How far an erasure is.", [Self::Requested, Self::Frozen, Self::Erasing, Self::Erased, Self::Withdrawn];
}
