//! Events that are too large to be sent: what is announced of whom, and the one that was uploaded.

use std::time::Duration;

use bytes::Bytes;
use cloudevent::Limits;
use http::Request;
use intake::{EventItem, EventKey, Upload};
use lambda_kit::{
    aws::CallBudget,
    objects::{Announced, UploadLinker},
};
use serde_json::{Value, json};
use testkit::{World, engine::EVENTS_BUCKET};

use crate::world::{AIRPORT, HARBOUR, SEEN, Subject};

/// The data of all of them, and its SHA-256.
const DATA: &str = "{}";
const SHA256: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// Where the events come from that were accepted.
const SCANNER: &str = "/scanner";

/// An event about `subject` whose data is uploaded.
pub(crate) fn announcement(subject: Subject) -> Value {
    json!({
        "event": {
            "specversion": "1.0",
            "id": if subject == Subject::Malformed { "" } else { subject.name() },
            "source": "/door",
            "type": SEEN,
            "subject": subject.profile(),
        },
        "bytes": DATA.len(),
        "sha256": SHA256,
    })
}

/// What it is called.
pub(crate) fn id(world: &World, subject: Subject) -> String {
    read(world, subject).map_or_else(|| "no upload".to_owned(), |upload| upload.id())
}

/// The harbour's partner uploaded the data of the one about Jane, and did not complete it.
pub(crate) fn give(world: &World) {
    let upload = read(world, Subject::Jane).expect("it can be announced");
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let linker = UploadLinker::new(&sdk, EVENTS_BUCKET);
    let checksum = upload.checksum();
    let announced = Announced {
        content_type: upload.media_type(),
        bytes: upload.bytes(),
        sha256: &checksum,
    };
    let key = upload.key(&HARBOUR.parse().unwrap(), &"chandlery".parse().unwrap());
    let now = world.clock().now();
    let link = linker.link(&key, announced, now, Duration::from_mins(15));
    let link = world.block_on(link).expect("a link can be made");
    let mut request = Request::put(link.url.expose());
    for (name, value) in &link.headers {
        request = request.header(name, value);
    }
    let request = request.body(Bytes::from_static(DATA.as_bytes())).unwrap();
    assert_eq!(world.engines().call(&request).status(), 200);
}

/// Of everybody one was accepted, sent by the partner of the tenant that they deal with.
pub(crate) fn accept(world: &World) {
    let now = world.clock().now();
    for subject in [
        Subject::Jane,
        Subject::Joan,
        Subject::Jule,
        Subject::Erin,
        Subject::Mary,
    ] {
        let mut announced = announcement(subject);
        announced["event"]["source"] = SCANNER.into();
        let upload = Upload::read(announced.to_string().as_bytes(), &Limits::at(now)).unwrap();
        let tenant = if subject == Subject::Jule {
            AIRPORT
        } else {
            HARBOUR
        };
        let whose = (&tenant.parse().unwrap(), &"chandlery".parse().unwrap());
        let item = EventItem::uploaded(&upload, whose, "request-0", EVENTS_BUCKET, now);
        world.put_row("events", serde_json::to_value(item).unwrap());
    }
}

/// How that one is named, whosever it is; nobody has one of nobody.
pub(crate) fn event(subject: Subject) -> String {
    if subject == Subject::Malformed {
        return "no event".to_owned();
    }
    let (tenant, partner) = (HARBOUR.parse().unwrap(), "chandlery".parse().unwrap());
    let key = EventKey::of(&tenant, &partner, SCANNER, subject.name());
    key.digest().to_owned()
}

fn read(world: &World, subject: Subject) -> Option<Upload> {
    let limits = Limits::at(world.clock().now());
    let document = announcement(subject).to_string();
    Upload::read(document.as_bytes(), &limits).ok()
}
