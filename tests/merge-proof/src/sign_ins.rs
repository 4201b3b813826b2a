//! Who somebody is, as their logins prove it and as their devices say.

use identity::{Identifier, IdentifierKey, LoginFacts, ProfileId};
use lambda_kit::aws::CallBudget;
use profile::{
    Assertion, Grounds, Identified, IdentifierRules, IdentifyStore, Join, MergeError, ProfileError,
    ProfilePatch, ProfileStore, RulesReader, Speaker,
};
use serde_json::json;
use testkit::World;

use crate::{
    cast::{ATTEMPTS, cause, merger, pause, written_at},
    model::Model,
};

/// Telephone numbers that logins prove.
pub const NUMBERS: [&str; 2] = ["+4930901820", "+4930901821"];

/// The number of the first visitor's device; those that people are seen on later have higher ones.
const FIRST_DEVICE: u64 = 900;

/// The login of the `n`-th person says what it knows, an address of its own and maybe a telephone
/// number that it proved; the profile of that login.
pub async fn signs_in(world: &World, n: usize, number: Option<&str>) -> ProfileId {
    let sdk = world.sdk_config(&CallBudget::COGNITO);
    let (clock, ids) = (world.clock(), world.ids());
    let rules = RulesReader::new(&sdk, "directory", world.clock());
    let key = key(world);
    let store = ProfileStore::new(&sdk, "profiles", "identifiers", key, rules, clock, ids);
    let facts = facts(n, number);
    let cause = cause(&format!("sub-{n} signs in"));
    for _ in 0..ATTEMPTS {
        match Box::pin(store.ensure(&facts, None, &cause)).await {
            Ok(ensured) => return ensured.member,
            Err(ProfileError::Contended | ProfileError::Settling) => pause().await,
            Err(error) => panic!("sub-{n} can't sign in: {error}"),
        }
    }
    panic!("sub-{n} can't sign in, however often it is tried")
}

fn facts(n: usize, number: Option<&str>) -> LoginFacts {
    let mut attributes = json!({
        "sub": format!("sub-{n}"),
        "email": format!("{n}@example.com"),
        "email_verified": "true",
    });
    if let (Some(number), Some(attributes)) = (number, attributes.as_object_mut()) {
        attributes.insert("phone_number".to_owned(), number.into());
        attributes.insert("phone_number_verified".to_owned(), "true".into());
    }
    let attributes = serde_json::from_value(attributes).expect("these are attributes");
    LoginFacts::from_attributes(&attributes).expect("there is a sub")
}

/// Takes over into `model` that the login of `member` has proved `number`, when the tables have it.
pub fn takes_over_number(world: &World, model: &mut Model, member: ProfileId, number: &str) {
    let at = written_at(world, member, "phone_number");
    model.writes(member, "phone_number", at.unwrap_or_default(), Some(number));
}

/// Somebody comes of whom a partner knows the device alone, the one of the `n`-th visitor.
pub async fn comes_by(world: &World, n: usize) -> ProfileId {
    let speaker = Speaker::Partner {
        tenant: "harbour".parse().expect("it is a tenant"),
        partner: "crm".parse().expect("it is a partner"),
    };
    let said = is_said(world, speaker, device_of(n)).await;
    let id = said.expect("a device is taken").profile_id;
    id.expect("a visitor has a profile")
}

/// A person is seen on a device that nobody had before, by the login of `member`.
pub async fn visits(world: &World, member: ProfileId, device: u64) {
    let seen = is_said(world, person(member), device).await;
    seen.expect("a device is taken");
}

/// The login of `member` is used on the device of the `visitor`-th, who becomes one with them unless
/// somebody knows them: what profile-identify makes of it.
pub async fn logs_in_on(world: &World, limit: usize, member: ProfileId, visitor: usize) {
    for _ in 0..ATTEMPTS {
        let joined = match is_said(world, person(member), device_of(visitor)).await {
            Ok(Identified { join: None, .. }) => return,
            Ok(Identified {
                join: Some(join), ..
            }) => becomes_one(world, limit, join).await,
            Err(error) => Err(error.into()),
        };
        match joined {
            Ok(()) | Err(MergeError::Refused(_)) => return,
            Err(MergeError::Profile(ProfileError::Contended | ProfileError::Settling)) => {
                pause().await;
            }
            Err(error) => panic!("{member} can't log in on a device: {error}"),
        }
    }
    panic!("{member} can't log in on a device, however often it is tried")
}

async fn becomes_one(world: &World, limit: usize, join: Join) -> Result<(), MergeError> {
    let grounds = Grounds::Identifier {
        kind: join.kind,
        key: join.key,
        is_verified: true,
        is_blocked: false,
        limits: IdentifierRules::default().limits,
    };
    let merger = merger(world, limit);
    let cause = cause("logs in");
    let joined = Box::pin(merger.join(join.one, join.other, &grounds, &cause));
    joined.await.map(|_| ())
}

const fn person(member: ProfileId) -> Speaker {
    Speaker::Person {
        profile_id: member,
        member,
        tenant: None,
    }
}

fn device_of(visitor: usize) -> u64 {
    let visitor = u64::try_from(visitor).expect("there are few visitors");
    FIRST_DEVICE + visitor
}

/// It is said by `speaker` that a device is somebody's.
async fn is_said(world: &World, speaker: Speaker, device: u64) -> Result<Identified, ProfileError> {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let (clock, ids) = (world.clock(), world.ids());
    let store = IdentifyStore::new(&sdk, "profiles", "identifiers", key(world), clock, ids);
    let device = format!("d3b07384-d113-edec-{device:012}");
    let assertion = Assertion {
        speaker,
        identifiers: vec![Identifier::Anonymous(device.parse().expect("it is random"))],
        traits: ProfilePatch::default(),
        segments: None,
        said_at: None,
    };
    let rules = IdentifierRules::default();
    let cause = cause("is seen");
    Box::pin(store.identify(&assertion, &rules, &cause)).await
}

/// What the keys of identifiers are made with.
pub(crate) fn key(world: &World) -> IdentifierKey {
    IdentifierKey::from_environment(&world.environment()).expect("there is a key")
}
