//! The persons of a proof and what they do, through the code under test.

use std::time::Duration;

use consent::{ConsentError, ConsentReader, ConsentWriter, Decision, Ruling};
use event::{Cause, Surface};
use identity::{Identifier, MergeId, ProfileId};
use lambda_kit::aws::CallBudget;
use profile::{
    Grounds, Joined, MergeError, Merger, ProfileError, ProfilePatch, ProfileReader, ProfileWriter,
};
use serde_json::{Value, json};
use tenancy::PurposeReader;
use testkit::World;

use crate::{
    model::Model,
    sign_ins::{comes_by, key, signs_in},
    tables::{CONSENT, text},
};

/// How often an actor tries again what met another one.
pub(crate) const ATTEMPTS: usize = 20;

/// What a step follows from: a request of its own, as a repetition is known by it.
pub(crate) fn cause(step: &str) -> Cause {
    Cause {
        request_id: step.to_owned(),
    }
}

/// `count` persons who log in one after the other, each with a proven address, and the model of it.
#[must_use]
pub fn appear(world: &World, count: usize) -> (Vec<ProfileId>, Model) {
    appear_among(world, count, &[])
}

/// The same, where those at the places of `visitors` have no login, and are known by a device alone.
#[must_use]
pub fn appear_among(world: &World, count: usize, visitors: &[usize]) -> (Vec<ProfileId>, Model) {
    let mut model = Model::default();
    define_the_purpose(world);
    let ids = (0..count).map(|n| {
        // Ids sort by their millisecond.
        world.advance(Duration::from_millis(1));
        if visitors.contains(&n) {
            let id = world.block_on(comes_by(world, n));
            model.appears(id);
            model.devices.insert(id, 1);
            return id;
        }
        let id = world.block_on(signs_in(world, n, None));
        model.appears(id);
        let at = world.clock().now().as_nanosecond();
        model.writes(id, "email", at, Some(&format!("{n}@example.com")));
        id
    });
    let ids = ids.collect();
    (ids, model)
}

/// What merges here, in transactions of at most `limit` writes.
#[must_use]
pub fn merger(world: &World, limit: usize) -> Merger {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    Merger::new(&sdk, "profiles", "identifiers", world.clock(), world.ids())
        .with_transactions_of(limit)
}

/// Two become one.
pub async fn joins(world: &World, limit: usize, one: ProfileId, other: ProfileId) -> Joined {
    let merger = merger(world, limit);
    for _ in 0..ATTEMPTS {
        match merger
            .join(one, other, &Grounds::Operator, &cause("joins"))
            .await
        {
            Ok(joined) => return joined,
            Err(MergeError::Profile(ProfileError::Contended | ProfileError::Settling)) => {}
            Err(error) => panic!("{one} and {other} are not joined: {error}"),
        }
    }
    panic!("{one} and {other} are not joined, however often it is tried")
}

/// A merge is undone; whether it was one of this person's.
pub async fn splits(world: &World, limit: usize, id: ProfileId, merge_id: MergeId) -> bool {
    let merger = merger(world, limit);
    for _ in 0..ATTEMPTS {
        match merger.split(id, merge_id, &cause("splits")).await {
            Ok(_) => return true,
            Err(MergeError::NoSuchMerge) => return false,
            Err(MergeError::Profile(ProfileError::Contended | ProfileError::Settling)) => {
                pause().await;
            }
            Err(error) => panic!("{merge_id} is not undone: {error}"),
        }
    }
    panic!("{merge_id} is not undone, however often it is tried")
}

/// A person writes by the login of `member`.
pub async fn writes(world: &World, member: ProfileId, field: &str, value: Option<&str>) {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let reader = ProfileReader::new(&sdk, "profiles");
    let writer = ProfileWriter::new(reader.clone(), world.clock(), world.ids());
    let patch = json!({ field: value }).to_string();
    let patch_id = format!("{member} writes");
    for _ in 0..ATTEMPTS {
        let patch = ProfilePatch::parse(patch.as_bytes()).expect("it is a patch");
        let written = match reader.profile(member).await {
            Ok(seen) => writer
                .patch(member, seen.version, patch, None, &cause(&patch_id))
                .await
                .map(|_| ()),
            Err(error) => Err(error),
        };
        match written {
            Ok(()) => return,
            Err(ProfileError::Stale | ProfileError::Settling) => pause().await,
            Err(error) => panic!("{member} can't write: {error}"),
        }
    }
    panic!("{member} can't write, however often it is tried")
}

