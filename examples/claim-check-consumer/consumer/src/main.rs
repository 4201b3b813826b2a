//! Wires the consumer to Lambda. `lambda-kit` is how Fairlead's own functions start; any other way does.

use claim_check_consumer::{Consumer, handle};
use lambda_kit::{BoxError, Start, aws::CallBudget, run, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    let Start {
        environment, sdk, ..
    } = start(&CallBudget::BATCH)?;
    let bucket = environment.required("CLAIMS_BUCKET")?;
    let region = environment.required("CLAIMS_REGION")?;
    let consumer = Consumer::new(&sdk, bucket, region);
    run(env!("CARGO_PKG_NAME"), async |event, _| {
        handle(&consumer, event).await
    })
    .await
}
