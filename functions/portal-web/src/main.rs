//! Wires `portal-web` to Lambda.

use lambda_kit::{BoxError, Start, aws::CallBudget, run, start};
use portal_web::{App, handle};
use session::Randomness;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let Start {
        environment,
        sdk,
        clock,
        ids,
    } = start(&CallBudget::HTTP)?;
    let app = App::new(&environment, &sdk, clock, ids, Randomness::system())?;
    run(env!("CARGO_PKG_NAME"), async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}
