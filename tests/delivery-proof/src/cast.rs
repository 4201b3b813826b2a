//! Who sends, who it is about, and what is sent.

use identity::{ExternalId, Identifier, IdentifierKey};
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::{World, tokens::Token};

/// The type that the tenants take.
pub const KIND: &str = "com.example.order.placed.v1";

/// A partner of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partner {
    /// The tenant.
    pub tenant: &'static str,
    /// What the tenant calls it.
    pub name: &'static str,
}

/// All of them: two have the same name, and all give the same ids to their events.
pub const PARTNERS: [Partner; 4] = [
    Partner {
        tenant: "harbour",
        name: "chandlery",
    },
    Partner {
        tenant: "harbour",
        name: "crm",
    },
    Partner {
        tenant: "harbour",
        name: "post",
    },
    Partner {
        tenant: "meadow",
        name: "chandlery",
    },
];

/// The tenants.
pub const TENANTS: [&str; 2] = ["harbour", "meadow"];

/// Where events come from: the same ids are given in both.
pub const SOURCES: [&str; 2] = ["/shops/17", "/shops/18"];

/// How many people are there.
pub const PEOPLE: u8 = 12;

/// Whom an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// Somebody who is there.
    Person(u8),
    /// Somebody who was erased.
    Erased,
    /// Nobody who is known.
    Nobody,
}

/// By what an event is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Who sends it.
    pub partner: Partner,
    /// Its source.
    pub source: &'static str,
    /// Its id.
    pub id: String,
}

/// Why an event has to be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// The tenant does not know its type.
    Type,
    /// Its type is named as ours are.
    Name,
    /// Its data is not as the type says.
    Data,
}

/// An event that a partner sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// By what it is known.
    pub key: Key,
    /// Which of the events under that key: a careless partner gives an id twice.
    pub version: u8,
    /// Whom it is about.
    pub whom: Whom,
    /// Whether it names them by what the partner calls them, and not by their profile.
    pub is_by_identifier: bool,
    /// When it happened, if it says so.
    pub at: Option<Timestamp>,
    /// What is wrong with it.
    pub flaw: Option<Flaw>,
    /// Whether no row can hold it.
    pub is_large: bool,
}

impl Whom {
    /// The id of their profile.
    #[must_use]
    pub fn profile(self) -> String {
        let n = match self {
            Self::Person(n) => u128::from(n) + 1,
            Self::Erased => 0xe0,
            Self::Nobody => 0xf0,
        };
        format!("prf_{n:032x}")
    }

    /// What partners call them.
    fn called(self) -> String {
        match self {
            Self::Person(n) => format!("C-{n}"),
            Self::Erased => "C-erased".to_owned(),
            Self::Nobody => "C-nobody".to_owned(),
        }
    }
}

impl Flaw {
    /// The problem that it is answered with.
    #[must_use]
    pub const fn problem(self) -> &'static str {
        match self {
            Self::Type => "unknown-event-type",
            Self::Name => "reserved-name",
            Self::Data => "schema-violation",
        }
    }
}

impl Planned {
    /// What its data says, by which it is told from another one under its key.
    #[must_use]
    pub fn order(&self) -> String {
        format!("{}.{}", self.key.id, self.version)
    }

    /// Its type.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.flaw {
            Some(Flaw::Type) => "com.example.unheard.of.v1",
            Some(Flaw::Name) => "dev.fairlead.profile.updated.v1",
            Some(Flaw::Data) | None => KIND,
        }
    }

    /// Its data.
    #[must_use]
    pub fn data(&self) -> Value {
        let order = self.order();
        match (self.flaw, self.is_large) {
            (Some(Flaw::Data), _) => json!({ "orders": [order] }),
            (_, true) => json!({ "order": order, "note": "x".repeat(310 * 1024) }),
            _ => json!({ "order": order }),
        }
    }

    /// Its attributes but for those of every event, with their names.
    #[must_use]
    pub fn attributes(&self) -> Vec<(&'static str, String)> {
        let whom = if self.is_by_identifier {
            let identifier = format!("external:{}", self.whom.called());
            ("fairleadidentifier", identifier)
        } else {
            ("subject", self.whom.profile())
        };
        let mut attributes = vec![
            ("id", self.key.id.clone()),
            ("source", self.key.source.to_owned()),
            ("type", self.kind().to_owned()),
            whom,
        ];
        attributes.extend(self.at.map(|at| ("time", at.to_string())));
        attributes
    }

    /// It in structured mode.
    #[must_use]
    pub fn json(&self) -> Value {
        let mut event = json!({ "specversion": "1.0", "data": self.data() });
        for (name, value) in self.attributes() {
            event[name] = value.into();
        }
        event
    }
}

/// The tenants take orders; people are there, and every partner calls them something.
pub fn set_the_scene(world: &World) {
    let schema = json!({
        "type": "object",
        "properties": { "order": { "type": "string" }, "note": { "type": "string" } },
        "required": ["order"],
    });
    for tenant in TENANTS {
        world.put_row(
            "directory",
            json!({
                "tenant": tenant, "part": format!("event-type#{KIND}"), "revision": 1,
                "schema": schema.to_string(), "registered_by": "operator",
            }),
        );
    }
    for Partner { tenant, name } in PARTNERS {
        let client = Token::client_row(tenant, name, "letters");
        world.put_row("directory", client);
        world.put_row(
            "directory",
            json!({
                "tenant": tenant, "part": format!("partner#{name}"), "display_name": "A partner",
                "requests_per_minute": 1_000_000,
            }),
        );
    }
    for whom in (0..PEOPLE).map(Whom::Person) {
        put_profile(world, whom, None);
        are_called(
            world,
            whom,
            &json!({
                "profile_id": whom.profile(), "member": whom.profile(), "verified": true,
                "at": "2025-06-01T00:00:00Z",
            }),
        );
    }
    put_profile(world, Whom::Erased, Some("erased"));
    let erased = json!({ "erased_at": "2025-06-01T00:00:00Z" });
    are_called(world, Whom::Erased, &erased);
}

fn put_profile(world: &World, whom: Whom, closed: Option<&str>) {
    let mut row = json!({
        "profile_id": whom.profile(), "part": "profile", "version": 1, "fields": {},
        "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    });
    if let Some(closed) = closed {
        row["closed"] = closed.into();
    }
    world.put_row("profiles", row);
}

/// What every partner calls them leads to `row`.
fn are_called(world: &World, whom: Whom, row: &Value) {
    let key = IdentifierKey::from_environment(&world.environment());
    let key = key.expect("the environment is whole");
    for Partner { tenant, name } in PARTNERS {
        let id = ExternalId::new(tenant, name, &whom.called()).expect("it is an id");
        let mut row = row.clone();
        row["identifier"] = Identifier::External(id).key(&key).into();
        world.put_row("identifiers", row);
    }
}
