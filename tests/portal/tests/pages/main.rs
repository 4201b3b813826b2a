//! The pages over the real API on a simulated AWS: what people and operators do there, what browsers are
//! told, and what whoever means harm does not get.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod forms;
mod hostile;
mod house;
mod known;
mod operators;
mod people;
mod reference;
mod sign_in;
mod tenant;

use fairlead_portal::{
    Browser, House, Who,
    scene::{self, JANE, JOAN, put, put_receipt},
};

/// Markup that would do something, wherever it stood as such.
const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>{{7*7}}\u{202e}";

fn jane() -> Who {
    Who::Person(JANE.to_owned())
}

fn operator() -> Who {
    Who::Operator(JOAN.to_owned())
}

/// A house with the people and the tenant of the scene.
fn house(seed: u64) -> House {
    let house = House::new(seed);
    scene::set(&house);
    house
}

fn signed_in<'a>(house: &'a House, who: &Who) -> Browser<'a> {
    Browser::signed_in(house, who)
}

/// All pages of people that can be looked at.
const PEOPLES: [&str; 10] = [
    "/me",
    "/me/profile",
    "/me/permissions",
    "/me/permissions/newsletter",
    "/me/readers",
    "/me/notices",
    "/me/export",
    "/me/delete",
    "/me/api",
    "/me/api/patch_me",
];

/// All pages of operators that can be looked at.
const OPERATORS: [&str; 19] = [
    "/ops/requests",
    "/ops/requests.csv",
    "/ops/requests/chandlery",
    "/ops/people",
    "/ops/people/merges",
    "/ops/flows",
    "/ops/flows/house/intake",
    "/ops/flows/salesforce",
    "/ops/flows/dead-letters",
    "/ops/flows/events-in-dead-letters",
    "/ops/rejected",
    "/ops/tenant",
    "/ops/tenant/partners/chandlery",
    "/ops/tenant/agreements/letters",
    "/ops/tenant/event-types/com.example.order.placed.v1",
    "/ops/tenant/purposes/newsletter",
    "/ops/tenant/rules/com.example.order.placed.v1",
    "/ops/api",
    "/ops/api/get_directory_tenant",
];
