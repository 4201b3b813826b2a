//! Answers, sealed: who holds the table alone can read none.

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::Key;
use crate::http::Response;

/// An answer can't be sealed, or what was sealed can't be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an answer can't be sealed or opened")]
pub(super) struct Unsealable;

/// `response` for the row of `key`, sealed by `owner`.
pub(super) fn seal(key: &Key, owner: &str, response: &Response) -> Result<String, Unsealable> {
    let mut text = serde_json::to_vec(response).map_err(|_| Unsealable)?;
    let row = key.row();
    sealing(key, owner)?
        .seal_in_place_append_tag(nonce(), Aad::from(row.as_bytes()), &mut text)
        .map_err(|_| Unsealable)?;
    Ok(BASE64_STANDARD_NO_PAD.encode(text))
}

/// The response that `owner` sealed.
pub(super) fn open(key: &Key, owner: &str, sealed: &str) -> Result<Response, Unsealable> {
    let mut text = BASE64_STANDARD_NO_PAD
        .decode(sealed)
        .map_err(|_| Unsealable)?;
    let row = key.row();
    let text = sealing(key, owner)?
        .open_in_place(nonce(), Aad::from(row.as_bytes()), &mut text)
        .map_err(|_| Unsealable)?;
    serde_json::from_slice(text).map_err(|_| Unsealable)
}

fn sealing(key: &Key, owner: &str) -> Result<LessSafeKey, Unsealable> {
    let key = UnboundKey::new(&AES_256_GCM, key.sealing(owner).as_ref());
    key.map(LessSafeKey::new).map_err(|_| Unsealable)
}

/// Each owner has a key of its own and seals one text with it, so that the nonce need not differ.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}
