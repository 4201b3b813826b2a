//! Wires `salesforce-flow-connection` to Lambda.

use lambda_kit::{BoxError, Start, aws::CallBudget, outside::Outside, run, start};
use salesforce_flow_connection::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let Start {
        environment, sdk, ..
    } = start(&CallBudget::BATCH)?;
    let app = App::new(&environment, &sdk, Outside::internet());
    run(env!("CARGO_PKG_NAME"), async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}
