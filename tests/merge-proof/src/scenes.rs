//! A few actors at once, in every order of their calls.

use identity::{MergeId, ProfileId};
use serde_json::Value;
use testkit::World;

use crate::{
    cast::{appear, decided_at, decides, gets_identifiers, joins, splits, writes, written_at},
    model::Model,
    orders::Orders,
    tables::{differences, text},
};

/// What one actor does. Persons go by their place, merges by theirs among those made before.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Two become one.
    Join(usize, usize),
    /// A merge that was made before is undone.
    Split(usize),
    /// A login writes its name.
    Write(usize, &'static str),
    /// A login agrees.
    Decide(usize),
}

/// What is there, and who does what at once.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// What it is called.
    pub name: &'static str,
    /// How many persons there are.
    pub persons: usize,
    /// Who was merged before.
    pub merged: &'static [(usize, usize)],
    /// Who does what.
    pub acts: &'static [Act],
    /// How many writes a transaction takes.
    pub limit: usize,
}

/// The scenes: merges in any order, writes between them, splits between both, small ones and ones
/// that take several transactions.
pub const SCENES: [Scene; 15] = [
    scene(
        "the same two, twice",
        2,
        &[],
        &[Act::Join(0, 1), Act::Join(1, 0)],
    ),
    scene(
        "a chain from both ends",
        3,
        &[],
        &[Act::Join(0, 1), Act::Join(1, 2)],
    ),
    scene(
        "a merge and a write",
        2,
        &[],
        &[Act::Join(0, 1), Act::Write(1, "Bob")],
    ),
    scene(
        "a split and a write",
        2,
        &[(0, 1)],
        &[Act::Split(0), Act::Write(1, "Bob")],
    ),
    scene(
        "a split and a merge",
        3,
        &[(0, 1)],
        &[Act::Split(0), Act::Join(1, 2)],
    ),
    scene(
        "two splits",
        3,
        &[(1, 2), (0, 1)],
        &[Act::Split(0), Act::Split(1)],
    ),
    Scene {
        limit: 6,
        ..scene(
            "a large merge and a write",
            2,
            &[],
            &[Act::Join(0, 1), Act::Write(1, "Bob")],
        )
    },
    Scene {
        limit: 6,
        ..scene(
            "a large merge, twice",
            2,
            &[],
            &[Act::Join(0, 1), Act::Join(0, 1)],
        )
    },
    scene(
        "three, around in a circle",
        3,
        &[],
        &[Act::Join(0, 1), Act::Join(1, 2), Act::Join(2, 0)],
    ),
    scene(
        "a merge and a decision of the older",
        2,
        &[],
        &[Act::Join(0, 1), Act::Decide(0)],
    ),
    scene(
        "a merge and a decision of the younger",
        2,
        &[],
        &[Act::Join(0, 1), Act::Decide(1)],
    ),
    scene(
        "a split and a decision",
        2,
        &[(0, 1)],
        &[Act::Split(0), Act::Decide(1)],
    ),
    Scene {
        limit: 6,
        ..scene(
            "a large merge and a decision",
            2,
            &[],
            &[Act::Join(0, 1), Act::Decide(1)],
        )
    },
    Scene {
        limit: 6,
        ..scene(
            "a large split and a write",
            2,
            &[(0, 1)],
            &[Act::Split(0), Act::Write(1, "Bob")],
        )
    },
    Scene {
        limit: 6,
        ..scene(
            "a large split, twice",
            3,
            &[(1, 2), (0, 1)],
            &[Act::Split(1), Act::Split(1)],
        )
    },
];

const fn scene(
    name: &'static str,
    persons: usize,
    merged: &'static [(usize, usize)],
    acts: &'static [Act],
) -> Scene {
    let limit = 100;
    Scene {
        name,
        persons,
        merged,
        acts,
        limit,
    }
}

/// What an exploration found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// How many runs there were.
    pub runs: usize,
    /// How many profiles there were in all of them.
    pub profiles: usize,
    /// What was not as it should be.
    pub violations: Vec<String>,
    /// How many splits there were, and how many left what they should.
    pub splits: (usize, usize),
}

impl Found {
    /// Adds what another exploration found.
    pub fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.profiles += other.profiles;
        self.violations.extend(other.violations);
        self.splits.0 += other.splits.0;
        self.splits.1 += other.splits.1;
    }
}

