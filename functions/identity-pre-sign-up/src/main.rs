//! Wires `identity-pre-sign-up` to Lambda.

use identity::aws::PasswordSource;
use identity_pre_sign_up::{App, handle};
use lambda_kit::{BoxError, Start, aws::CallBudget, run, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let Start {
        environment,
        sdk,
        clock,
        ..
    } = start(&CallBudget::COGNITO)?;
    let app = App::new(&environment, &sdk, clock, PasswordSource::system())?;
    run(env!("CARGO_PKG_NAME"), async |event, _| {
        handle(&app, event).await
    })
    .await
}
