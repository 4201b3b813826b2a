//! Wires `identity-custom-message` to Lambda.

use identity_custom_message::{App, handle};
use lambda_kit::{BoxError, Start, aws::CallBudget, run, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let Start {
        environment,
        sdk,
        clock,
        ..
    } = start(&CallBudget::COGNITO)?;
    let app = App::new(&environment, &sdk, clock)?;
    run(env!("CARGO_PKG_NAME"), async |event, _| {
        handle(&app, event).await
    })
    .await
}
