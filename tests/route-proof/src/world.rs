//! Two tenants with a partner of the same name each, and people who dealt with one of them or none.

use std::time::Duration;

use audience::{Binding, Filter, Projection, SHARDS};
use identity::{Identifier, IdentifierKey};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{World, engine::CERTIFICATES_BUCKET, tokens::Token};

use crate::{
    callers::{FORMER_CLIENT, WRITE_KEY},
    extensions, logins, rows, uploads,
};

pub(crate) const HARBOUR: &str = "harbour";
pub(crate) const AIRPORT: &str = "airport";
/// What kind of events both take.
pub(crate) const SEEN: &str = "com.example.seen.v1";

/// The type of events of which people are told.
pub(crate) const TOLD: &str = "com.example.told.v1";

/// The one subscription of a partner, the harbour's.
pub(crate) const SUBSCRIPTION: &str = "sub_01010101010101010101010101010101";
/// What it was sent.
pub(crate) const DELIVERY: &str = "dlv_01010101010101010101010101010101";

/// Where what event-router failed on lies.
pub(crate) const DEAD_LETTERS: &str = "events-in-dead-letters";

/// Somebody whom an answer may tell of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) id: &'static str,
    /// Stands in all that is kept of them, and nowhere else.
    pub(crate) marker: &'static str,
}

/// Who calls, and consented to the harbour's newsletter.
pub(crate) const JANE: Known = Known {
    id: "prf_01010101010171018101010101010101",
    marker: "marker-jane",
};
/// Who never decided on anything, and once asked to be erased and thought better of it.
pub(crate) const JOAN: Known = Known {
    id: "prf_02020202020272028202020202020202",
    marker: "marker-joan",
};
/// Who consented to the airport's newsletter alone.
const JULE: Known = Known {
    id: "prf_03030303030373038303030303030303",
    marker: "marker-jule",
};
/// Who was erased, of which the harbour's partner was told.
const ERIN: Known = Known {
    id: "prf_04040404040474048404040404040404",
    marker: "marker-erin",
};
/// Who went through a merge, and consented to the harbour's newsletter.
const MARY: Known = Known {
    id: "prf_05050505050575058505050505050505",
    marker: "marker-mary",
};
/// Who became one with Mary.
const MAUD: &str = "prf_06060606060676068606060606060606";
/// Who can become one with them: younger ones, of whom nobody asks.
const TWINS: [&str; 4] = [
    "prf_12121212121272128212121212121212",
    "prf_13131313131373138313131313131313",
    "prf_14141414141474148414141414141414",
    "prf_15151515151575158515151515151515",
];
/// The random bytes of the one erasure that is asked for in a world: Jane's.
pub(crate) const ERASURE: [u8; 16] = [1; 16];
/// Nobody.
const NOBODY: &str = "prf_0f0f0f0f0f0f7f0f8f0f0f0f0f0f0f0f";

/// Everybody whom an answer may tell of.
pub(crate) fn people() -> impl Iterator<Item = Known> {
    [JANE, JOAN, JULE, ERIN, MARY].into_iter()
}

/// Whom, or whose, a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The caller's own, where they are a person.
    Jane,
    /// Another person's.
    Joan,
    /// A person's of another tenant.
    Jule,
    /// An erased person's.
    Erin,
    /// Of a person who was merged.
    Mary,
    /// Of nobody.
    Nobody,
    /// None at all.
    Malformed,
}

