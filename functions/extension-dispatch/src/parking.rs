//! What can't be given to code now is kept with its cause, and nothing that it says.

use lambda_kit::{
    error::ServiceError,
    parking::{Parked, ParkingSender},
};
use serde_json::{json, value::to_raw_value};
use tenancy::ExtensionName;

use crate::told::Matter;

/// Why something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// An operator of the tenant's stopped the extension.
    Disabled,
    /// There is nothing that would run it.
    NoHost,
    /// It is to be run in order, and there is no queue for that.
    NoOrder,
    /// The tenant has used up its day.
    OverQuota,
    /// Code caused code that caused code.
    TooManyHops,
    /// Which events it wants can't be read.
    Unreadable,
}

impl Cause {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "the extension is disabled",
            Self::NoHost => "the tenant's host is not there",
            Self::NoOrder => "the tenant has no queue in order",
            Self::OverQuota => "the tenant has used up what it may run in a day",
            Self::TooManyHops => "it came about through too many runs of tenants' code",
            Self::Unreadable => "the filter of the extension can't be read",
        }
    }
}

/// Keeps `matter` for `extension`.
pub(crate) async fn park(
    parking: &ParkingSender,
    matter: &Matter,
    (extension, key): (&ExtensionName, &str),
    cause: Cause,
) -> Result<(), ServiceError> {
    let kept = json!({ "tenant": matter.tenant, "only": extension, "event": matter.event });
    // It was JSON before: nothing in it can fail.
    let Ok(payload) = to_raw_value(&kept) else {
        return Ok(());
    };
    let parked = Parked {
        service: env!("CARGO_PKG_NAME"),
        key,
        cause: cause.as_str(),
        payload: &payload,
    };
    parking.park(parked).await
}