impl Scene {
    /// Runs it in at most `most` orders.
    #[must_use]
    pub fn explore(&self, seed: u64, most: usize) -> Found {
        let mut found = Found::default();
        let mut orders = Orders::default();
        loop {
            let violations = self.run(seed, &mut orders);
            if !orders.is_redundant() {
                found.runs += 1;
                found.profiles += self.persons;
                let told = violations.into_iter();
                found
                    .violations
                    .extend(told.map(|violation| format!("{}: {violation}", self.name)));
            }
            if !orders.turn() || found.runs >= most {
                return found;
            }
        }
    }

    fn run(&self, seed: u64, orders: &mut Orders) -> Vec<String> {
        let world = World::new(seed);
        let (ids, mut model) = appear(&world, self.persons);
        if self.limit < 100 {
            gets_identifiers(&world, ids[self.persons - 1], self.limit);
        }
        let mut merges = Vec::new();
        for (one, other) in self.merged {
            let joined = world.block_on(joins(&world, 100, ids[*one], ids[*other]));
            merges.extend(joined.merge_id);
        }
        let actors = self
            .acts
            .iter()
            .map(|act| self.acting(&world, *act, &ids, &merges));
        world.interleave(actors.collect(), |waiting| orders.choose(waiting));

        replay(&world, &mut model);
        for act in self.acts {
            if let Act::Write(person, name) = act {
                let at = written_at(&world, ids[*person], "given_name");
                let at = at.unwrap_or_default();
                model.writes(ids[*person], "given_name", at, Some(name));
            }
            if let Act::Decide(person) = act
                && let Some(decided) = decided_at(&world, ids[*person])
            {
                model.decided.insert(ids[*person], decided);
            }
        }
        let mut violations = differences(&world, &model);
        violations.extend(self.unjoined(&model, &ids));
        violations.extend(self.undecided(&model, &ids));
        violations
    }

    fn acting<'a>(
        &self,
        world: &'a World,
        act: Act,
        ids: &[ProfileId],
        merges: &[MergeId],
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + 'a>> {
        let limit = self.limit;
        match act {
            Act::Join(one, other) => {
                let (one, other) = (ids[one], ids[other]);
                Box::pin(async move {
                    joins(world, limit, one, other).await;
                })
            }
            Act::Split(merge) => {
                let (id, merge_id) = (ids[0], merges[merge]);
                Box::pin(async move {
                    splits(world, limit, id, merge_id).await;
                })
            }
            Act::Decide(person) => {
                let id = ids[person];
                Box::pin(async move { decides(world, id, false).await })
            }
            Act::Write(person, name) => {
                let id = ids[person];
                Box::pin(async move { writes(world, id, "given_name", Some(name)).await })
            }
        }
    }

    /// Whose decision is nowhere, though they were told that it holds.
    fn undecided(&self, model: &Model, ids: &[ProfileId]) -> Option<String> {
        let is_lost = |act: &&Act| match act {
            Act::Decide(person) => !model.decided.contains_key(&ids[*person]),
            _ => false,
        };
        let act = self.acts.iter().find(is_lost);
        act.map(|act| format!("{act:?} is nowhere"))
    }

    /// Who was joined and is not one, though nothing was undone.
    fn unjoined(&self, model: &Model, ids: &[ProfileId]) -> Option<String> {
        let undoes = |act: &Act| matches!(act, Act::Split(_));
        let apart = |act: &&Act| match act {
            Act::Join(one, other) => model.root(ids[*one]) != model.root(ids[*other]),
            _ => false,
        };
        let act = self.acts.iter().find(apart);
        act.filter(|_| !self.acts.iter().any(undoes))
            .map(|act| format!("{act:?} left two"))
    }
}

/// Takes over into `model` the merges and splits that the tables took, in the order in which they
/// did.
fn replay(world: &World, model: &mut Model) {
    let taken = world.trace();
    let taken = taken.iter().filter(|traced| traced.status == Some(200));
    for event in taken.flat_map(|traced| traced.call.put_texts("event")) {
        let event: Value = serde_json::from_str(&event).expect("the outbox holds events");
        let data = &event["data"];
        let id = |name| text(data, name).parse::<ProfileId>();
        let merge_id = || text(data, "merge_id").parse().expect("a merge has an id");
        match text(&event, "type").as_str() {
            "dev.fairlead.profile.merged.v1" => {
                let (root, absorbed) = (id("profile_id"), id("absorbed_id"));
                let (root, absorbed) = (root.expect("an id"), absorbed.expect("an id"));
                model.join(root, absorbed, merge_id());
            }
            "dev.fairlead.profile.split.v1" => model.split(merge_id()),
            _ => {}
        }
    }
}