impl Subject {
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::Jane,
        Self::Joan,
        Self::Jule,
        Self::Erin,
        Self::Mary,
        Self::Nobody,
        Self::Malformed,
    ];

    /// The id of their profile.
    pub(crate) const fn profile(self) -> &'static str {
        match self {
            Self::Jane => JANE.id,
            Self::Joan => JOAN.id,
            Self::Jule => JULE.id,
            Self::Erin => ERIN.id,
            Self::Mary => MARY.id,
            Self::Nobody => NOBODY,
            Self::Malformed => "prf_1",
        }
    }

    /// Their address.
    pub(crate) const fn address(self) -> &'static str {
        match self {
            Self::Jane => "marker-jane@example.com",
            Self::Joan => "marker-joan@example.com",
            Self::Jule => "marker-jule@example.com",
            Self::Erin => "marker-erin@example.com",
            Self::Mary => "marker-mary@example.com",
            Self::Nobody => "nobody@example.com",
            Self::Malformed => "no address",
        }
    }

    /// The id of their erasure; of nobody's where there is none.
    pub(crate) const fn erasure(self) -> &'static str {
        match self {
            Self::Jane => "era_01010101010101010101010101010101",
            Self::Joan => "era_02020202020202020202020202020202",
            Self::Jule => "era_03030303030303030303030303030303",
            Self::Erin => "era_04040404040404040404040404040404",
            Self::Mary => "era_05050505050505050505050505050505",
            Self::Nobody => "era_0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
            Self::Malformed => "era_1",
        }
    }

    /// A name that only they use: of a dataset of theirs, and of the segment that they are in.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Jane => "jane",
            Self::Joan => "joan",
            Self::Jule => "jule",
            Self::Erin => "erin",
            Self::Mary => "mary",
            Self::Nobody => "nobody",
            Self::Malformed => "no name",
        }
    }
}

/// A world with all of them.
pub(crate) fn world() -> World {
    let world = World::new(1);
    for tenant in [HARBOUR, AIRPORT] {
        world.put_row("directory", rows::tenant(tenant));
        world.put_row("directory", rows::partner(tenant));
        world.put_row("directory", rows::purpose(tenant, "newsletter"));
        let offers = format!("{tenant}-offers");
        world.put_row("directory", rows::purpose(tenant, &offers));
        world.put_row("directory", rows::agreement(tenant));
        let client = Token::client_row(tenant, "chandlery", "letters");
        world.put_row("directory", client);
        world.put_row("directory", rows::event_type(tenant, SEEN));
        world.put_row("directory", rows::notification_rule(tenant, TOLD));
        world.put_row("directory", rows::message(tenant));
        world.put_row("directory", rows::hook(tenant));
        world.put_row("directory", rows::fan_out(tenant));
        extensions::add(&world, tenant);
    }
    world.put_row("directory", rows::identifier_rules());
    world.put_row("directory", rows::write_key(HARBOUR, WRITE_KEY));
    world.put_row("directory", rows::former_client(HARBOUR, FORMER_CLIENT));
    for person in [JANE, JOAN, JULE, MARY] {
        world.put_row("profiles", rows::profile(person.id, person.marker));
        world.put_row("profiles", rows::dataset(person));
        world.put_row("profiles", rows::count_of_datasets(person));
        point(&world, &format!("{}@example.com", person.marker), person.id);
    }
    world.put_row("profiles", rows::profile(MAUD, "marker-mary"));
    let dealings = [
        (JANE, HARBOUR),
        (JOAN, HARBOUR),
        (MARY, HARBOUR),
        (JULE, AIRPORT),
    ];
    for (person, tenant) in dealings {
        world.put_row("profiles", rows::segment(person, tenant));
    }
    for (person, tenant) in [(JANE, HARBOUR), (MARY, HARBOUR), (JULE, AIRPORT)] {
        world.put_row("profiles", rows::consent(person.id, tenant, "newsletter"));
    }
    // Whoever calls can be told of something, by whichever tenant's app client they came.
    for tenant in [HARBOUR, AIRPORT] {
        let notices = rows::consent(JANE.id, tenant, "account-notices");
        world.put_row("profiles", notices);
    }
    for (number, (person, tenant)) in (1..).zip([(JANE, HARBOUR), (JOAN, HARBOUR), (JULE, AIRPORT)])
    {
        world.put_row("receipts", rows::receipt(number, person, tenant));
    }
    world.put_row("quarantine", rows::rejected(HARBOUR, JANE));
    world.put_row("subscriptions", rows::subscription(HARBOUR));
    world.put_row("deliveries", rows::delivery(HARBOUR));
    world
        .engines()
        .put_message(DEAD_LETTERS, &rows::announcement(JANE), &[], 5);
    erase(&world);
    logins::give(&world);
    uploads::give(&world);
    uploads::accept(&world);
    fill_audiences(&world);
    world
}

