use payload::{Buckets, Format, Generation, InvalidPointer, KeyPrefix, Pointer, Style};
use proptest::prelude::*;

const ID: &str = "7d2c4f3a-9b1e-4c58-8f60-2a1b3c4d5e6f";

fn large() -> Buckets {
    Buckets::only(["large"])
}

fn pointer() -> Pointer {
    Pointer::new("large", &KeyPrefix::new("in/").unwrap().key(ID).unwrap())
}

fn refused(body: &str) -> InvalidPointer {
    Pointer::read(body, &large()).unwrap_err()
}

#[test]
fn a_pointer_is_written_as_each_library_writes_it() {
    let written = |format| pointer().write(format);
    assert_eq!(
        written(Format::JAVA_SQS),
        r#"["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"large","s3Key":"in/7d2c4f3a-9b1e-4c58-8f60-2a1b3c4d5e6f"}]"#
    );
    assert_eq!(
        written(Format::PYTHON),
        r#"["software.amazon.payloadoffloading.PayloadS3Pointer", {"s3BucketName": "large", "s3Key": "in/7d2c4f3a-9b1e-4c58-8f60-2a1b3c4d5e6f"}]"#
    );
    assert_eq!(
        written(Format::PYTHON_LEGACY),
        r#"["com.amazon.sqs.javamessaging.MessageS3Pointer", {"s3BucketName": "large", "s3Key": "in/7d2c4f3a-9b1e-4c58-8f60-2a1b3c4d5e6f"}]"#
    );
}

#[test]
fn the_attribute_has_the_name_of_its_generation() {
    assert_eq!(Format::default().size_attribute(), "ExtendedPayloadSize");
    assert_eq!(Format::PYTHON.size_attribute(), "ExtendedPayloadSize");
    assert_eq!(Format::JAVA_SQS.size_attribute(), "SQSLargePayloadSize");
    assert_eq!(
        Format::PYTHON_LEGACY.size_attribute(),
        "SQSLargePayloadSize"
    );
}

#[test]
fn whatever_is_written_is_read_again() {
    for style in [Style::Compact, Style::Spaced] {
        for class in [Generation::Current, Generation::Legacy] {
            let format = Format {
                style,
                class,
                ..Format::default()
            };
            let read = Pointer::read(&pointer().write(format), &large());
            assert_eq!(read, Ok(pointer()), "{format:?}");
        }
    }
}

#[test]
fn properties_that_are_not_known_are_passed_over() {
    let body = r#"["software.amazon.payloadoffloading.PayloadS3Pointer",
        {"region":{"name":["x"]},"s3Key":"a key of theirs/ö","s3BucketName":"large","bytes":1}]"#;
    let read = Pointer::read(body, &large()).unwrap();
    assert_eq!((read.bucket(), read.key()), ("large", "a key of theirs/ö"));
}

#[test]
fn only_the_array_of_a_class_and_an_object_is_a_pointer() {
    let class = "software.amazon.payloadoffloading.PayloadS3Pointer";
    for body in [
        String::new(),
        "text".to_owned(),
        r#"{"s3BucketName":"large","s3Key":"k"}"#.to_owned(),
        format!(r#"["{class}"]"#),
        format!(r#"["{class}",["large","k"]]"#),
        format!(r#"["{class}",{{"s3BucketName":"large","s3Key":"k"}},1]"#),
        format!(r#"["{class}",{{"s3BucketName":"large","s3Key":"k"}}] and more"#),
        format!(r#"[["{class}"],{{"s3BucketName":"large","s3Key":"k"}}]"#),
    ] {
        assert_eq!(refused(&body), InvalidPointer::Shape, "{body}");
    }
    let other = r#"["java.lang.Object",{"s3BucketName":"large","s3Key":"k"}]"#;
    assert_eq!(refused(other), InvalidPointer::Class);
    for (properties, missing) in [
        (r#"{"s3Key":"k"}"#, "s3BucketName"),
        (r#"{"s3BucketName":"large"}"#, "s3Key"),
        (r#"{"s3BucketName":"large","s3Key":7}"#, "s3Key"),
        (r#"{"s3BucketName":null,"s3Key":"k"}"#, "s3BucketName"),
    ] {
        let body = format!(r#"["{class}",{properties}]"#);
        assert_eq!(refused(&body), InvalidPointer::Property(missing), "{body}");
    }
}

#[test]
fn no_other_bucket_and_no_impossible_key_is_followed() {
    let body = |bucket: &str, key: &str| {
        let class = "com.amazon.sqs.javamessaging.MessageS3Pointer";
        format!(r#"["{class}",{{"s3BucketName":"{bucket}","s3Key":"{key}"}}]"#)
    };
    for bucket in ["", "Large", "large ", "large/in", "secrets"] {
        let refused = refused(&body(bucket, "k"));
        assert_eq!(refused, InvalidPointer::Bucket, "{bucket:?}");
    }
    let long = |length| body("large", &"k".repeat(length));
    assert_eq!(refused(&body("large", "")), InvalidPointer::Key);
    assert_eq!(refused(&long(1_025)), InvalidPointer::Key);
    assert!(Pointer::read(&long(1_024), &large()).is_ok());
}

#[test]
fn a_uri_is_read_as_it_is_written_and_leads_to_no_other_bucket() {
    let uri = "s3://large/in/7d2c4f3a-9b1e-4c58-8f60-2a1b3c4d5e6f";
    assert_eq!(pointer().uri(), uri);
    assert_eq!(Pointer::of_uri(uri, &large()), Ok(pointer()));
    for (uri, refusal) in [
        ("", InvalidPointer::Uri),
        ("s3://large", InvalidPointer::Uri),
        ("https://large.s3.amazonaws.com/k", InvalidPointer::Uri),
        ("s3://large/", InvalidPointer::Key),
        ("s3://secrets/k", InvalidPointer::Bucket),
        ("s3:///large/k", InvalidPointer::Bucket),
    ] {
        assert_eq!(Pointer::of_uri(uri, &large()), Err(refusal), "{uri}");
    }
}

proptest! {
    #[test]
    fn no_body_is_too_odd_to_be_looked_at(body in r#"[\[\]{}:",a-z0-9 ö\\]{0,60}"#) {
        prop_assert!(Pointer::read(&body, &large()).is_err());
    }
}
