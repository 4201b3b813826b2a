//! Wires `extension-sweep` to Lambda.

use extension_sweep::{App, handle};
use lambda_kit::{BoxError, Start, aws::CallBudget, run, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let Start {
        environment,
        sdk,
        clock,
        ..
    } = start(&CallBudget::BATCH)?;
    let app = App::new(&environment, &sdk, clock)?;
    run(env!("CARGO_PKG_NAME"), async |_, invocation| {
        handle(&app, &invocation).await
    })
    .await
}
