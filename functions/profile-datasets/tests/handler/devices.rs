//! Devices that follow docs/flows/datasets.md, on the real table, while calls fail under them.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use testkit::{Call, Fault, World};

use crate::{DELETE, body, pull, push, request, send, version, world};

const KEYS: [&str; 4] = ["a", "b", "c", "d"];

type Values = BTreeMap<String, Option<String>>;

#[derive(Default)]
struct Device {
    since: u64,
    seen: BTreeMap<String, (Option<String>, u64)>,
    edits: Values,
}

impl Device {
    fn take_over(&mut self, records: &Value) {
        for record in records.as_array().into_iter().flatten() {
            let value = record["value"].as_str().map(str::to_owned);
            let key = record["key"].as_str().unwrap().to_owned();
            self.seen.insert(key, (value, version(record)));
        }
    }

    /// Pulls page by page; an answer that does not come is asked for again.
    fn pull(&mut self, world: &World) {
        let mut cursor = None;
        loop {
            let mut request = pull(self.since);
            if let Some(cursor) = cursor.take() {
                request["queryStringParameters"]["cursor"] = cursor;
            }
            let answer = send(world, &request);
            if answer["statusCode"] != 200 {
                continue;
            }
            let page = body(&answer);
            if page["full_sync_needed"] == true {
                self.since = 0;
                self.seen.clear();
                continue;
            }
            self.take_over(&page["records"]);
            cursor = page.get("next_cursor").cloned();
            if cursor.is_none() {
                self.since = version(&page);
                return;
            }
        }
    }

    /// Pushes once; says whether nothing is left to push.
    fn push(&mut self, world: &World) -> bool {
        let seen = |key: &str| self.seen.get(key).map_or(0, |(_, version)| *version);
        let changes: Vec<_> = self
            .edits
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_deref(), seen(key)))
            .collect();
        if changes.is_empty() {
            return true;
        }
        let answer = send(world, &push(&changes));
        match answer["statusCode"].as_u64() {
            Some(200) => self.edits.clear(),
            // Its own edit wins, now that it knows what it overwrites.
            Some(409) => self.take_over(&body(&answer)["conflicts"]),
            status => assert_eq!(status, Some(503), "{answer}"),
        }
        self.edits.is_empty()
    }

    fn holds(&self) -> BTreeMap<&str, &str> {
        let held = self.seen.iter();
        held.filter_map(|(key, (value, _))| Some((key.as_str(), value.as_deref()?)))
            .collect()
    }
}

#[test]
fn whatever_goes_wrong_in_the_end_all_devices_hold_the_same() {
    for seed in 1..=15 {
        let mut chance = fastrand::Rng::with_seed(seed);
        let world = world(seed);
        let mut devices: [Device; 3] = Default::default();
        for _ in 0..40 {
            let device = &mut devices[chance.usize(0..3)];
            match chance.u8(0..10) {
                0..=3 => {
                    let value = chance.bool().then(|| chance.u8(0..5).to_string());
                    let key = KEYS[chance.usize(0..KEYS.len())];
                    device.edits.insert(key.to_owned(), value);
                }
                4..=5 => device.pull(&world),
                6..=7 => _ = device.push(&world),
                8 => {
                    let faults = [
                        Fault::LoseAcknowledgement,
                        Fault::Unavailable,
                        Fault::HalfApply,
                    ];
                    let fault = faults[chance.usize(0..faults.len())];
                    world.faults().once(fault, |_: &Call| true);
                }
                _ if chance.u8(0..3) == 0 => _ = send(&world, &request(DELETE)),
                _ => world.advance(Duration::from_hours(24 * chance.u64(1..7))),
            }
        }
        world.faults().heal();
        for device in &mut devices {
            device.pull(&world);
            while !device.push(&world) {}
        }
        for device in &mut devices {
            device.pull(&world);
        }
        assert_eq!(devices[0].holds(), devices[1].holds(), "seed {seed}");
        assert_eq!(devices[1].holds(), devices[2].holds(), "seed {seed}");
        let listed = body(&send(&world, &request(crate::LIST)));
        let keys = listed["datasets"]
            .get(0)
            .map_or(0, |dataset| dataset["keys"].as_u64().unwrap());
        assert_eq!(keys, devices[0].holds().len() as u64, "seed {seed}");
    }
}
