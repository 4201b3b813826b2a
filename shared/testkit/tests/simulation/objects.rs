use std::time::Duration;

use aws_sdk_s3::{
    Client,
    presigning::PresigningConfig,
    types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier},
};
use bytes::Bytes;
use http::{Request, Response};
use lambda_kit::{
    aws::CallBudget,
    objects::{Created, ObjectWriter},
};
use testkit::{Fault, World};

use super::code;

const BUCKET: &str = "exports";
const MEBIBYTE: usize = 1024 * 1024;

fn s3_of(world: &World) -> Client {
    Client::new(&world.sdk_config(&CallBudget::HTTP))
}

fn writer_of(world: &World) -> ObjectWriter {
    ObjectWriter::new(&world.sdk_config(&CallBudget::HTTP), BUCKET)
}

async fn create(writer: &ObjectWriter, body: &str) -> Created {
    let body = body.as_bytes().to_vec();
    writer
        .create("a/b.json", "application/json", body)
        .await
        .unwrap()
}

fn bodies(world: &World) -> Vec<(String, Bytes)> {
    let objects = world.objects(BUCKET).into_iter();
    objects.map(|object| (object.key, object.body)).collect()
}

#[test]
fn an_object_that_is_there_stays_as_it_is() {
    let world = World::new(1);
    let writer = writer_of(&world);
    world.block_on(async {
        assert_eq!(create(&writer, "first").await, Created::Now);
        assert_eq!(create(&writer, "second").await, Created::Before);
    });
    assert_eq!(bodies(&world), [("a/b.json".to_owned(), "first".into())]);
}

#[test]
fn an_object_whose_acknowledgement_is_lost_is_made_once() {
    let world = World::new(1);
    world.faults().at(1, Fault::LoseAcknowledgement);
    let made = world.block_on(create(&writer_of(&world), "once"));
    assert_eq!(made, Created::Before);
    assert_eq!(bodies(&world).len(), 1);
}

#[test]
fn an_object_that_another_writer_is_at_is_written_again() {
    let world = World::new(1);
    world.faults().at(1, Fault::Conflict);
    assert_eq!(
        world.block_on(create(&writer_of(&world), "b")),
        Created::Now
    );
    assert_eq!(world.trace().len(), 2);
}

#[test]
fn an_object_changes_only_from_what_the_writer_saw() {
    let world = World::new(1);
    world.engines().put_object(BUCKET, "k", "text/plain", "1");
    let s3 = s3_of(&world);
    let put = |etag: String| {
        s3.put_object()
            .bucket(BUCKET)
            .key("k")
            .if_match(etag)
            .send()
    };
    world.block_on(async {
        let seen = s3
            .get_object()
            .bucket(BUCKET)
            .key("k")
            .send()
            .await
            .unwrap();
        let etag = seen.e_tag().unwrap().to_owned();
        assert_eq!(seen.body.collect().await.unwrap().into_bytes(), "1");
        put(etag.clone()).await.unwrap();
        assert_eq!(code(put(etag).await), "PreconditionFailed");
    });
}

#[test]
fn what_is_not_there_is_named() {
    let world = World::new(1);
    let s3 = s3_of(&world);
    world.block_on(async {
        let missing = s3.get_object().bucket(BUCKET).key("k").send().await;
        assert_eq!(code(missing), "NoSuchKey");
        let elsewhere = s3.get_object().bucket("elsewhere").key("k").send().await;
        assert_eq!(code(elsewhere), "NoSuchBucket");
        s3.delete_object()
            .bucket(BUCKET)
            .key("k")
            .send()
            .await
            .unwrap();
    });
}

#[test]
fn a_bucket_is_listed_page_by_page_in_the_order_of_its_keys() {
    let world = World::new(1);
    for key in ["p/2", "q", "p/1", "p/&3"] {
        world.engines().put_object(BUCKET, key, "text/plain", "");
    }
    let s3 = s3_of(&world);
    let listed = world.block_on(async {
        let (mut keys, mut token) = (Vec::new(), None);
        loop {
            let request = s3.list_objects_v2().bucket(BUCKET).prefix("p/").max_keys(2);
            let page = request.set_continuation_token(token).send().await.unwrap();
            keys.push(
                page.contents()
                    .iter()
                    .map(|object| object.key().unwrap().to_owned())
                    .collect::<Vec<_>>(),
            );
            token = page.next_continuation_token().map(str::to_owned);
            if token.is_none() {
                return keys;
            }
        }
    });
    assert_eq!(listed, [vec!["p/&3", "p/1"], vec!["p/2"]]);
}

