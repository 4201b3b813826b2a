//! Wires `profile-stream` to Lambda.

use lambda_kit::{BoxError, aws, clock::Clock, config::Environment, log, run};
use profile_stream::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let environment = Environment::from_process();
    log::init(&environment);
    let sdk = aws::sdk_config(&environment, &aws::CallBudget::BATCH)?;
    let app = App::new(&environment, &sdk, Clock::system())?;
    run(env!("CARGO_PKG_NAME"), async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}
