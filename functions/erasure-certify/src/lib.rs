//! In comes an erasure of which everybody was told, from the state machine; out go its certificate
//! and its end.

use aws_types::SdkConfig;
use erasure::{Certifier, ErasureError, ErasureReader, Order, Progress};
use lambda_kit::{
    Invocation,
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
    objects::ObjectWriter,
};
use serde_json::value::RawValue;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    certifier: Certifier,
}

impl App {
    /// Reads `ERASURES_TABLE`, `PROFILES_TABLE` and `CERTIFICATES_BUCKET`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let erasures = environment.required("ERASURES_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let bucket = environment.required("CERTIFICATES_BUCKET")?;
        let reader = ErasureReader::new(sdk, erasures);
        let objects = ObjectWriter::new(sdk, bucket);
        Ok(Self {
            certifier: Certifier::new(sdk, reader, profiles, objects, clock, ids),
        })
    }
}

/// Issues the certificate, unless there is one, and ends the erasure.
pub async fn handle(
    app: &App,
    event: &RawValue,
    _invocation: Invocation,
) -> Result<Progress, ErasureError> {
    let order = Order::read(event)?;
    app.certifier.certify(&order.erasure_id).await
}
