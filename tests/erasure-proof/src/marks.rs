//! What is put into every field of a person, and by what it is found again.

use fairlead_crash_points::actors::events::order;
use profile::FieldName;
use serde_json::{Map, Value, json};
use testkit::engine::Behaviour;

pub(crate) const EMAIL: &str = "mkemail7q@example.com";
pub(crate) const OTHER_EMAIL: &str = "mkother7q@example.com";
pub(crate) const PHONE: &str = "+4930901820";
pub(crate) const DEVICE: &str = "mkdevice7q-0123456789";
pub(crate) const GOOGLE: &str = "mkgoogle7q";
pub(crate) const REASON: &str = "case of mkreason7q";

/// Their dataset, and the device that pushes to it.
pub(crate) const DATASET: [&str; 2] = ["mkset7q", "mkpushed7q"];
/// What the device pushes.
pub(crate) const RECORD: (&str, Option<&str>) = ("mkkey7q", Some("mkvalue7q"));

/// The markers of what is kept beside the fields.
const BESIDE: [&str; 18] = [
    "mkgoogle7q",
    "mkdevice7q",
    "mkexternal7q",
    "mktrait7q",
    "mksegment7q",
    "mkset7q",
    "mkkey7q",
    "mkvalue7q",
    "mkpushed7q",
    "mkreason7q",
    "mkother7q",
    "mksecond7q",
    "mkevent7q",
    "mklarge7q",
    "mkupload7q",
    "mkrefused7q",
    "mkwaits7q",
    "mkcode7q",
];

/// What stands in a field, and the texts by which that is known.
pub(crate) struct Mark {
    pub(crate) text: &'static str,
    markers: &'static [&'static str],
}

const fn mark(text: &'static str, markers: &'static [&'static str]) -> Mark {
    Mark { text, markers }
}

/// The mark of a field; a field without one does not compile. Where a text can't be a person's own, it
/// is known by what stands around it in a row.
pub(crate) const fn mark_of(field: FieldName) -> Mark {
    match field {
        FieldName::Email => mark(EMAIL, &["mkemail7q"]),
        FieldName::PhoneNumber => mark(PHONE, &["30901820"]),
        FieldName::GivenName => mark("mkgiven7q", &["mkgiven7q"]),
        FieldName::FamilyName => mark("mkfamily7q", &["mkfamily7q"]),
        FieldName::DisplayName => mark("mkdisplay7q", &["mkdisplay7q"]),
        FieldName::Locale => mark("en-x-mkloc7q", &["mkloc7q"]),
        FieldName::TimeZone => mark("Mkzone7q/Mkcity7q", &["mkzone7q", "mkcity7q"]),
        FieldName::Birthdate => mark("1903-02-01", &["1903-02-01"]),
        // Bouvet Island, where nobody lives.
        FieldName::Country => mark(
            "BV",
            &[r#""country":{"#, r#""country":"bv""#, "country#bv#"],
        ),
        FieldName::NoticesBySms => mark("yes", &[r#""notices_by_sms":{"#]),
        FieldName::NoticesByTopic => mark("yes", &[r#""notices_by_topic":{"#]),
    }
}

/// What the person writes: every field that they can.
pub(crate) fn written() -> Value {
    let fields =
        FieldName::EDITABLE.map(|field| (field.to_string(), Value::from(mark_of(field).text)));
    fields.into_iter().collect::<Map<_, _>>().into()
}

/// What a partner's machine says of a visitor whom nobody knows.
pub(crate) fn seen() -> Value {
    json!({ "anonymous_id": DEVICE, "traits": { "given_name": "mktrait7q" } })
}

/// What it says of its customer.
pub(crate) fn said() -> Value {
    json!({
        "external_id": "mkexternal7q",
        "anonymous_id": DEVICE,
        "traits": { "given_name": "mktrait7q" },
        "segments": ["mksegment7q"],
    })
}

/// All by which a partner can ask for them.
pub(crate) fn called() -> [Value; 6] {
    [
        json!({ "email": EMAIL }),
        json!({ "email": OTHER_EMAIL }),
        json!({ "phone_number": PHONE }),
        json!({ "external_id": "mkexternal7q" }),
        json!({ "anonymous_id": DEVICE }),
        json!({ "social": { "issuer": "https://accounts.google.com", "subject": GOOGLE } }),
    ]
}

/// What a partner tells of them: an event by the id of their profile, and a large one by that of their
/// device.
pub(crate) fn events(profile_id: &str, n: u32) -> [Value; 2] {
    let small = json!({ "order": n.to_string(), "note": "mkevent7q" });
    let padding = "x".repeat(310 * 1024);
    let large = json!({ "order": n.to_string(), "note": format!("mklarge7q {padding}") });
    let by_name = by_identifier(
        order(&format!("large-{n}"), "", &large),
        &format!("anonymous:{DEVICE}"),
    );
    [order(&format!("small-{n}"), profile_id, &small), by_name]
}

/// What a partner tells of a device before anybody knows whose it is.
pub(crate) fn awaited() -> Value {
    let waits = json!({ "order": "first", "note": "mkwaits7q" });
    by_identifier(order("first", "", &waits), &format!("anonymous:{DEVICE}"))
}

fn by_identifier(mut event: Value, identifier: &str) -> Value {
    let attributes = event.as_object_mut().expect("an event is an object");
    attributes.remove("subject");
    attributes.insert("fairleadidentifier".to_owned(), identifier.into());
    event
}

/// What it says of them in a way that its type does not take: it is refused, and kept for it.
pub(crate) fn refused(profile_id: &str) -> Value {
    order("mistaken", profile_id, &json!({ "remark": "mkrefused7q" }))
}

/// What its tenant's code finds out about them.
pub(crate) fn found_out(_: &Value) -> Behaviour {
    Behaviour::Returns(json!({ "traits": { "greeting": "mkcode7q" } }))
}

/// What it uploads, since it is too large to be sent.
pub(crate) const SCAN_DATA: &str = "a scan of many pages, on which stands mkupload7q";

/// What has to be nowhere in the end.
pub(crate) fn markers() -> impl Iterator<Item = &'static str> {
    let fields = FieldName::FROM_LOGIN.into_iter().chain(FieldName::EDITABLE);
    let of_fields = fields.flat_map(|field| mark_of(field).markers.iter().copied());
    of_fields.chain(BESIDE)
}
