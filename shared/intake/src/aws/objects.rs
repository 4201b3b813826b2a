//! Objects that may be gone.

use aws_sdk_s3::{
    Client,
    operation::get_object::{GetObjectError, GetObjectOutput},
    primitives::ByteStream,
};
use lambda_kit::{Retry, error::ServiceError};

/// The object under `key`, of which nothing but the head is read yet; `None` if there is none.
pub(super) async fn object(
    client: &Client,
    bucket: &str,
    key: &str,
) -> Result<Option<GetObjectOutput>, ServiceError> {
    let found = client.get_object().bucket(bucket).key(key).send().await;
    match found {
        Ok(object) => Ok(Some(object)),
        Err(error)
            if error
                .as_service_error()
                .is_some_and(GetObjectError::is_no_such_key) =>
        {
            Ok(None)
        }
        Err(error) => Err(ServiceError::new("s3:GetObject", &error)),
    }
}

/// All of an object's body, in memory.
pub(super) async fn whole(body: ByteStream) -> Result<Vec<u8>, ServiceError> {
    let body = body.collect().await.map_err(|_| ServiceError {
        operation: "s3:GetObject",
        code: "UnreadableResponse".to_owned(),
        retry: Retry::MayHelp,
    })?;
    Ok(body.to_vec())
}
