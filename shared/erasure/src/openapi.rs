//! What erasures look like on the wire.

use crate::ErasureState;

openapi::choices! {
    ErasureState: "How far an erasure is.", [Self::Requested, Self::Frozen, Self::Erasing, Self::Erased, Self::Withdrawn];
}
