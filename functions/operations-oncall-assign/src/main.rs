//! Wires `operations-oncall-assign` to Lambda.

use lambda_kit::{BoxError, Start, aws::CallBudget, run, start};
use operations_oncall_assign::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let Start {
        environment,
        sdk,
        clock,
        ..
    } = start(&CallBudget::BATCH)?;
    let app = App::new(&environment, &sdk, clock)?;
    run(env!("CARGO_PKG_NAME"), async |_, _| handle(&app).await).await
}
