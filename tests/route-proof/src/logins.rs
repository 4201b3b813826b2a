//! By which logins people get in.

use identity::{
    CognitoSub, FederatedLogin, Identifier, IdentifierKey, LoginId,
    aws::{Accounts, Linked, PasswordSource},
};
use lambda_kit::{aws::CallBudget, redact::Redacted};
use serde_json::json;
use testkit::{World, engine::USER_POOL};

use crate::world::{JANE, JOAN, Known, Subject};

/// Where they have a login each, by the name of their marker.
const PROVIDER: &str = "Google";

/// Jane and Joan have an account each, and a login at the provider that leads to it.
pub(crate) fn give(world: &World) {
    let pool = world.engines().user_pool();
    pool.add_provider(PROVIDER, PROVIDER, &["email", "email_verified"]);
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    for person in [JANE, JOAN] {
        let username = pool.sign_up(&address(person), "their own").unwrap();
        pool.confirm(&username).unwrap();
        let sub = sub(world, person);
        let value = sub.as_str().to_owned();
        world.put_row(
            "profiles",
            json!({
                "profile_id": person.id,
                "part": Identifier::CognitoSub(sub).part(&key),
                "value": value,
                "at": "2025-06-01T00:00:00Z",
            }),
        );
        link(world, person);
    }
}

fn link(world: &World, person: Known) {
    let sdk = world.sdk_config(&CallBudget::COGNITO);
    let passwords = PasswordSource::from_fn(|| Some([7; 32]));
    let accounts = Accounts::new(&sdk, world.clock(), passwords);
    let pool = world.engines().user_pool();
    let name = pool.federated_name(PROVIDER, person.marker);
    let attributes = json!({ "email": address(person), "email_verified": "true" });
    let attributes = serde_json::from_value(attributes).unwrap();
    let never = async |_: &CognitoSub, _: &FederatedLogin| Ok(false);
    let linking = accounts.link(USER_POOL, &name, &attributes, never);
    assert_eq!(world.block_on(linking).unwrap(), Linked::ToNativeUser);
}

/// What `subject` names their login at the provider by; of nobody's where they have none.
pub(crate) fn id(world: &World, subject: Subject) -> String {
    let person = match subject {
        Subject::Jane => JANE,
        Subject::Joan => JOAN,
        Subject::Malformed => return "lgn_1".to_owned(),
        _ => return format!("lgn_{}", "0".repeat(64)),
    };
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let login = FederatedLogin {
        provider: PROVIDER.to_owned(),
        subject: Redacted::new(person.marker.to_owned()),
    };
    LoginId::at_provider(&key, &sub(world, person), &login).to_string()
}

/// Whether Joan gets in by her login at the provider, which is nobody else's to take off.
pub(crate) fn joan_gets_in(world: &World) -> bool {
    let pool = world.engines().user_pool();
    pool.signed_in(PROVIDER, JOAN.marker).is_some()
}

fn address(person: Known) -> String {
    format!("{}@example.com", person.marker)
}

/// The user of the pool that is the person's.
fn sub(world: &World, person: Known) -> CognitoSub {
    let attributes = world.engines().user_pool().attributes(&address(person));
    let sub = attributes["sub"].as_str().expect("a user has a sub");
    sub.parse().unwrap()
}
