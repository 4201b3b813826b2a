use aws_sdk_s3::{
    Client,
    types::{ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart},
};
use lambda_kit::aws::CallBudget;
use testkit::World;

use super::code;

const BUCKET: &str = "exports";

fn s3_of(world: &World) -> Client {
    Client::new(&world.sdk_config(&CallBudget::HTTP))
}

#[test]
fn a_range_is_what_there_is_of_it() {
    let world = World::new(1);
    world
        .engines()
        .put_object(BUCKET, "k", "text/plain", "0123456789");
    let s3 = s3_of(&world);
    let range = |range: &str| s3.get_object().bucket(BUCKET).key("k").range(range).send();
    world.block_on(async {
        for (asked, body, told) in [
            ("bytes=0-0", "0", "bytes 0-0/10"),
            ("bytes=2-4", "234", "bytes 2-4/10"),
            ("bytes=8-99", "89", "bytes 8-9/10"),
        ] {
            let answer = range(asked).await.unwrap();
            assert_eq!(answer.content_range(), Some(told));
            assert_eq!(answer.body.collect().await.unwrap().into_bytes(), body);
        }
        assert_eq!(code(range("bytes=10-11").await), "InvalidRange");
        assert_eq!(code(range("bytes=4-2").await), "InvalidRange");
    });
}

#[test]
fn a_head_tells_what_is_known_of_an_object() {
    let world = World::new(1);
    let s3 = s3_of(&world);
    let put = s3.put_object().bucket(BUCKET).key("k").if_none_match("*");
    let head = |key: &str| {
        let head = s3.head_object().bucket(BUCKET).key(key);
        head.checksum_mode(ChecksumMode::Enabled).send()
    };
    world.block_on(async {
        put.body(b"abc".to_vec().into()).send().await.unwrap();
        let known = head("k").await.unwrap();
        assert_eq!(known.content_length(), Some(3));
        assert_eq!(known.checksum_crc32(), Some("NSRBwg=="));
        assert_eq!(known.checksum_type(), Some(&ChecksumType::FullObject));
        assert_eq!(code(head("l").await), "NotFound");
    });
}

#[test]
fn an_object_of_parts_has_a_checksum_of_all_of_it_if_its_upload_says_so() {
    for (full_object, expected) in [(true, Some("NSRBwg==")), (false, None)] {
        let world = World::new(1);
        let s3 = s3_of(&world);
        world.block_on(async {
            let begin = s3.create_multipart_upload().bucket(BUCKET).key("k");
            let kind = full_object.then_some(ChecksumType::FullObject);
            let upload = begin.set_checksum_type(kind).send().await.unwrap();
            let part = s3.upload_part().bucket(BUCKET).key("k").part_number(1);
            let part = part.set_upload_id(upload.upload_id.clone());
            let part = part.body(b"abc".to_vec().into()).send().await.unwrap();
            let part = CompletedPart::builder()
                .part_number(1)
                .set_e_tag(part.e_tag);
            let parts = CompletedMultipartUpload::builder().parts(part.build());
            let complete = s3.complete_multipart_upload().bucket(BUCKET).key("k");
            let complete = complete.set_upload_id(upload.upload_id).if_none_match("*");
            let complete = complete.multipart_upload(parts.build());
            complete.send().await.unwrap();
            let head = s3.head_object().bucket(BUCKET).key("k");
            let head = head.checksum_mode(ChecksumMode::Enabled);
            let known = head.send().await.unwrap();
            assert_eq!(known.checksum_crc32(), expected);
        });
    }
}
