//! Long histories at random: merges, writes and splits, one after the other.

use std::time::Duration;

use identity::MergeId;
use testkit::World;

use crate::{
    cast::{appear, decides, joins, splits, visits, writes},
    model::Model,
    scenes::Found,
    tables::differences,
};

const PERSONS: usize = 7;
const FIELDS: [&str; 3] = ["given_name", "family_name", "locale"];
const TEXTS: [Option<&str>; 4] = [Some("de"), Some("fr"), Some("it"), None];

/// A history of `steps` steps; all that is random in it follows from `seed`.
#[must_use]
pub fn history(seed: u64, steps: usize) -> Found {
    let mut random = fastrand::Rng::with_seed(seed);
    let world = World::new(seed);
    let (ids, mut model) = appear(&world, PERSONS);
    let limit = if seed.is_multiple_of(2) { 100 } else { 8 };
    let mut merges: Vec<MergeId> = Vec::new();
    let mut found = Found {
        runs: 0,
        profiles: PERSONS,
        ..Found::default()
    };
    for step in 0..steps {
        // Now and then no time passes, so that there are equal times, too.
        if random.bool() {
            world.advance(Duration::from_millis(1));
        }
        let (one, other) = (ids[random.usize(..PERSONS)], ids[random.usize(..PERSONS)]);
        let is_split = match random.u8(..14) {
            0..3 if one != other => {
                let joined = world.block_on(joins(&world, limit, one, other));
                if let Some(merge_id) = joined.merge_id {
                    model.join(one, other, merge_id);
                    merges.push(merge_id);
                }
                false
            }
            3..5 if !merges.is_empty() => {
                let merge_id = merges[random.usize(..merges.len())];
                world.block_on(splits(&world, limit, one, merge_id));
                let absorbed = model.absorbed.iter();
                let mut of_this_merge = absorbed.filter(|(_, (_, merge))| *merge == merge_id);
                let is_here = of_this_merge
                    .next()
                    .is_some_and(|(member, _)| model.root(*member) == model.root(one));
                if is_here {
                    model.split(merge_id);
                }
                is_here
            }
            10..12 => {
                let is_withdrawn = random.bool();
                let now = world.clock().now().as_nanosecond();
                let is_news = model.holds(one).map(|(held, _)| held) != Some(is_withdrawn);
                world.block_on(decides(&world, one, is_withdrawn));
                if is_news {
                    let after = model.held_since(one).map(|since| since + 1);
                    let at = after.unwrap_or(now).max(now);
                    model.decided.insert(one, (at, is_withdrawn));
                }
                false
            }
            12..14 => {
                let device = seed * 1_000 + u64::try_from(step).expect("a history is short");
                world.block_on(visits(&world, one, device));
                *model.devices.entry(one).or_default() += 1;
                false
            }
            _ => {
                let field = FIELDS[random.usize(..FIELDS.len())];
                let text = TEXTS[random.usize(..TEXTS.len())];
                let now = world.clock().now().as_nanosecond();
                let is_news = model.looks(one).get(field).map(String::as_str) != text;
                world.block_on(writes(&world, one, field, text));
                if is_news {
                    note(&mut model, one, field, now, text);
                }
                false
            }
        };
        let differences = differences(&world, &model);
        found.splits.0 += usize::from(is_split);
        found.splits.1 += usize::from(is_split && differences.is_empty());
        if !differences.is_empty() {
            let told = differences.into_iter();
            found.violations.extend(
                told.map(|difference| format!("history {seed}, step {step}: {difference}")),
            );
            break;
        }
    }
    found
}

/// A write comes after what it was made on, whatever the clock says.
fn note(
    model: &mut Model,
    member: identity::ProfileId,
    field: &str,
    now: i128,
    text: Option<&str>,
) {
    let seen = model.seen(member, field).map(|seen| seen + 1);
    model.writes(member, field, seen.unwrap_or(now).max(now), text);
}
