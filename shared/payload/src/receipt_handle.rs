//! Receipt handles in which the extended clients keep where a payload is, so that deleting the
//! message can delete the payload. Lambda's own pollers know nothing of this: what they hand to a
//! function is the handle as SQS made it.

use crate::pointer::{Buckets, InvalidPointer, Pointer};

const BUCKET_MARKER: &str = "-..s3BucketName..-";
const KEY_MARKER: &str = "-..s3Key..-";

/// The handle that an extended client gives to its caller for a message with this pointer.
#[must_use]
pub fn embed(pointer: &Pointer, handle: &str) -> String {
    let (bucket, key) = (pointer.bucket(), pointer.key());
    format!("{BUCKET_MARKER}{bucket}{BUCKET_MARKER}{KEY_MARKER}{key}{KEY_MARKER}{handle}")
}

/// The handle that SQS knows: all that comes after the second marker of the key, as in Java. The
/// Python library takes what comes after the last hyphen, and loses a part of a handle that has
/// hyphens itself. A handle without a pointer is returned as it is.
#[must_use]
pub fn strip(handle: &str) -> &str {
    parts(handle).map_or(handle, |(_, _, original)| original)
}

/// The pointer in a handle; `None` if there is none.
#[must_use]
pub fn pointer(handle: &str, buckets: &Buckets) -> Option<Result<Pointer, InvalidPointer>> {
    let (bucket, key, _) = parts(handle)?;
    Some(Pointer::found(bucket, key, buckets))
}

/// Bucket, key and original handle.
fn parts(handle: &str) -> Option<(&str, &str, &str)> {
    let (bucket, _) = between(handle, BUCKET_MARKER)?;
    let (key, original) = between(handle, KEY_MARKER)?;
    Some((bucket, key, original))
}

/// What stands between the first two of a marker, and what comes after the second.
fn between<'a>(text: &'a str, marker: &str) -> Option<(&'a str, &'a str)> {
    text.split_once(marker)?.1.split_once(marker)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::KeyPrefix;

    fn pointer_to(bucket: &str, id: &str) -> Pointer {
        Pointer::new(bucket, &KeyPrefix::default().key(id).unwrap())
    }

    #[test]
    fn a_handle_is_embedded_as_in_java() {
        assert_eq!(
            embed(&pointer_to("large", "k-1"), "AQEB+/w=="),
            "-..s3BucketName..-large-..s3BucketName..--..s3Key..-k-1-..s3Key..-AQEB+/w=="
        );
    }

    #[test]
    fn a_handle_without_a_pointer_stays_as_it_is() {
        for handle in [
            "AQEB+/w==",
            "",
            "a-..s3Key..-b",
            "-..s3BucketName..-b-..s3BucketName..-",
            "-..s3BucketName..-b-..s3BucketName..--..s3Key..-k",
        ] {
            assert_eq!(strip(handle), handle);
            assert!(pointer(handle, &Buckets::only(["b"])).is_none(), "{handle}");
        }
    }

    #[test]
    fn a_pointer_in_a_handle_leads_to_no_other_bucket() {
        let handle = embed(&pointer_to("theirs", "k"), "h");
        let read = pointer(&handle, &Buckets::only(["large"]));
        assert_eq!(read, Some(Err(InvalidPointer::Bucket)));
    }

    proptest! {
        #[test]
        fn what_was_embedded_comes_out_again(id in "[a-z0-9_-]{1,36}", handle in "[A-Za-z0-9+/=-]{0,60}") {
            let embedded = embed(&pointer_to("large", &id), &handle);
            prop_assert_eq!(strip(&embedded), handle.as_str());
            let read = pointer(&embedded, &Buckets::only(["large"])).unwrap();
            prop_assert_eq!(read, Ok(pointer_to("large", &id)));
        }

        #[test]
        fn no_text_is_too_odd_to_be_looked_at(handle in r"(-\.\.s3Key\.\.-|-\.\.s3BucketName\.\.-|[a-z-]|ö){0,8}") {
            prop_assert!(handle.ends_with(strip(&handle)));
        }
    }
}
