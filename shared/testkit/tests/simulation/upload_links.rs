use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{Request, Response};
use lambda_kit::{
    aws::CallBudget,
    objects::{Announced, UploadLink, UploadLinker},
};
use sha2::{Digest as _, Sha256};
use testkit::World;

const BUCKET: &str = "events";
const BODY: &str = "what was announced";
const FIFTEEN_MINUTES: Duration = Duration::from_mins(15);

/// A link for `BODY`.
fn link(world: &World) -> UploadLink {
    let linker = UploadLinker::new(&world.sdk_config(&CallBudget::HTTP), BUCKET);
    let sha256 = BASE64_STANDARD.encode(Sha256::digest(BODY));
    let announced = Announced {
        content_type: "text/plain",
        bytes: u64::try_from(BODY.len()).unwrap(),
        sha256: &sha256,
    };
    let now = world.clock().now();
    let link = world.block_on(linker.link("a/b", announced, now, FIFTEEN_MINUTES));
    assert!(world.trace().is_empty(), "making a link costs no call");
    link.unwrap()
}

/// Somebody puts `body` by `link`, with its headers but for the one that `changed` names.
fn put(
    world: &World,
    link: &UploadLink,
    body: &'static str,
    changed: (&str, &str),
) -> Response<Bytes> {
    let mut request = Request::put(link.url.expose());
    for (name, value) in &link.headers {
        let value = if name == changed.0 { changed.1 } else { value };
        request = request.header(name, value);
    }
    let request = request.body(Bytes::from_static(body.as_bytes()));
    world.engines().call(&request.unwrap())
}

fn code(answer: &Response<Bytes>) -> String {
    let text = String::from_utf8_lossy(answer.body()).into_owned();
    let (_, rest) = text.split_once("<Code>").unwrap_or_default();
    let (code, _) = rest.split_once("</Code>").unwrap_or_default();
    code.to_owned()
}

#[test]
fn a_link_takes_the_one_body_that_was_announced_once() {
    let world = World::new(1);
    let link = link(&world);
    let names: Vec<&str> = link.headers.keys().map(String::as_str).collect();
    let signed = [
        "content-length",
        "content-type",
        "if-none-match",
        "x-amz-checksum-sha256",
    ];
    assert_eq!(names, signed);
    let as_it_is = ("", "");
    let other = put(&world, &link, "what was announcef", as_it_is);
    assert_eq!(code(&other), "BadDigest");
    let longer = put(&world, &link, "what was announced, and more", as_it_is);
    assert_eq!(code(&longer), "IncompleteBody");
    assert!(world.objects(BUCKET).is_empty());
    assert_eq!(put(&world, &link, BODY, as_it_is).status(), 200);
    let again = put(&world, &link, BODY, as_it_is);
    assert_eq!(code(&again), "PreconditionFailed");
    let objects = world.objects(BUCKET);
    assert_eq!(
        (objects[0].key.as_str(), &objects[0].body[..]),
        ("a/b", BODY.as_bytes())
    );
    assert_eq!(objects[0].content_type, "text/plain");
}

#[test]
fn nobody_puts_anything_else_by_it_or_later() {
    let world = World::new(1);
    let link = link(&world);
    let length = BODY.len().to_string();
    for changed in [
        ("content-type", "text/html"),
        ("content-length", "17"),
        ("if-none-match", "\"etag\""),
        ("x-amz-checksum-sha256", "AAAA"),
    ] {
        let answer = put(&world, &link, BODY, changed);
        assert_ne!(answer.status(), 200, "{changed:?}");
    }
    let elsewhere = UploadLink {
        url: lambda_kit::redact::Redacted::new(link.url.expose().replacen("a/b", "a/c", 1)),
        ..link.clone()
    };
    let answer = put(&world, &elsewhere, BODY, ("", ""));
    assert_eq!(code(&answer), "SignatureDoesNotMatch");
    world.advance(FIFTEEN_MINUTES);
    let late = put(&world, &link, BODY, ("content-length", &length));
    assert_eq!(code(&late), "AccessDenied");
    assert!(world.objects(BUCKET).is_empty());
}
