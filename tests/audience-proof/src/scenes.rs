//! A few actors at once, in every order of their calls.

use std::{cell::RefCell, collections::BTreeSet, pin::Pin};

use fairlead_merge_proof::{
    cast::{appear, joins, writes},
    orders::Orders,
};
use identity::ProfileId;
use serde_json::{Value, json};
use testkit::{Waiting, World};

use crate::{
    cast::{are_delivered, decides, events, leaves, listed, set_the_scene},
    consumer::Consumer,
    model::{Decided, Known, Model},
};

/// What one actor does. People go by their place.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// An event about somebody is dealt with.
    Keep(usize),
    /// Somebody withdraws, and the event is dealt with.
    Withdraw(usize),
    /// Somebody writes their name, and the event is dealt with.
    Write(usize, &'static str),
    /// Two become one, and the event is dealt with.
    Join(usize, usize),
    /// Somebody is erased, and the event is dealt with.
    Leave(usize),
    /// The consumer reads two pages.
    Read,
}

/// How far the audience and the consumer are before it begins.
#[derive(Debug, Clone, Copy)]
pub enum Before {
    /// Nobody is in the audience; the consumer has its place, and is to list.
    Listing,
    /// Nobody is in the audience; the consumer has listed nobody, and follows.
    Following,
    /// Everybody is in the audience, and the consumer knows them.
    Known,
}

/// Who agreed before, and what happens at once.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// What it is called.
    pub name: &'static str,
    /// How many people agreed before.
    pub people: usize,
    /// How far the audience and the consumer are.
    pub before: Before,
    /// Who does what.
    pub acts: &'static [Act],
}

/// The scenes: what is kept by an older state, two who get a number at once, a reader among writers.
pub const SCENES: [Scene; 8] = [
    Scene {
        name: "a grant is kept while it is withdrawn",
        people: 1,
        before: Before::Listing,
        acts: &[Act::Keep(0), Act::Withdraw(0)],
    },
    Scene {
        name: "the same event, twice",
        people: 1,
        before: Before::Listing,
        acts: &[Act::Keep(0), Act::Keep(0)],
    },
    Scene {
        name: "two in one shard",
        people: 2,
        before: Before::Following,
        acts: &[Act::Keep(0), Act::Keep(1)],
    },
    Scene {
        name: "a withdrawal while the consumer reads",
        people: 2,
        before: Before::Known,
        acts: &[Act::Withdraw(0), Act::Read],
    },
    Scene {
        name: "a write while the consumer begins",
        people: 1,
        before: Before::Listing,
        acts: &[Act::Write(0, "Joan"), Act::Read],
    },
    Scene {
        name: "a merge and a withdrawal",
        people: 2,
        before: Before::Known,
        acts: &[Act::Join(0, 1), Act::Withdraw(1)],
    },
    Scene {
        name: "a grant is kept while its person is erased",
        people: 1,
        before: Before::Listing,
        acts: &[Act::Keep(0), Act::Leave(0)],
    },
    Scene {
        name: "an erasure while the consumer reads",
        people: 2,
        before: Before::Known,
        acts: &[Act::Leave(0), Act::Read],
    },
];

/// What an exploration found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// How many runs there were.
    pub runs: usize,
    /// What was not as it should be.
    pub violations: Vec<String>,
}

impl Scene {
    /// Runs it in at most `most` orders.
    #[must_use]
    pub fn explore(&self, most: usize) -> Found {
        let mut found = Found::default();
        let mut orders = Orders::default();
        loop {
            let violation = self.run(|waiting| orders.choose(waiting));
            if !orders.is_redundant() {
                found.runs += 1;
                let told = violation.map(|violation| format!("{}: {violation}", self.name));
                found.violations.extend(told);
            }
            if !orders.turn() || found.runs >= most {
                return found;
            }
        }
    }

    /// Runs it in as many orders at random. What two do to each other in the middle of their calls shows
    /// in few of these, and in none of the first thousands that differ in their last calls alone.
    #[must_use]
    pub fn stir(&self, orders: u64) -> Found {
        let violations = (0..orders).filter_map(|seed| {
            let mut random = fastrand::Rng::with_seed(seed);
            self.run(|waiting| random.usize(..waiting.len()))
        });
        Found {
            runs: 0,
            violations: violations.take(1).collect(),
        }
    }

