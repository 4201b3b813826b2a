//! Wires `profile-sweep` to Lambda.

use lambda_kit::{BoxError, aws, clock::Clock, config::Environment, log, run};
use profile_sweep::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let environment = Environment::from_process();
    log::init(&environment);
    let sdk = aws::sdk_config(&environment, &aws::CallBudget::BATCH)?;
    let app = App::new(&environment, &sdk, Clock::system())?;
    run(env!("CARGO_PKG_NAME"), async |_, invocation| {
        handle(&app, invocation).await
    })
    .await
}
