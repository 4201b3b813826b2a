//! What of events is seen elsewhere on the wire.

use crate::Surface;

openapi::choices! {
    Surface: "Where a person decided, or that the time of their grant was over.", [Self::SelfService, Self::GlobalPrivacyControl, Self::Expiry];
}
