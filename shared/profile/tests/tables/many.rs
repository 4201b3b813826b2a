//! Persons of very many identifiers and members: no row of theirs grows with them, no transaction is
//! larger than DynamoDB takes, and whoever is looked for costs what anybody costs.

use identity::{Identifier, ProfileId};
use lambda_kit::aws::CallBudget;
use profile::{IdentifierReader, MergeError, Parted, Pointed, ProfileError};
use serde_json::{Value, json};
use testkit::World;

use crate::{
    cause,
    identify::{DEVICE, device, visits, visits_again},
    key,
    merging::{join, merger, more_identifiers, somebody, split},
    reader,
};

/// As many identifiers as a person has, beside a login, an address and a device.
const IDENTIFIERS: usize = 10_000;

/// As many visitors as became one person. Each takes three writes where it goes, so that they don't go
/// in one transaction.
const VISITORS: usize = 60;

/// As many writes as a transaction takes.
const TRANSACTION: usize = 100;

/// As many bytes as a row has at most; DynamoDB takes a hundred times as many.
const LONGEST_ROW: usize = 4_000;

/// How many rows each write since the first `calls` wrote.
fn writes_since(world: &World, calls: usize) -> Vec<usize> {
    let since = world.trace().split_off(calls);
    let writes = since.iter().filter(|traced| traced.call.is_table_write());
    writes
        .map(|traced| {
            let items = traced.call.input["TransactItems"].as_array();
            items.map_or(1, Vec::len)
        })
        .collect()
}

/// Whom `identifier` leads to, and how many calls it takes to read them.
fn found_by(world: &World, identifier: &Identifier) -> (ProfileId, usize) {
    let before = world.trace().len();
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let identifiers = IdentifierReader::new(&sdk, "identifiers", key(world));
    let pointed = world.block_on(identifiers.find(identifier)).unwrap();
    let Some(Pointed::At(owner)) = pointed else {
        panic!("it leads nowhere");
    };
    let profiles = reader(world);
    let profile = world.block_on(profiles.profile(owner.profile_id)).unwrap();
    (profile.profile_id, world.trace().len() - before)
}

/// How many calls it takes that `member` is seen on a device that nobody had before.
fn visit(world: &World, member: ProfileId, on: &str) -> usize {
    let before = world.trace().len();
    visits_again(world, member, &format!("{DEVICE}-{on}"));
    world.trace().len() - before
}

/// How many identifiers lead to each of `ids`.
fn led_to(world: &World, ids: [ProfileId; 2]) -> [usize; 2] {
    let rows = world.rows("identifiers");
    ids.map(|id| {
        let id = id.to_string();
        rows.iter().filter(|row| row["profile_id"] == id).count()
    })
}

fn assert_no_row_is_long(world: &World) {
    for row in world.rows("profiles") {
        let bytes = row.to_string().len();
        assert!(bytes < LONGEST_ROW, "{} has {bytes} bytes", row["part"]);
    }
}

/// A hundred batches of a hundred; the Query of the identifiers takes several pages.
#[test]
fn a_person_of_ten_thousand_identifiers_is_found_joined_and_parted_as_one_of_few() {
    let world = World::new(1);
    let [a, b, c, d] = ["a-sub", "b-sub", "c-sub", "d-sub"].map(|sub| somebody(&world, sub));
    more_identifiers(&world, b, IDENTIFIERS);
    let address = format!("{b}-{}@example.com", IDENTIFIERS / 2);
    let one_of_them = Identifier::Email(address.parse().unwrap());
    assert_eq!(found_by(&world, &one_of_them), (b, 2));
    assert_eq!(visit(&world, b, "b1"), visit(&world, d, "d1"));

    let before = world.trace().len();
    let joined = join(&world, a, b);
    let writes = writes_since(&world, before);
    assert!(writes.iter().all(|rows| *rows <= TRANSACTION), "{writes:?}");
    assert!(writes.len() <= 110, "{} transactions", writes.len());
    join(&world, c, d);
    assert_eq!(found_by(&world, &one_of_them), (a, 2));
    assert_eq!(visit(&world, b, "b2"), visit(&world, d, "d2"));
    assert_eq!(led_to(&world, [a, b]), [IDENTIFIERS + 6, 0]);
    assert_no_row_is_long(&world);

    let before = world.trace().len();
    assert_eq!(split(&world, joined), b);
    let writes = writes_since(&world, before);
    assert!(writes.iter().all(|rows| *rows <= TRANSACTION), "{writes:?}");
    assert!(writes.len() <= 110, "{} transactions", writes.len());
    assert_eq!(found_by(&world, &one_of_them), (b, 2));
    assert_eq!(led_to(&world, [a, b]), [2, IDENTIFIERS + 4]);
}

