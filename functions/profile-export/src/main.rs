//! Wires `profile-export` to Lambda.

use lambda_kit::{BoxError, Start, aws::CallBudget, run, start};
use profile_export::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    // A person waits, and for so much that a call may take longer than where they wait for little.
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
