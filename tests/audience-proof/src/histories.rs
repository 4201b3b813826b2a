//! Long histories at random: people decide, write, are merged, split and erased; events come late, twice
//! and out of order; and a consumer reads on now and then.

use std::time::Duration;

use fairlead_merge_proof::cast::{appear, joins, splits, writes, written_at};
use identity::{MergeId, ProfileId};
use testkit::World;

use crate::{
    cast::{are_delivered, decides, events, expiry_runs, leaves, listed, set_the_scene},
    consumer::Consumer,
    model::{Decided, Model},
};

const PERSONS: usize = 5;
const FIELDS: [&str; 2] = ["given_name", "family_name"];
const TEXTS: [Option<&str>; 3] = [Some("Jane"), Some("Joan"), None];

/// What the consumer of the history of `seed` knows otherwise than it should, after `steps` steps and
/// all events; all that is random follows from `seed`.
#[must_use]
pub fn history(seed: u64, steps: usize) -> Option<String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let world = World::new(seed);
    set_the_scene(&world);
    let (ids, persons) = appear(&world, PERSONS);
    let mut model = Model {
        persons,
        ..Model::default()
    };
    let mut merges: Vec<MergeId> = Vec::new();
    let mut consumer = Consumer::default();
    for _ in 0..steps {
        let there: Vec<ProfileId> = ids
            .iter()
            .filter(|id| !model.gone.contains(id))
            .copied()
            .collect();
        let [one, other] = [(); 2].map(|()| there[random.usize(..there.len())]);
        match random.u8(..21) {
            0..2 if one != other => {
                let joined = world.block_on(joins(&world, 100, one, other));
                if let Some(merge_id) = joined.merge_id {
                    model.persons.join(one, other, merge_id);
                    merges.push(merge_id);
                }
            }
            2 if !merges.is_empty() => {
                let merge_id = merges[random.usize(..merges.len())];
                if is_of(&model, merge_id, one) {
                    world.block_on(splits(&world, 100, one, merge_id));
                    model.persons.split(merge_id);
                }
            }
            3..8 => {
                let consent = world.block_on(decides(&world, one, random.u8(..3) > 0));
                let decided = Decided {
                    at: consent.decided_at,
                    is_no: consent.ruling == consent::Ruling::Withdrawn,
                    until: consent.expires_at,
                };
                let member = consent.member.unwrap_or(consent.profile_id);
                model.decided.insert(member, decided);
            }
            8..11 => {
                let field = FIELDS[random.usize(..FIELDS.len())];
                let text = TEXTS[random.usize(..TEXTS.len())];
                write(&world, &mut model, one, field, text);
            }
            11..15 => {
                let all = events(&world);
                let some = (0..random.usize(1..4)).map(|_| all[random.usize(..all.len())].clone());
                world.block_on(are_delivered(&world, &some.collect::<Vec<_>>()));
            }
            15..18 => drop(world.block_on(consumer.reads(&world))),
            18 => world.advance(Duration::from_hours(random.u64(1..9))),
            19 => world.advance(Duration::from_millis(1)),
            // Somebody stays.
            _ if model.persons.person(one).len() < there.len() => {
                world.block_on(leaves(&world, one));
                model.leaves(one);
            }
            _ => {}
        }
    }
    let mut left = events(&world);
    random.shuffle(&mut left);
    world.block_on(async {
        are_delivered(&world, &left).await;
        expiry_runs(&world).await;
        consumer.catches_up(&world).await;
    });
    let visible = model.visible(world.clock().now());
    let listed = listed(&world);
    if let Some(gone) = model
        .gone
        .iter()
        .find(|id| listed.contains(&id.to_string()))
    {
        return Some(format!("history {seed}: {gone} was erased, and has rows"));
    }
    (consumer.known != visible).then(|| {
        let known = consumer.known;
        format!("history {seed}: it knows {known:?}, and should {visible:?}")
    })
}

/// Whether `merge_id` holds, and made `member`'s person.
fn is_of(model: &Model, merge_id: MergeId, member: ProfileId) -> bool {
    let mut absorbed = model.persons.absorbed.iter();
    let found = absorbed.find(|(_, (_, merge))| *merge == merge_id);
    found.is_some_and(|(id, _)| model.persons.root(*id) == model.persons.root(member))
}

/// A member writes, and the model knows when by the tables.
fn write(world: &World, model: &mut Model, member: ProfileId, field: &str, text: Option<&str>) {
    let is_news = model.persons.looks(member).get(field).map(String::as_str) != text;
    world.block_on(writes(world, member, field, text));
    if let (true, Some(at)) = (is_news, written_at(world, member, field)) {
        model.persons.writes(member, field, at, text);
    }
}
