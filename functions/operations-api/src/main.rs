//! Wires `operations-api` to Lambda.

use lambda_kit::{BoxError, Start, aws::CallBudget, run, start};
use operations_api::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    // An operator waits, and CloudWatch takes a while for hundreds of metrics.
    let Start {
        environment,
        sdk,
        clock,
        ..
    } = start(&CallBudget::BATCH)?;
    let app = App::new(&environment, &sdk, clock)?;
    run(env!("CARGO_PKG_NAME"), async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}
