//! Wires `identity-user-migration` to Lambda.

use identity_user_migration::{App, BUDGET, handle};
use lambda_kit::{BoxError, Start, run, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let Start {
        environment, sdk, ..
    } = start(&BUDGET)?;
    let app = App::new(&environment, &sdk)?;
    run(env!("CARGO_PKG_NAME"), async |event, _| {
        handle(&app, event).await
    })
    .await
}
