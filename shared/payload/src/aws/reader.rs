//! Reading payloads, range by range.

use aws_sdk_s3::{Client, types::ChecksumMode};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};

use super::{PART_BYTES, ReadError};
use crate::received::Claim;

/// How often a range is asked for that broke off.
const ATTEMPTS: u32 = 3;

/// Reads payloads: `s3:GetObject` in the buckets that pointers may lead to. With `s3:ListBucket` S3
/// tells it too when there is no such object.
#[derive(Debug, Clone)]
pub struct PayloadReader {
    client: Client,
}

impl PayloadReader {
    /// A reader. The client's timeout for an attempt ends with the headers of an answer; what then
    /// stands still is ended by the SDK's protection against stalled streams.
    #[must_use]
    pub const fn new(client: Client) -> Self {
        Self { client }
    }

    /// The whole payload as text, unless it has more than `most` bytes.
    pub async fn text(&self, claim: &Claim, most: u64) -> Result<String, ReadError> {
        let bytes = claim.bytes;
        if bytes > most {
            return Err(ReadError::TooLarge { bytes, most });
        }
        let mut payload = self.open(claim).await?;
        let mut whole = Vec::with_capacity(usize::try_from(bytes).unwrap_or_default());
        while let Some(range) = payload.next().await? {
            whole.extend_from_slice(&range);
        }
        String::from_utf8(whole).map_err(|_| ReadError::NotText)
    }

    /// The payload, to be read range by range.
    pub async fn open(&self, claim: &Claim) -> Result<Payload, ReadError> {
        let mut payload = Payload {
            client: self.client.clone(),
            claim: claim.clone(),
            etag: None,
            checksum: None,
            read: 0,
            sum: crc32fast::Hasher::new(),
        };
        if !payload.is_read_at_once() {
            payload.look().await?;
        }
        Ok(payload)
    }
}

/// A payload that is being read. What came of it is what was written only once
/// [`next`](Self::next) has returned `None`.
#[derive(Debug)]
pub struct Payload {
    client: Client,
    claim: Claim,
    /// The object that the first range was of.
    etag: Option<String>,
    /// The checksum of all bytes, if S3 has one.
    checksum: Option<String>,
    /// How many bytes were read.
    read: u64,
    sum: crc32fast::Hasher,
}

impl Payload {
    /// The next bytes, at most [`PART_BYTES`](crate::PART_BYTES); `None` once all were read and are
    /// as long as the message says and, where S3 has a checksum of the whole, match it.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ReadError> {
        if self.read == self.claim.bytes {
            self.check_sum()?;
            return Ok(None);
        }
        let left = usize::try_from(self.claim.bytes - self.read).unwrap_or(usize::MAX);
        let range = self.range(left.min(PART_BYTES)).await?;
        self.sum.update(&range);
        self.read += length(range.len());
        Ok(Some(range))
    }

    /// One that fits a range is asked for whole: the SDK compares its checksum.
    fn is_read_at_once(&self) -> bool {
        self.claim.bytes <= length(PART_BYTES)
    }

    /// Finds out how long the object is, which it is, and what its checksum is.
    async fn look(&mut self) -> Result<(), ReadError> {
        let request = self
            .client
            .head_object()
            .bucket(self.claim.pointer.bucket())
            .key(self.claim.pointer.key())
            .checksum_mode(ChecksumMode::Enabled);
        let found = request.send().await;
        let found = found.map_err(|error| ReadError::new("s3:HeadObject", &error))?;
        self.check_length(found.content_length)?;
        self.etag = found.e_tag;
        self.checksum = of_the_whole(found.checksum_crc32);
        Ok(())
    }

    /// The next `bytes`.
    async fn range(&self, bytes: usize) -> Result<Bytes, ReadError> {
        let mut attempt = 1;
        loop {
            match self.range_once(bytes).await {
                Err(ReadError::BrokenOff) if attempt < ATTEMPTS => attempt += 1,
                result => return result,
            }
        }
    }

    async fn range_once(&self, bytes: usize) -> Result<Bytes, ReadError> {
        let mut request = self
            .client
            .get_object()
            .bucket(self.claim.pointer.bucket())
            .key(self.claim.pointer.key());
        if !self.is_read_at_once() {
            let (first, end) = (self.read, self.read + length(bytes));
            request = request
                .range(format!("bytes={first}-{}", end - 1))
                .set_if_match(self.etag.clone());
        }
        let answer = request.send().await;
        let answer = answer.map_err(|error| ReadError::new("s3:GetObject", &error))?;
        if self.is_read_at_once() {
            self.check_length(answer.content_length)?;
        }
        let mut body = answer.body;
        let mut whole = BytesMut::with_capacity(bytes);
        while let Some(piece) = body.try_next().await.map_err(|_| ReadError::BrokenOff)? {
            if whole.len() + piece.len() > bytes {
                return Err(ReadError::BrokenOff);
            }
            whole.extend_from_slice(&piece);
        }
        if whole.len() < bytes {
            return Err(ReadError::BrokenOff);
        }
        Ok(whole.freeze())
    }

    fn check_length(&self, found: Option<i64>) -> Result<(), ReadError> {
        let found = found.and_then(|found| u64::try_from(found).ok());
        let found = found.ok_or(ReadError::BrokenOff)?;
        let expected = self.claim.bytes;
        if found != expected {
            return Err(ReadError::Length { expected, found });
        }
        Ok(())
    }

    fn check_sum(&self) -> Result<(), ReadError> {
        let read = self.sum.clone().finalize().to_be_bytes();
        match &self.checksum {
            Some(written) if *written != BASE64_STANDARD.encode(read) => Err(ReadError::Checksum),
            _ => Ok(()),
        }
    }
}

/// A checksum, unless it has a hyphen: then it is of the parts' checksums, and the parts are not known.
fn of_the_whole(checksum: Option<String>) -> Option<String> {
    checksum.filter(|sum| !sum.contains('-'))
}

/// A length as S3 counts it.
fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use lambda_kit::aws::CallBudget;
    use testkit::World;

    use super::*;
    use crate::{key::KeyPrefix, pointer::Pointer};

    #[test]
    fn what_does_not_match_its_checksum_does_not_end() {
        let world = World::new(1);
        let body = vec![b'a'; PART_BYTES + 1];
        let engines = world.engines();
        engines.put_object("exports", "a", "text/plain", body);
        let claim = Claim {
            pointer: Pointer::new("exports", &KeyPrefix::default().key("a").unwrap()),
            bytes: length(PART_BYTES + 1),
        };
        let client = Client::new(&world.sdk_config(&CallBudget::BATCH));
        world.block_on(async {
            let mut payload = PayloadReader::new(client).open(&claim).await.unwrap();
            payload.checksum = Some("NSRBwg==".to_owned());
            assert_eq!(payload.next().await.unwrap().unwrap().len(), PART_BYTES);
            assert_eq!(payload.next().await.unwrap().unwrap().len(), 1);
            assert_eq!(payload.next().await, Err(ReadError::Checksum));
        });
    }

    #[test]
    fn a_checksum_of_parts_is_not_taken_for_one_of_the_whole() {
        let whole = |sum: &str| of_the_whole(Some(sum.to_owned()));
        assert_eq!(whole("NSRBwg=="), Some("NSRBwg==".to_owned()));
        assert_eq!(whole("NSRBwg==-2"), None);
    }
}
