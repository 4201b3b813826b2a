//! Wires `extension-compile` to Lambda; or compiles one module, if that is all that this process is for.

use std::{env, process::ExitCode};

use extension_compile::{App, apart, handle};
use lambda_kit::{BoxError, Start, aws::CallBudget, run, start};

fn main() -> Result<ExitCode, BoxError> {
    if env::args().nth(1).as_deref() == Some(apart::ARGUMENT) {
        return Ok(apart::serve());
    }
    serve_lambda().map(|()| ExitCode::SUCCESS)
}

#[tokio::main(flavor = "current_thread")]
async fn serve_lambda() -> Result<(), BoxError> {
    let Start {
        environment, sdk, ..
    } = start(&CallBudget::BATCH)?;
    let app = App::new(&environment, &sdk, apart::compile)?;
    run(env!("CARGO_PKG_NAME"), async |event, invocation| {
        handle(&app, event, invocation).await
    })
    .await
}
