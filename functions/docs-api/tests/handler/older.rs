use serde_json::{Value, json};
use testkit::{World, tokens::Token};

use crate::{JANE, document, routes};

/// What 3.0 does not know, or knows by another form.
fn assert_is_older(value: &Value, place: &str) {
    match value {
        Value::Object(members) => {
            for name in ["const", "propertyNames", "identifier"] {
                assert!(!members.contains_key(name), "{place} has {name}");
            }
            for name in ["type", "examples"] {
                let is_list = members.get(name).is_some_and(Value::is_array);
                assert!(!is_list, "{place} has a list of {name}");
            }
            assert!(
                members.get("$ref").is_none_or(|_| members.len() == 1),
                "{place}"
            );
            for (name, member) in members {
                assert_is_older(member, &format!("{place}/{name}"));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| assert_is_older(item, place)),
        _ => (),
    }
}

#[test]
fn the_older_form_says_the_same_in_its_own_words() {
    let world = World::new(1);
    let token = Token::person(world.clock().now(), JANE)
        .scope("fairlead/profile.read fairlead/profile.write");
    let older = document(&world, "/openapi-3.0.json", Some(&token));
    let newer = document(&world, "/openapi.json", Some(&token));
    assert_eq!(
        (&older["openapi"], &newer["openapi"]),
        (&json!("3.0.1"), &json!("3.1.0"))
    );
    assert_eq!(routes(&older), routes(&newer));
    assert_is_older(&older, "");
    let name = &older["components"]["schemas"]["ProfilePatch"]["properties"]["given_name"];
    assert_eq!(
        (&name["type"], &name["nullable"]),
        (&json!("string"), &json!(true))
    );
    assert_eq!(name["example"], "Ada");
}
