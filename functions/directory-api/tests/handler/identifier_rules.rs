//! The rules for identifiers, which are of no tenant.

use identity::{ExternalId, Identifier, IdentifierKind};
use lambda_kit::aws::CallBudget;
use profile::{IdentifierRules, RulesReader};
use serde_json::{Value, json};
use testkit::{World, tokens::Token};

use super::{Asking, OPERATOR, RULES, SCOPES, harbour, named, problem};

fn rules() -> Value {
    json!({ "blocked": ["c-17"], "limits": { "email": 20 } })
}

fn defined(world: &World, body: &Value) -> (u64, Value) {
    let asking = Asking::of(world, "").id("request-2").absent();
    asking.put(RULES, body)
}

/// The rules as those read them who identify people.
fn read(world: &World) -> IdentifierRules {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let reader = RulesReader::new(&sdk, "directory", world.clock());
    let rules = world.block_on(reader.rules()).unwrap();
    (*rules).clone()
}

#[test]
fn what_operators_define_holds_for_identifying() {
    let world = harbour();
    assert_eq!(read(&world), IdentifierRules::default());
    let (status, body) = defined(&world, &rules());
    assert_eq!((status, &body["version"]), (201, &json!(1)), "{body}");
    let found = read(&world);
    let external = ExternalId::new("harbour", "crm", "C-17").unwrap();
    assert!(found.blocks(&Identifier::External(external)));
    assert!(found.allows(IdentifierKind::Email, 19) && !found.allows(IdentifierKind::Email, 20));
    let (_, shown) = Asking::of(&world, "").get(RULES);
    assert_eq!(
        (&shown["blocked"], &shown["limits"]),
        (&rules()["blocked"], &rules()["limits"])
    );
    assert!(shown["changed_by"].is_string());
}

#[test]
fn they_are_changed_on_top_of_what_was_seen_and_whatever_stood_there_by_hand() {
    let world = harbour();
    world.put_row(
        "directory",
        json!({
            "tenant": "*", "part": "identifier-rules",
            "blokced": ["c-18"], "limits": { "emails": 5, "phone": 3 },
        }),
    );
    let (_, shown) = Asking::of(&world, "").get(RULES);
    assert_eq!(shown["limits"], json!({ "phone": 3 }));
    assert_eq!(shown["version"], 0);
    let change = |id, version| {
        Asking::of(&world, "")
            .id(id)
            .at(version)
            .put(RULES, &rules())
    };
    let (status, body) = change("request-3", 0);
    assert_eq!((status, &body["version"]), (200, &json!(1)), "{body}");
    assert_eq!(problem(change("request-4", 0)), named(412, "stale-version"));
    let rows = world.rows("directory");
    let row = rows.iter().find(|row| row["part"] == "identifier-rules");
    assert_eq!(row.unwrap().get("blokced"), None);
    assert_eq!(row.unwrap()["limits"], rules()["limits"]);
}

#[test]
fn a_rule_that_is_none_is_refused() {
    let world = harbour();
    let many: Vec<String> = (0..=1_000).map(|n| format!("text-{n}")).collect();
    for (member, value) in [
        ("limits", json!({ "emails": 5 })),
        ("limits", json!({ "email": -1 })),
        ("limits", json!({ "email": "canary" })),
        ("limits", json!([5])),
        ("blocked", json!("canary")),
        ("blocked", json!([7])),
        ("blocked", json!([""])),
        ("blocked", json!(["canary\n"])),
        ("blocked", json!(["x".repeat(257)])),
        ("blocked", json!(many)),
    ] {
        let answer = defined(&world, &json!({ member: value }));
        assert_eq!(answer.1["field"], member, "{answer:?}");
        assert!(!answer.1.to_string().contains("canary"), "{answer:?}");
        assert_eq!(problem(answer), named(400, "invalid-field"));
    }
    let answer = defined(&world, &json!({ "blokced": ["c-18"] }));
    assert_eq!(problem(answer), named(400, "malformed-body"));
    let none = Asking::of(&world, "").get(RULES);
    assert_eq!(none.1.get("field"), None);
    assert_eq!(problem(none), named(404, "no-such-definition"));
}

#[test]
fn they_are_of_no_tenant_and_need_a_scope_of_their_own() {
    let world = harbour();
    let operator = || Token::operator(world.clock().now(), OPERATOR);
    let of_one_tenant = operator().scope("fairlead/directory.read fairlead/directory.write");
    let by = |token: Token| Asking {
        token,
        ..Asking::of(&world, "")
    };
    let answer = by(of_one_tenant.clone()).id("request-2").absent();
    assert_eq!(
        problem(answer.put(RULES, &rules())),
        named(403, "scope-missing")
    );
    let of_nobody = operator().scope(SCOPES).without("fairlead:tenant");
    let answer = by(of_nobody).id("request-3").absent();
    assert_eq!(answer.put(RULES, &rules()).0, 201);
    let (_, shown) = by(of_one_tenant).get(RULES);
    assert_eq!(shown["blocked"], rules()["blocked"]);
    let person = Token::person(world.clock().now(), OPERATOR).scope(SCOPES);
    assert_eq!(
        problem(by(person).get(RULES)),
        named(403, "wrong-principal")
    );
}

#[test]
fn under_a_key_they_are_defined_once() {
    let world = harbour();
    let keyed = |id| {
        let key = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";
        let asking = Asking::of(&world, "").id(id).absent();
        asking.header("idempotency-key", key).put(RULES, &rules())
    };
    let first = keyed("request-2");
    assert_eq!(first.0, 201);
    assert_eq!(keyed("request-3"), first);
}
