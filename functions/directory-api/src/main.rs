//! Wires `directory-api` to Lambda.

use directory_api::{App, handle};
use lambda_kit::{BoxError, Start, aws::CallBudget, run, start};
use tenancy::WriteKeySource;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let Start {
        environment,
        sdk,
        clock,
        ids,
    } = start(&CallBudget::HTTP)?;
    let app = App::new(&environment, &sdk, clock, ids, WriteKeySource::system())?;
    run(env!("CARGO_PKG_NAME"), async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}