#[test]
fn a_person_of_many_members_is_joined_and_parted_with_all_of_them() {
    let world = World::new(1);
    let [a, b] = ["a-sub", "b-sub"].map(|sub| somebody(&world, sub));
    let devices: Vec<String> = (0..VISITORS).map(|n| format!("{DEVICE}-{n}")).collect();
    for on in &devices {
        // Ids sort by their millisecond.
        world.advance(std::time::Duration::from_millis(1));
        let visitor = visits(&world, on);
        assert_eq!(join(&world, visitor, b).profile_id, b);
    }
    let all_lead_to = |id: ProfileId| {
        let mut found = devices.iter().map(|on| found_by(&world, &device(on)));
        found.all(|found| found == (id, 2))
    };
    assert!(all_lead_to(b));

    let before = world.trace().len();
    let joined = join(&world, a, b);
    let writes = writes_since(&world, before);
    assert!(writes.len() > 1, "it fits in one transaction");
    assert!(writes.iter().all(|rows| *rows <= TRANSACTION), "{writes:?}");
    assert!(all_lead_to(a));
    assert_no_row_is_long(&world);

    let before = world.trace().len();
    assert_eq!(split(&world, joined), b);
    let writes = writes_since(&world, before);
    assert!(writes.iter().all(|rows| *rows <= TRANSACTION), "{writes:?}");
    assert!(all_lead_to(b));
    assert_no_row_is_long(&world);
}

/// As many members as a person has, every other one of whom leaves: more than anybody reads who waits
/// for an answer.
const CROWD: usize = 1_200;

/// When each of them came to be known, and the merge by which the second one and all that it had absorbed
/// joined the first.
const LONG_AGO: &str = "2025-06-01T00:00:00Z";
const TOGETHER: &str = "mrg_019bc10dd48070008000000000000001";

fn of_the_crowd(n: usize) -> String {
    format!("prf_019720c1f8007000{n:016x}")
}

/// Puts them into the table as merges leave them.
fn crowd(world: &World) {
    let profile = |n: usize| {
        json!({
            "profile_id": of_the_crowd(n),
            "part": "profile",
            "version": 1,
            "fields": {},
            "created_at": LONG_AGO,
            "updated_at": LONG_AGO,
            "last_request": "long ago",
        })
    };
    let root = of_the_crowd(0);
    world.put_row("profiles", profile(0));
    for n in 1..CROWD {
        let parent = usize::from(n > 1 && n % 2 == 1);
        let merge_id = TOGETHER.replace("0000000000001", &format!("{n:013x}"));
        let mut edge = json!({ "parent": of_the_crowd(parent), "merge_id": merge_id });
        let mut member = profile(n);
        for (name, value) in edge.as_object().unwrap() {
            member[name] = value.clone();
        }
        member["closed"] = "merged".into();
        member["merged_into"] = root.clone().into();
        world.put_row("profiles", member);
        edge["profile_id"] = root.clone().into();
        edge["part"] = format!("member#{}", of_the_crowd(n)).into();
        edge["at"] = LONG_AGO.into();
        world.put_row("profiles", edge);
    }
    world.put_row(
        "profiles",
        json!({
            "profile_id": root,
            "part": format!("merge#{TOGETHER}"),
            "merge_id": TOGETHER,
            "absorbed": of_the_crowd(1),
            "status": "done",
            "at": LONG_AGO,
            "request_id": "long ago",
        }),
    );
}

#[test]
fn who_undoes_a_merge_of_very_many_begins_it_at_once_and_the_queue_brings_it_to_its_end() {
    let world = World::new(1);
    crowd(&world);
    let [root, restored] = [0, 1].map(|n| of_the_crowd(n).parse::<ProfileId>().unwrap());
    let merge_id = TOGETHER.parse().unwrap();
    let splits = || world.block_on(merger(&world).split(root, merge_id, &cause("split")));
    // Whoever comes again meanwhile does not wait for it, either.
    for _ in 0..2 {
        let before = world.trace().len();
        let begun = splits();
        assert!(matches!(
            begun,
            Err(MergeError::Profile(ProfileError::Settling))
        ));
        let calls = world.trace().len() - before;
        assert!(calls < 20, "it takes {calls} calls");
    }
    let queue = merger(&world).reading_at_most(usize::MAX);
    world.block_on(queue.settle(root, merge_id)).unwrap();
    assert_eq!(
        splits().unwrap(),
        Parted {
            profile_id: root,
            restored
        }
    );
    let rows = world.rows("profiles");
    let led_to = |id: ProfileId| {
        let id = Value::from(id.to_string());
        let members = rows.iter().filter(|row| row["merged_into"] == id);
        members.count()
    };
    assert_eq!([root, restored].map(led_to), [CROWD / 2 - 1; 2]);
    assert_no_row_is_long(&world);
}
