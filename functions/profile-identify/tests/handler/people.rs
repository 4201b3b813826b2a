use serde_json::{Value, json};
use testkit::{sale, tokens::Token};

use crate::{DEVICE, JANE, JOAN, body, machine, person, request, rows, says, send, world};

#[test]
fn a_device_joins_the_profile_of_the_person_who_logs_in_on_it() {
    let world = world();
    let traits = json!({ "anonymous_id": DEVICE, "traits": { "display_name": "J" } });
    let answer = says(&world, &person(&world, JANE), &traits);
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(answer["headers"]["cache-control"], "no-store");
    assert_eq!(body(&answer), json!({ "profile_id": JANE }));
    let [profiles, identifiers] = rows(&world);
    assert_eq!(identifiers[0]["profile_id"], JANE);
    let jane = profiles.iter().find(|row| row["part"] == "profile");
    assert_eq!(jane.unwrap()["fields"]["display_name"]["source"], "person");
    assert_eq!(says(&world, &person(&world, JANE), &traits), answer);
    assert_eq!(rows(&world), [profiles, identifiers]);
}

#[test]
fn on_a_shared_device_the_next_person_gets_another_id_for_it() {
    let world = world();
    says(
        &world,
        &person(&world, JANE),
        &json!({ "anonymous_id": DEVICE }),
    );
    let said = json!({ "anonymous_id": DEVICE });
    let answer = says(&world, &person(&world, JOAN), &said);
    let fresh = body(&answer)["anonymous_id"].clone();
    assert_eq!(body(&answer)["profile_id"], JOAN);
    assert!(fresh.as_str().unwrap().len() >= 32 && fresh != DEVICE);
    let before = rows(&world);
    assert_eq!(says(&world, &person(&world, JOAN), &said), answer);
    let again = says(
        &world,
        &person(&world, JOAN),
        &json!({ "anonymous_id": fresh }),
    );
    assert_eq!(body(&again), json!({ "profile_id": JOAN }));
    assert_eq!(rows(&world), before);
    let owners: Vec<&Value> = before[1].iter().map(|row| &row["profile_id"]).collect();
    assert_eq!(owners.len(), 2);
    assert!(owners.contains(&&json!(JANE)) && owners.contains(&&json!(JOAN)));
}

#[test]
fn what_was_seen_on_the_device_before_changes_nothing_of_the_person() {
    let world = world();
    let visit = json!({ "anonymous_id": DEVICE, "traits": { "given_name": "Visitor" } });
    says(&world, &machine(&world, "crm"), &visit);
    let answer = says(
        &world,
        &person(&world, JANE),
        &json!({ "anonymous_id": DEVICE }),
    );
    assert_eq!(body(&answer), json!({ "profile_id": JANE }));
}

#[test]
fn on_a_device_of_a_partners_customer_the_person_gets_another_id_and_nothing_of_theirs() {
    let world = world();
    let customer = json!({ "external_id": "C-17", "anonymous_id": DEVICE, "traits": { "given_name": "Joan" } });
    says(&world, &machine(&world, "crm"), &customer);
    let said = json!({ "anonymous_id": DEVICE });
    let answer = says(&world, &person(&world, JANE), &said);
    let fresh = body(&answer)["anonymous_id"].clone();
    assert_eq!(body(&answer)["profile_id"], JANE);
    assert!(fresh.is_string() && fresh != DEVICE);
    let before = rows(&world);
    let jane = before[0]
        .iter()
        .find(|row| row["profile_id"] == JANE && row["part"] == "profile");
    assert_eq!(jane.unwrap()["fields"].get("given_name"), None);
    assert_eq!(says(&world, &person(&world, JANE), &said), answer);
    assert_eq!(rows(&world), before);
}

#[test]
fn a_browser_that_says_no_to_sale_withdraws_it_here_too_and_a_machine_says_nothing_of_it() {
    let world = world();
    sale::grant(&world, JANE);
    let said = json!({ "anonymous_id": DEVICE });
    let with_gpc = |token: &Token| {
        let mut request = request(token, &said);
        request["headers"]["sec-gpc"] = "1".into();
        send(&world, &request)["statusCode"].clone()
    };
    says(&world, &person(&world, JANE), &said);
    assert_eq!(with_gpc(&machine(&world, "crm")), 200);
    assert!(sale::is_granted(&world, JANE));
    assert_eq!(with_gpc(&person(&world, JANE)), 200);
    assert!(!sale::is_granted(&world, JANE));
}
