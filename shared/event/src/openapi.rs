//! What of events is seen elsewhere on the wire.

use crate::Surface;

openapi::choices! {
    Surface: "Where a person decided.", [Self::SelfService, Self::GlobalPrivacyControl];
}
