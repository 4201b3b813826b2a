//! Wires `salesforce-config-reread` to Lambda.

use lambda_kit::{
    BoxError, Start,
    aws::{CallBudget, for_outside},
    run, start,
};
use salesforce_config_reread::{App, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let Start {
        environment,
        sdk,
        clock,
        ..
    } = start(&CallBudget::BATCH)?;
    let outside = for_outside(&sdk, &salesforce::BUDGET);
    let app = App::new(&environment, &sdk, &outside, clock)?;
    run(env!("CARGO_PKG_NAME"), async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}
