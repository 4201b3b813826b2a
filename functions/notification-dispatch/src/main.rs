//! Wires `notification-dispatch` to Lambda.

use lambda_kit::{BoxError, aws, clock::Clock, config::Environment, ids::IdSource, log, run};
use notification_dispatch::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let environment = Environment::from_process();
    log::init(&environment);
    let sdk = aws::sdk_config(&environment, &aws::CallBudget::BATCH)?;
    let clock = Clock::system();
    let ids = IdSource::system(clock.clone());
    let app = App::new(&environment, &sdk, clock, ids)?;
    run(env!("CARGO_PKG_NAME"), async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}