/// Erin was erased, and Joan stayed.
fn erase(world: &World) {
    let (erins, joans) = (Subject::Erin.erasure(), Subject::Joan.erasure());
    world.put_row("profiles", rows::erased(ERIN.id, erins));
    world.put_row("erasures", rows::erasure(erins, "erased", ERIN));
    world.put_row("erasures", rows::erasure(joans, "withdrawn", JOAN));
    world.put_row("erasures", rows::told(erins, ERIN, HARBOUR));
    world.engines().put_object(
        CERTIFICATES_BUCKET,
        &format!("certificates/{erins}.json"),
        "application/json",
        rows::certificate(erins, HARBOUR).to_string(),
    );
}

/// The audiences have everybody as their records say.
fn fill_audiences(world: &World) {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let projection = Projection::new(&sdk, "profiles", "audiences", world.clock());
    for person in people() {
        let kept = projection.keep(person.id.parse().unwrap());
        world.block_on(kept).unwrap();
    }
}

/// The place in the feed of the newsletter of `tenant` at which nobody had come yet.
pub(crate) fn place(world: &World, tenant: &str) -> String {
    let partner = "chandlery".parse().unwrap();
    let audience = format!("{tenant}#newsletter").parse().unwrap();
    let numbers = [0_u64; SHARDS as usize];
    let place = json!({ "at": world.clock().now(), "numbers": numbers });
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    Binding::new(&key, &partner, &audience, &Filter::default()).seal(&place)
}

/// Who becomes one with `subject` where a merge is not only asked about. Jane would with herself, and
/// those who are not there with somebody who is.
pub(crate) const fn twin(subject: Subject) -> &'static str {
    match subject {
        Subject::Jane => JANE.id,
        Subject::Joan => TWINS[0],
        Subject::Jule => TWINS[1],
        Subject::Mary => TWINS[2],
        Subject::Erin | Subject::Nobody | Subject::Malformed => TWINS[3],
    }
}

/// They are there, too: in the worlds alone in which they are made for somebody.
pub(crate) fn add_twins(world: &World) {
    for twin in TWINS {
        world.put_row("profiles", rows::profile(twin, "twin"));
    }
}

/// Whether `subject` and their twin are one.
pub(crate) fn are_one(world: &World, subject: Subject) -> bool {
    let both = [twin(subject), subject.profile()];
    world.rows("profiles").iter().any(|row| {
        let names_one = |name: &str| row[name].as_str().is_some_and(|id| both.contains(&id));
        row["part"] == "profile" && names_one("profile_id") && names_one("merged_into")
    })
}

/// Makes Mary and Maud one, and says by which merge.
pub(crate) fn merge(world: &World) -> String {
    let token = Token::operator(world.clock().now(), JANE.id).scope("fairlead/profile.merge");
    let request = json!({
        "routeKey": "POST /v1/profiles/merge",
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "body": json!({ "profiles": [MARY.id, MAUD] }).to_string(),
        "requestContext": { "requestId": "request-0" },
    });
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let environment = world.environment();
    let app = profile_merge::App::new(&environment, &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&request).unwrap();
    let invocation = world.invocation(Duration::from_secs(10));
    let answer = world.block_on(profile_merge::handle(&app, &event, invocation));
    let body: Value = serde_json::from_str(&answer.unwrap().body.unwrap()).unwrap();
    body["merge_id"]
        .as_str()
        .expect("Mary and Maud become one")
        .to_owned()
}

fn point(world: &World, address: &str, id: &str) {
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let identifier = Identifier::Email(address.parse().unwrap());
    world.put_row(
        "identifiers",
        json!({ "identifier": identifier.key(&key), "profile_id": id, "member": id, "verified": true }),
    );
}
