//! Wires `extension-dispatch` to Lambda.

use extension_dispatch::{App, handle};
use lambda_kit::{BoxError, Start, aws::CallBudget, run, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let Start {
        environment,
        sdk,
        clock,
        ids,
    } = start(&CallBudget::BATCH)?;
    let app = App::new(&environment, &sdk, clock, ids)?;
    run(env!("CARGO_PKG_NAME"), async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}
