//! Packed bodies, unpacked no further than they may be.

use std::{borrow::Cow, io::Read as _};

use flate2::bufread::MultiGzDecoder;

use crate::{Headers, Unreadable};

/// What packed bytes begin with ([RFC 1952, 2.3.1](https://www.rfc-editor.org/rfc/rfc1952)).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A request's body as `Content-Encoding` says that it was before it was packed: what is read is
/// this. Gateways that unpack bodies may leave the header: what is not packed is taken as it is.
pub fn body<'a>(
    headers: &Headers<'_>,
    body: &'a [u8],
    limit: usize,
) -> Result<Cow<'a, [u8]>, Unreadable> {
    let encoding = headers.get("content-encoding").unwrap_or("identity");
    match encoding.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" if body.starts_with(&GZIP) => gzip(body, limit).map(Cow::Owned),
        "identity" | "" | "gzip" | "x-gzip" if body.len() > limit => {
            Err(Unreadable::TooLarge { limit })
        }
        "identity" | "" | "gzip" | "x-gzip" => Ok(Cow::Borrowed(body)),
        _ => Err(Unreadable::UnsupportedEncoding),
    }
}

/// Unpacks, and stops once there are more than `limit` bytes, however few they came from.
pub fn gzip(body: &[u8], limit: usize) -> Result<Vec<u8>, Unreadable> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut unpacked = Vec::new();
    let outcome = MultiGzDecoder::new(body)
        .take(most)
        .read_to_end(&mut unpacked);
    if unpacked.len() > limit {
        return Err(Unreadable::TooLarge { limit });
    }
    outcome.map(|_| unpacked).map_err(|_| Unreadable::BadGzip)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_bomb_is_unpacked_no_further_than_the_limit() {
        let bomb = packed(&vec![0; 64 * 1024 * 1024]);
        assert!(bomb.len() < 100_000);
        let limit = 1024;
        assert_eq!(gzip(&bomb, limit), Err(Unreadable::TooLarge { limit }));
    }

    #[test]
    fn the_limit_itself_is_taken() {
        let packed = packed(&[7; 1024]);
        assert_eq!(gzip(&packed, 1024).unwrap(), [7; 1024]);
        assert!(gzip(&packed, 1023).is_err());
    }

    #[test]
    fn what_is_cut_off_or_damaged_is_not_taken() {
        let whole = packed(b"every byte of this counts");
        for end in 0..whole.len() {
            assert_eq!(gzip(&whole[..end], 1024), Err(Unreadable::BadGzip), "{end}");
        }
        let mut damaged = whole.clone();
        let checksum = damaged.len() - 8;
        damaged[checksum] ^= 1;
        assert_eq!(gzip(&damaged, 1024), Err(Unreadable::BadGzip));
        assert_eq!(gzip(b"{}", 1024), Err(Unreadable::BadGzip));
    }

    #[test]
    fn a_body_is_unpacked_as_its_header_says() {
        let packed = packed(b"{}");
        let as_told = |encoding: &'static str| Headers::new([("Content-Encoding", encoding)]);
        let unpacked =
            |encoding, bytes: &[u8]| body(&as_told(encoding), bytes, 1024).map(Cow::into_owned);
        assert_eq!(unpacked("GZIP", &packed).unwrap(), b"{}");
        assert_eq!(unpacked("identity", b"{}").unwrap(), b"{}");
        assert_eq!(unpacked("gzip", b"{}").unwrap(), b"{}");
        assert_eq!(unpacked("gzip", &packed[..9]), Err(Unreadable::BadGzip));
        assert_eq!(unpacked("br", b"{}"), Err(Unreadable::UnsupportedEncoding));
        assert_eq!(body(&Headers::default(), b"{}", 2).unwrap().as_ref(), b"{}");
        assert!(body(&Headers::default(), b"{}", 1).is_err());
    }

    proptest! {
        #[test]
        fn whatever_was_packed_comes_back(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            prop_assert_eq!(gzip(&packed(&bytes), 2000).unwrap(), bytes);
        }

        #[test]
        fn whatever_comes_it_ends(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
            for body in [bytes.clone(), [&header[..], &bytes].concat()] {
                let unpacked = gzip(&body, 100).map_or(0, |unpacked| unpacked.len());
                prop_assert!(unpacked <= 100);
            }
        }
    }
}