#[test]
fn of_many_deletions_those_that_failed_are_named() {
    let world = World::new(1);
    for key in ["a", "b<", "c"] {
        world.engines().put_object(BUCKET, key, "text/plain", "");
    }
    world.faults().at(1, Fault::HalfApply);
    let objects = ["a", "b<", "c"].map(|key| ObjectIdentifier::builder().key(key).build().unwrap());
    let delete = Delete::builder()
        .set_objects(Some(objects.to_vec()))
        .build()
        .unwrap();
    let request = s3_of(&world).delete_objects().bucket(BUCKET).delete(delete);
    let answer = world.block_on(request.send()).unwrap();
    let failed: Vec<_> = answer
        .errors()
        .iter()
        .filter_map(|error| error.key())
        .collect();
    assert_eq!((failed, bodies(&world).len()), (vec!["a", "c"], 2));
}

/// Uploads `parts`, and completes the upload unless an object is there.
async fn upload(s3: &Client, parts: &[usize]) -> Result<(), aws_sdk_s3::Error> {
    let begun = s3
        .create_multipart_upload()
        .bucket(BUCKET)
        .key("whole")
        .send()
        .await?;
    let id = begun.upload_id().unwrap();
    let mut completed = CompletedMultipartUpload::builder();
    for (number, &size) in (1..).zip(parts) {
        let request = s3.upload_part().bucket(BUCKET).key("whole").upload_id(id);
        let body = vec![b'0' + u8::try_from(number).unwrap(); size].into();
        let part = request.part_number(number).body(body).send().await?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(part.e_tag);
        completed = completed.parts(part.build());
    }
    let request = s3.complete_multipart_upload().bucket(BUCKET).key("whole");
    let request = request.upload_id(id).if_none_match("*");
    request.multipart_upload(completed.build()).send().await?;
    Ok(())
}

#[test]
fn an_object_that_comes_in_parts_is_there_when_all_are() {
    let world = World::new(1);
    let s3 = s3_of(&world);
    world.block_on(async {
        upload(&s3, &[5 * MEBIBYTE, 3]).await.unwrap();
        let again = upload(&s3, &[5 * MEBIBYTE, 1]).await;
        assert_eq!(code(again), "PreconditionFailed");
        let small = upload(&s3, &[5, 3]).await;
        assert_eq!(code(small), "EntityTooSmall");
    });
    let [(key, body)] = &bodies(&world)[..] else {
        panic!("one object is there")
    };
    assert_eq!((key.as_str(), body.len()), ("whole", 5 * MEBIBYTE + 3));
    assert_eq!(body.slice(body.len() - 4..), "1222");
}

fn follow(world: &World, link: &str) -> Response<Bytes> {
    let request = Request::get(link).body(Bytes::new()).unwrap();
    world.engines().call(&request)
}

#[test]
fn a_link_opens_the_object_that_it_was_made_for_until_it_expires() {
    let world = World::new(1);
    for key in ["mine ö", "yours"] {
        world
            .engines()
            .put_object(BUCKET, key, "text/plain", key.to_owned());
    }
    let minute = PresigningConfig::builder()
        .start_time(world.clock().now().into())
        .expires_in(Duration::from_mins(1));
    let request = s3_of(&world)
        .get_object()
        .bucket(BUCKET)
        .key("mine ö")
        .response_content_disposition("attachment; filename=\"mine\"");
    let link = world
        .block_on(request.presigned(minute.build().unwrap()))
        .unwrap();
    let link = link.uri();

    let opened = follow(&world, link);
    assert_eq!(
        (opened.status().as_u16(), opened.body()),
        (200, &Bytes::from("mine ö"))
    );
    assert_eq!(
        opened.headers()["content-disposition"],
        "attachment; filename=\"mine\""
    );
    let bare = link.split_once('?').unwrap().0;
    let forged = [
        link.replace("mine%20%C3%B6", "yours"),
        link.replace("Expires=60", "Expires=600"),
        link.replace("attachment", "inline"),
        bare.to_owned(),
    ];
    for forged in forged {
        assert_eq!(follow(&world, &forged).status(), 403, "{forged}");
    }
    world.advance(Duration::from_mins(1));
    assert_eq!(follow(&world, link).status(), 403);
}
