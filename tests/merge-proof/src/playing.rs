//! How a scene is run, and what it has to end as.

use std::collections::BTreeSet;

use identity::{MergeId, ProfileId};
use serde_json::Value;
use testkit::{Waiting, World};

use crate::{
    cast::{
        appear_among, decided_at, decides, gets_identifiers, joins, splits, writes, written_at,
    },
    model::Model,
    orders::Orders,
    scenes::{Act, Found, Scene},
    sign_ins::{NUMBERS, logs_in_on, signs_in, takes_over_number},
    tables::{differences, text},
};

impl Scene {
    /// Runs it in at most `most` orders, depth first: where there are more, those that are left out differ
    /// from all of these in what comes early.
    #[must_use]
    pub fn explore(&self, seed: u64, most: usize) -> Found {
        let mut found = Found::default();
        let mut orders = Orders::default();
        loop {
            let violations = self.run(seed, |waiting| orders.choose(waiting));
            if !orders.is_redundant() {
                found.add(self.found(violations));
            }
            if !orders.turn() || found.runs >= most {
                return found;
            }
        }
    }

    /// Runs it in one order at random, which follows from `order`.
    #[must_use]
    pub fn stir(&self, seed: u64, order: u64) -> Found {
        let mut random = fastrand::Rng::with_seed(order);
        let violations = self.run(seed, |waiting| random.usize(..waiting.len()));
        let told = violations.into_iter();
        let told = told.map(|violation| format!("order {order} at random: {violation}"));
        self.found(told.collect())
    }

    /// What one run comes to.
    fn found(&self, violations: Vec<String>) -> Found {
        let told = violations.into_iter();
        Found {
            runs: 1,
            profiles: self.persons,
            violations: told
                .map(|violation| format!("{}: {violation}", self.name))
                .collect(),
            ..Found::default()
        }
    }

    fn run(&self, seed: u64, choose: impl FnMut(&[Waiting]) -> usize) -> Vec<String> {
        let world = World::new(seed);
        let (ids, mut model) = appear_among(&world, self.persons, self.visitors);
        if self.limit < 100 {
            gets_identifiers(&world, ids[self.persons - 1], self.limit);
        }
        let mut merges = Vec::new();
        for (one, other) in self.merged {
            let joined = world.block_on(joins(&world, 100, ids[*one], ids[*other]));
            merges.extend(joined.merge_id);
        }
        for person in self.proved {
            world.block_on(signs_in(&world, *person, Some(NUMBERS[0])));
        }
        let actors = self
            .acts
            .iter()
            .map(|act| self.acting(&world, *act, &ids, &merges));
        world.interleave(actors.collect(), choose);

        // What a sign-in leaves to the next one is done by that.
        for person in self.provers() {
            world.block_on(signs_in(&world, person, Some(NUMBERS[0])));
        }
        replay(&world, 0, &mut model);
        self.take_over(&world, &mut model, &ids);
        let mut violations = differences(&world, &model);
        violations.extend(self.unjoined(&model, &ids));
        violations.extend(self.undecided(&model, &ids));
        violations.extend(self.unproven(&model, &ids));
        violations.extend(self.misled(&model, &ids));
        violations
    }

    /// Whose login proved the telephone number, before or meanwhile.
    fn provers(&self) -> Vec<usize> {
        let proving = self.acts.iter().filter_map(|act| match act {
            Act::Prove(person) => Some(*person),
            _ => None,
        });
        self.proved.iter().copied().chain(proving).collect()
    }

    /// Takes over into `model` what the actors wrote and decided, as the tables have it.
    fn take_over(&self, world: &World, model: &mut Model, ids: &[ProfileId]) {
        for person in self.provers() {
            takes_over_number(world, model, ids[person], NUMBERS[0]);
        }
        for act in self.acts {
            if let Act::Write(person, name) = act {
                let at = written_at(world, ids[*person], "given_name");
                let at = at.unwrap_or_default();
                model.writes(ids[*person], "given_name", at, Some(name));
            }
            if let Act::Decide(person) = act
                && let Some(decided) = decided_at(world, ids[*person])
            {
                model.decided.insert(ids[*person], decided);
            }
        }
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
            Act::Prove(person) => Box::pin(async move {
                signs_in(world, person, Some(NUMBERS[0])).await;
            }),
            Act::LogIn(person, visitor) => {
                let id = ids[person];
                Box::pin(async move { logs_in_on(world, limit, id, visitor).await })
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

    /// Whether anybody undoes a merge.
    fn undoes(&self) -> bool {
        self.acts.iter().any(|act| matches!(act, Act::Split(_)))
    }

    /// Who was joined and is not one, though nothing was undone.
    fn unjoined(&self, model: &Model, ids: &[ProfileId]) -> Option<String> {
        let apart = |act: &&Act| match act {
            Act::Join(one, other) => model.root(ids[*one]) != model.root(ids[*other]),
            _ => false,
        };
        let act = self.acts.iter().find(apart);
        act.filter(|_| !self.undoes())
            .map(|act| format!("{act:?} left two"))
    }

    /// Whether those who proved the same number are more than one, though nothing was undone.
    fn unproven(&self, model: &Model, ids: &[ProfileId]) -> Option<String> {
        let provers = self.provers().into_iter();
        let roots: BTreeSet<ProfileId> = provers.map(|person| model.root(ids[person])).collect();
        (roots.len() > 1 && !self.undoes())
            .then(|| format!("{} proved the same number", roots.len()))
    }

    /// Whether a visitor did not become one with exactly one of those who logged in on their device,
    /// though nothing was undone: two who are known may be two who use it.
    fn misled(&self, model: &Model, ids: &[ProfileId]) -> Option<String> {
        let users = |visitor: usize| {
            let used = self.acts.iter().filter_map(move |act| match act {
                Act::LogIn(person, device) if *device == visitor => Some(ids[*person]),
                _ => None,
            });
            let root = model.root(ids[visitor]);
            used.filter(|user| model.root(*user) == root).count()
        };
        let mut visitors = self.visitors.iter();
        let misled = visitors.find(|visitor| users(**visitor) != 1)?;
        (!self.undoes()).then(|| {
            let count = users(*misled);
            format!("the visitor {misled} became one with {count} who used their device")
        })
    }
}

/// Takes over into `model` the merges and splits that the tables took after the first `calls`, in the
/// order in which they did.
pub(crate) fn replay(world: &World, calls: usize, model: &mut Model) {
    let taken = world.trace_after(calls);
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
