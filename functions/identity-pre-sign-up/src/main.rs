//! Wires `identity-pre-sign-up` to Lambda.

use lambda_kit::{BoxError, config::Environment, log, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    log::init(&Environment::from_process());
    run(env!("CARGO_PKG_NAME"), async |event, _| {
        identity_pre_sign_up::handle(event)
    })
    .await
}
