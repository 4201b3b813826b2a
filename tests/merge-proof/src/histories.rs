//! Long histories at random: merges, writes, splits and sign-ins, one after the other.

use std::time::Duration;

use identity::{MergeId, ProfileId};
use testkit::World;

use crate::{
    cast::{appear_among, decides, joins, splits, writes},
    model::Model,
    playing::replay,
    scenes::Found,
    sign_ins::{NUMBERS, logs_in_on, signs_in, takes_over_number, visits},
    tables::differences,
};

/// The places of those who have a login, and of the visitors, one of whom is the oldest of all.
const LOGINS: [usize; 7] = [1, 2, 3, 4, 6, 7, 8];
const VISITORS: [usize; 2] = [0, 5];
const PERSONS: usize = LOGINS.len() + VISITORS.len();
const FIELDS: [&str; 3] = ["given_name", "family_name", "locale"];
const TEXTS: [Option<&str>; 4] = [Some("de"), Some("fr"), Some("it"), None];

/// What happened so far.
struct History {
    seed: u64,
    random: fastrand::Rng,
    world: World,
    ids: Vec<ProfileId>,
    model: Model,
    /// How many writes a transaction takes.
    limit: usize,
    merges: Vec<MergeId>,
    /// Whether any merge was undone, so that it is not made again by the same identifier.
    is_any_undone: bool,
}

/// A history of `steps` steps; all that is random in it follows from `seed`.
#[must_use]
pub fn history(seed: u64, steps: usize) -> Found {
    let world = World::new(seed);
    let (ids, model) = appear_among(&world, PERSONS, &VISITORS);
    let mut history = History {
        seed,
        random: fastrand::Rng::with_seed(seed),
        world,
        ids,
        model,
        limit: if seed.is_multiple_of(2) { 100 } else { 8 },
        merges: Vec::new(),
        is_any_undone: false,
    };
    let mut found = Found {
        profiles: PERSONS,
        ..Found::default()
    };
    for step in 0..steps {
        let (is_split, mut differences) = history.step(step);
        differences.extend(self::differences(&history.world, &history.model));
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

impl History {
    /// The next step: whether it was a split, and what of it should not have been.
    fn step(&mut self, step: usize) -> (bool, Vec<String>) {
        // Now and then no time passes, so that there are equal times, too.
        if self.random.bool() {
            self.world.advance(Duration::from_millis(1));
        }
        let persons = [(); 2].map(|()| self.ids[self.random.usize(..PERSONS)]);
        let place = LOGINS[self.random.usize(..LOGINS.len())];
        let mut wrong = Vec::new();
        match self.random.u8(..18) {
            0..3 if persons[0] != persons[1] => self.joins(persons),
            3..5 if !self.merges.is_empty() => return (self.splits(persons[0]), wrong),
            10..12 => self.decides(self.ids[place]),
            12..14 => self.visits(self.ids[place], step),
            14..16 => self.proves(place),
            16..18 => wrong.extend(self.logs_in(self.ids[place])),
            _ => self.writes(self.ids[place]),
        }
        (false, wrong)
    }

    fn joins(&mut self, [one, other]: [ProfileId; 2]) {
        let joined = joins(&self.world, self.limit, one, other);
        let joined = self.world.block_on(joined);
        if let Some(merge_id) = joined.merge_id {
            self.model.join(one, other, merge_id);
            self.merges.push(merge_id);
        }
    }

    /// Whether the merge was one of this person's.
    fn splits(&mut self, one: ProfileId) -> bool {
        let merge_id = self.merges[self.random.usize(..self.merges.len())];
        let split = splits(&self.world, self.limit, one, merge_id);
        self.world.block_on(split);
        let absorbed = self.model.absorbed.iter();
        let mut of_this_merge = absorbed.filter(|(_, (_, merge))| *merge == merge_id);
        let is_here = of_this_merge
            .next()
            .is_some_and(|(member, _)| self.model.root(*member) == self.model.root(one));
        if is_here {
            self.model.split(merge_id);
            self.is_any_undone = true;
        }
        is_here
    }

    fn decides(&mut self, login: ProfileId) {
        let is_withdrawn = self.random.bool();
        let now = self.world.clock().now().as_nanosecond();
        let is_news = self.model.holds(login).map(|(held, _)| held) != Some(is_withdrawn);
        self.world
            .block_on(decides(&self.world, login, is_withdrawn));
        if is_news {
            let after = self.model.held_since(login).map(|since| since + 1);
            let at = after.unwrap_or(now).max(now);
            self.model.decided.insert(login, (at, is_withdrawn));
        }
    }

    fn visits(&mut self, login: ProfileId, step: usize) {
        let step = u64::try_from(step).expect("a history is short");
        let device = self.seed * 1_000 + step;
        self.world.block_on(visits(&self.world, login, device));
        *self.model.devices.entry(login).or_default() += 1;
    }

    fn writes(&mut self, login: ProfileId) {
        let field = FIELDS[self.random.usize(..FIELDS.len())];
        let text = TEXTS[self.random.usize(..TEXTS.len())];
        let now = self.world.clock().now().as_nanosecond();
        let is_news = self.model.looks(login).get(field).map(String::as_str) != text;
        self.world.block_on(writes(&self.world, login, field, text));
        if is_news {
            note(&mut self.model, login, field, now, text);
        }
    }

    /// A login proves a number, which makes it one with whoever proved it before.
    fn proves(&mut self, place: usize) {
        let number = NUMBERS[self.random.usize(..NUMBERS.len())];
        let before = self.world.calls_so_far();
        let signed_in = signs_in(&self.world, place, Some(number));
        self.world.block_on(signed_in);
        self.takes_over(before);
        takes_over_number(&self.world, &mut self.model, self.ids[place], number);
    }

    /// A login is used on the device of a visitor; what came of it that should not.
    fn logs_in(&mut self, login: ProfileId) -> Option<String> {
        let place = VISITORS[self.random.usize(..VISITORS.len())];
        let visitor = self.ids[place];
        let root = self.model.root(visitor);
        let was_one = self.model.root(login) == root;
        let mut logins = LOGINS.iter().map(|place| self.ids[*place]);
        let is_known = logins.any(|login| self.model.root(login) == root);
        let before = self.world.calls_so_far();
        let logged_in = logs_in_on(&self.world, self.limit, login, place);
        self.world.block_on(logged_in);
        self.takes_over(before);
        let is_one = self.model.root(login) == self.model.root(visitor);
        match (is_known, was_one, is_one) {
            (true, false, true) => Some(format!("{login} took over {visitor}, who is known")),
            (false, _, false) if !self.is_any_undone => {
                Some(format!("{login} did not take over {visitor}"))
            }
            _ => None,
        }
    }

    /// Takes over what became one since the first `calls`.
    fn takes_over(&mut self, calls: usize) {
        replay(&self.world, calls, &mut self.model);
        for (_, merge_id) in self.model.absorbed.values() {
            if !self.merges.contains(merge_id) {
                self.merges.push(*merge_id);
            }
        }
    }
}

/// A write comes after what it was made on, whatever the clock says.
fn note(model: &mut Model, member: ProfileId, field: &str, now: i128, text: Option<&str>) {
    let seen = model.seen(member, field).map(|seen| seen + 1);
    model.writes(member, field, seen.unwrap_or(now).max(now), text);
}