/// The one purpose on which people decide.
pub fn define_the_purpose(world: &World) {
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "purpose#newsletter",
            "display_name": "The newsletter",
            "legal_basis": "consent",
            "text_versions": ["2026-01"],
        }),
    );
}

/// A person decides by the login of `member`.
pub async fn decides(world: &World, member: ProfileId, is_withdrawn: bool) {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let reader = ConsentReader::new(&sdk, "profiles");
    let writer = ConsentWriter::new(reader, world.clock(), world.ids());
    let purposes = PurposeReader::new(&sdk, "directory", world.clock());
    let tenant = "harbour".parse().expect("it is a tenant");
    let purposes = purposes.all(&tenant).await.expect("it has purposes");
    let purpose = "newsletter".parse().expect("it is a purpose");
    let purpose = purposes.get(&purpose).expect("it is defined");
    let decision = Decision {
        ruling: if is_withdrawn {
            Ruling::Withdrawn
        } else {
            Ruling::Granted
        },
        text_version: Some("2026-01".parse().expect("it is a version")),
        language: None,
        surface: Surface::SelfService,
        overrides_gpc: false,
        said_at: None,
    };
    let cause = cause("decides");
    for _ in 0..ATTEMPTS {
        match writer.decide(member, purpose, &decision, &cause).await {
            Ok(_) => return,
            Err(
                ConsentError::Contended | ConsentError::Settling | ConsentError::UnknownProfile,
            ) => {
                pause().await;
            }
            Err(error) => panic!("{member} can't decide: {error}"),
        }
    }
    panic!("{member} can't decide, however often it is tried")
}

pub(crate) async fn pause() {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// When `member` wrote into `field` what it wrote last, as the tables have it.
#[must_use]
pub fn written_at(world: &World, member: ProfileId, field: &str) -> Option<i128> {
    let rows = world.rows("profiles");
    let row = rows.iter().find(|row| {
        text(row, "profile_id") == member.to_string() && text(row, "part") == "profile"
    })?;
    let own = row.pointer(&format!("/own/{field}"));
    let of_itself = |value: &&Value| value.get("member").is_none();
    let shown = row.pointer(&format!("/fields/{field}")).filter(of_itself);
    let removed = row.pointer(&format!("/removed/{field}")).filter(of_itself);
    let at = own.or(shown).or(removed)?.get("at")?.as_str()?;
    let at: jiff::Timestamp = at.parse().ok()?;
    Some(at.as_nanosecond())
}

/// What `member` decided last, and when, as the tables have it.
#[must_use]
pub fn decided_at(world: &World, member: ProfileId) -> Option<(i128, bool)> {
    let rows = world.rows("profiles");
    let own = |part: &str| {
        let mut rows = rows.iter().filter(|row| {
            text(row, "profile_id") == member.to_string() && text(row, "part") == part
        });
        rows.find(|row| row.get("member").is_none())
    };
    let row = own(&format!("own#{CONSENT}")).or_else(|| own(CONSENT))?;
    let at: jiff::Timestamp = text(row, "decided_at").parse().ok()?;
    Some((at.as_nanosecond(), text(row, "ruling") == "withdrawn"))
}

/// More identifiers for `id`, so that its merge takes several transactions.
pub fn gets_identifiers(world: &World, id: ProfileId, count: usize) {
    let key = key(world);
    for n in 0..count {
        let address = format!("{id}-{n}@example.com");
        let email = Identifier::Email(address.parse().expect("it is an address"));
        let at = "2026-01-15T09:00:00Z";
        world.put_row(
            "identifiers",
            json!({ "identifier": email.key(&key), "profile_id": id, "member": id, "verified": true, "at": at }),
        );
        world.put_row(
            "profiles",
            json!({ "profile_id": id, "part": email.part(&key), "value": address, "at": at }),
        );
    }
}
