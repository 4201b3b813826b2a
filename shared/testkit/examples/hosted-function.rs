//! A function for the tests of `testkit::runtime_host`. In comes what it is to do; out goes that
//! it was done.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use lambda_kit::{
    aws::{CallBudget, sdk_config},
    config::Environment,
};
use serde_json::{Value, json};

#[derive(Debug, thiserror::Error)]
#[error("it was told to fail")]
struct ToldToFail;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_kit::BoxError> {
    let environment = Environment::from_process();
    let table = environment.required("PROFILES_TABLE")?;
    let client = Client::new(&sdk_config(&environment, &CallBudget::HTTP)?);
    lambda_kit::run("hosted-function", async |event, _| match event.get() {
        r#""store""# => store(&client, table).await,
        r#""exit""# => std::process::exit(3),
        _ => Err(ToldToFail),
    })
    .await
}

async fn store(client: &Client, table: &str) -> Result<Value, ToldToFail> {
    println!("storing");
    eprintln!("and complaining");
    let part = AttributeValue::S("profile".to_owned());
    let put = client
        .put_item()
        .table_name(table)
        .item("profile_id", part.clone())
        .item("part", part);
    put.send().await.map_err(|_| ToldToFail)?;
    Ok(json!({ "stored": true }))
}