    fn run(&self, choose: impl FnMut(&[Waiting]) -> usize) -> Option<String> {
        let world = World::new(1);
        set_the_scene(&world);
        let ids = self.agreed(&world);
        let mut consumer = Consumer::default();
        world.block_on(async {
            consumer.reads(&world).await;
            match self.before {
                Before::Listing => {}
                Before::Following => drop(consumer.reads(&world).await),
                Before::Known => {
                    are_delivered(&world, &events(&world)).await;
                    consumer.catches_up(&world).await;
                }
            }
        });
        let consumer = RefCell::new(consumer);
        let actors = self
            .acts
            .iter()
            .map(|act| acting(&world, *act, &ids, &consumer));
        world.interleave(actors.collect(), choose);
        let mut consumer = consumer.into_inner();
        world.block_on(consumer.catches_up(&world));
        let mut should = visible(&world, &ids);
        for act in self.acts {
            if let Act::Leave(one) = act {
                should.remove(&ids[*one].to_string());
            }
        }
        if consumer.known != should {
            let known = consumer.known;
            return Some(format!("it knows {known:?}, and should {should:?}"));
        }
        let (listed, should): (BTreeSet<String>, _) =
            (listed(&world), should.into_keys().collect());
        (listed != should).then(|| format!("the rows have {listed:?}, and should {should:?}"))
    }

    /// People of one shard who appear and agree.
    fn agreed(&self, world: &World) -> Vec<ProfileId> {
        let (mut ids, _) = appear(world, if self.people > 1 { 12 } else { 1 });
        let shard = |id: &ProfileId| {
            let last = id
                .to_string()
                .chars()
                .last()
                .and_then(|last| last.to_digit(16));
            last.unwrap_or_default() % 8
        };
        let most = (0..8).max_by_key(|wanted| ids.iter().filter(|id| shard(id) == *wanted).count());
        ids.retain(|id| Some(shard(id)) == most);
        ids.truncate(self.people);
        assert_eq!(
            ids.len(),
            self.people,
            "twelve people have two in one shard"
        );
        for id in &ids {
            world.block_on(decides(world, *id, true));
            world.block_on(writes(world, *id, "given_name", Some("Jane")));
        }
        ids
    }
}

fn acting<'a>(
    world: &'a World,
    act: Act,
    ids: &[ProfileId],
    consumer: &'a RefCell<Consumer>,
) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
    let ids = ids.to_vec();
    Box::pin(async move {
        match act {
            Act::Keep(one) => keeps(world, &json!({ "subject": ids[one] })).await,
            Act::Withdraw(one) => {
                decides(world, ids[one], false).await;
                keeps(world, &json!({ "subject": ids[one] })).await;
                // A decision of a member is told of the root.
                let root = ids.iter().min().expect("there are people");
                keeps(world, &json!({ "subject": root })).await;
            }
            Act::Write(one, name) => {
                writes(world, ids[one], "given_name", Some(name)).await;
                keeps(world, &json!({ "subject": ids[one] })).await;
            }
            Act::Join(one, other) => {
                joins(world, 100, ids[one], ids[other]).await;
                let (older, younger) = (ids[one].min(ids[other]), ids[one].max(ids[other]));
                let data = json!({ "absorbed_id": younger });
                keeps(world, &json!({ "subject": older, "data": data })).await;
            }
            Act::Leave(one) => {
                Box::pin(leaves(world, ids[one])).await;
                keeps(world, &json!({ "subject": ids[one] })).await;
            }
            Act::Read => {
                let mut reading = consumer.borrow().clone();
                reading.reads(world).await;
                reading.reads(world).await;
                *consumer.borrow_mut() = reading;
            }
        }
    })
}

async fn keeps(world: &World, event: &Value) {
    are_delivered(world, std::slice::from_ref(event)).await;
}

/// Whom the consumer may see, by what the tables took.
fn visible(world: &World, ids: &[ProfileId]) -> Known {
    let rows = world.rows("profiles");
    let row = |id: ProfileId, part: &str| {
        let is = |row: &&Value| row["profile_id"] == id.to_string() && row["part"] == part;
        rows.iter().find(is)
    };
    let mut model = Model::default();
    for id in ids {
        model.persons.appears(*id);
        let profile = row(*id, "profile").expect("they have a profile");
        let name = profile.pointer("/fields/given_name/value");
        model
            .persons
            .writes(*id, "given_name", 0, name.and_then(Value::as_str));
        let is_member = profile["closed"] == "merged";
        let consent = row(*id, "consent#harbour#newsletter").filter(|_| !is_member);
        if let Some(consent) = consent {
            let time = |name: &str| consent[name].as_str().and_then(|at| at.parse().ok());
            let decided = Decided {
                at: time("decided_at").expect("it was decided"),
                is_no: consent["ruling"] == "withdrawn",
                until: time("expires_at"),
            };
            model.decided.insert(*id, decided);
        }
    }
    let mut visible = model.visible(world.clock().now());
    visible.retain(|id, _| {
        let id = id.parse().expect("it is an id");
        row(id, "profile").is_some_and(|row| row.get("closed").is_none())
    });
    visible
}
