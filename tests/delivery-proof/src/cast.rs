//! Who sends, who it is about, and what is sent.

use identity::{ExternalId, Identifier, IdentifierKey};
use jiff::Timestamp;
use serde_json::{Value, json};
use tenancy::write_key_part;
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

/// How many people each partner has of whom nobody knows at first, and whom its page tells of somewhen.
pub const LATER: usize = 2;

/// What their partner's page tells that they did, beside who they are, and what its machine does.
const MESSAGES: usize = 3;
const ORDERS: usize = 2;

/// How many events that makes, of all partners.
pub const EVENTS_OF_LATER: usize = PARTNERS.len() * LATER * (1 + MESSAGES + ORDERS);

/// Whom an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// Somebody who is there.
    Person(u8),
    /// Somebody whom nobody knows until their partner says who they are.
    Later(usize),
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

/// What a page tells by an SDK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// Who somebody is.
    Identify,
    /// What they did.
    Track,
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
    /// Which message it is, if it comes by an SDK.
    pub by_page: Option<Message>,
}

impl Partner {
    /// Where the messages of its page come from.
    #[must_use]
    pub fn page(self) -> &'static str {
        match (self.tenant, self.name) {
            ("meadow", _) => "segment:meadow/chandlery",
            (_, "crm") => "segment:harbour/crm",
            (_, "post") => "segment:harbour/post",
            _ => "segment:harbour/chandlery",
        }
    }

    /// What its page writes by.
    #[must_use]
    pub fn write_key(self) -> String {
        format!("wk-{}-{}", self.tenant, self.name)
    }
}

impl Whom {
    /// The id of their profile; of somebody who is known only later, one that there is not.
    #[must_use]
    pub fn profile(self) -> String {
        let n = match self {
            Self::Person(n) => u128::from(n) + 1,
            Self::Later(_) => 0xd0,
            Self::Erased => 0xe0,
            Self::Nobody => 0xf0,
        };
        format!("prf_{n:032x}")
    }

    /// What partners call them.
    fn called(self) -> String {
        match self {
            Self::Person(n) => format!("C-{n}"),
            Self::Later(n) => format!("C-later-{n}"),
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

    /// It as a page's SDK sends it.
    #[must_use]
    pub fn message(&self) -> Value {
        let kind = match self.by_page {
            Some(Message::Identify) => "identify",
            Some(Message::Track) | None => "track",
        };
        json!({
            "type": kind,
            "messageId": self.key.id,
            "userId": self.whom.called(),
            "timestamp": self.at.map(|at| at.to_string()),
            "event": "Order placed",
            "order": self.order(),
        })
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
        let key = Partner { tenant, name }.write_key();
        world.put_row(
            "directory",
            json!({
                "tenant": "*", "part": write_key_part(&key), "owner_tenant": tenant,
                "partner": name,
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
    for partner in PARTNERS {
        let mut row = row.clone();
        row["identifier"] = identifier(world, partner, whom).into();
        world.put_row("identifiers", row);
    }
}

/// Under which key the table `identifiers` has what `partner` calls them.
#[must_use]
pub fn identifier(world: &World, partner: Partner, whom: Whom) -> String {
    let key = IdentifierKey::from_environment(&world.environment());
    let key = key.expect("the environment is whole");
    let id = ExternalId::new(partner.tenant, partner.name, &whom.called());
    Identifier::External(id.expect("it is an id")).key(&key)
}

/// What is told of those whom nobody knows yet, each at the next time that `at` gives: by their partner's
/// page who they are and what they did, and by its machine, which names them by the same id.
#[must_use]
pub fn told_of_later(mut at: impl FnMut() -> Timestamp) -> Vec<Planned> {
    let mut planned = Vec::with_capacity(EVENTS_OF_LATER);
    for partner in PARTNERS {
        for n in 0..LATER {
            let mut tells = |source: &'static str, id: String, by_page: Option<Message>| {
                planned.push(Planned {
                    key: Key {
                        partner,
                        source,
                        id,
                    },
                    version: 0,
                    whom: Whom::Later(n),
                    is_by_identifier: true,
                    at: Some(at()),
                    flaw: None,
                    is_large: false,
                    by_page,
                });
            };
            let page = partner.page();
            tells(page, format!("identify-{n}"), Some(Message::Identify));
            for k in 0..MESSAGES {
                tells(page, format!("track-{n}-{k}"), Some(Message::Track));
            }
            for k in 0..ORDERS {
                tells(SOURCES[0], format!("later-{n}-{k}"), None);
            }
        }
    }
    planned
}
