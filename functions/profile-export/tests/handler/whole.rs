use std::{collections::BTreeSet, path::Path};

use serde_json::{Value, json};
use testkit::{World, sale};

use super::{
    JANE, JOAN, MEMBER, exported, member, profile, put, put_receipt, request, send, world,
};

const ERASURE: &str = "era_0123456789abcdef0123456789abcdef";

/// The cells of the table of ARCHITECTURE.md that begins with `heading`, line by line.
fn documented(heading: &str) -> Vec<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap();
    let text = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let lines = text.lines().skip_while(|line| !line.starts_with(heading));
    let lines = lines.skip(2).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| {
        let cells = line.split('|').skip(1);
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    lines.map(cells).collect()
}

/// The rows of all tables as ARCHITECTURE.md lists them: the table, and how the row is keyed.
fn documented_rows() -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = Vec::new();
    for cells in documented("| table | key | row |") {
        let (above, partition) = match rows.last() {
            Some((table, row)) => (table.as_str(), row.split(',').next().unwrap()),
            None => ("", ""),
        };
        let table = Some(cells[0].as_str()).filter(|table| !table.is_empty());
        let row = match cells[2].strip_prefix("… ") {
            Some(rest) => format!("{partition}, {rest}"),
            None => cells[2].clone(),
        };
        let table = table.unwrap_or(above).to_owned();
        rows.push((table, row));
    }
    rows
}

/// The first name in a cell, with something for every place: `consent#<tenant>#<purpose>` becomes
/// `consent#x#x`.
fn named(cell: &str) -> String {
    let name = cell.split('`').nth(1).unwrap();
    let pieces = name.split('<').map(|piece| match piece.split_once('>') {
        Some((_, rest)) => format!("x{rest}"),
        None => piece.to_owned(),
    });
    pieces.collect()
}

/// The parts of a profile as ARCHITECTURE.md lists them.
fn documented_parts() -> Vec<String> {
    let rows = documented_rows().into_iter();
    let of_profiles = rows.filter(|(table, _)| table == "profiles");
    of_profiles.map(|(_, row)| named(&row)).collect()
}

/// What has to become of a row.
enum Fate {
    /// This text is in that file.
    Exported(String, String),
    LeftOut,
    /// It tells of no person.
    OfNobody,
}

/// How those rows of the ledger begin that tell of no person.
const OF_NOBODY: [&str; 6] = [
    "`extension-breaker#",
    "`extension-sweep#",
    "`extension-upload#",
    "`extension-usage#",
    "`identity-reconcile#",
    "`rate#",
];

/// Puts such a row about Jane, if it is one that is exported; says what has to become of it.
fn seed(world: &World, table: &str, row: &str) -> Fate {
    let exported = |file: &str, text: &str| Fate::Exported(file.to_owned(), text.to_owned());
    match table {
        "identifiers" => {
            let value = json!({ "value": "+4930901820", "at": "2025-06-01T00:00:00Z" });
            put(world, JANE, "identifier#phone#b2", value);
            world.put_row(
                "identifiers",
                json!({
                    "identifier": "phone#b2",
                    "profile_id": JANE,
                    "member": JANE,
                    "verified": false,
                    "asserted_by": "harbour/elsewhere",
                }),
            );
            exported(&format!("{JANE}/identifier.json"), "harbour/elsewhere")
        }
        "receipts" => {
            put_receipt(world, JANE, 0);
            exported("receipts.json", "request-0")
        }
        "erasures" => {
            let mut item = json!({ "erasure_id": ERASURE, "part": named(row), "marker": row });
            if named(row) == "erasure" {
                item["profile_id"] = JANE.into();
                item["requested_at"] = "2025-12-01T09:00:00Z".into();
            }
            world.put_row("erasures", item);
            exported("erasures.json", row)
        }
        "audiences" if row.starts_with("`<profile id>`") => {
            let item = json!({ "audience": JANE, "part": "harbour#newsletter", "marker": row });
            world.put_row("audiences", item);
            exported("audiences.json", row)
        }
        "ledger" if OF_NOBODY.iter().any(|begins| row.starts_with(begins)) => Fate::OfNobody,
        "config" | "directory" | "subscriptions" => Fate::OfNobody,
        "audiences" | "deliveries" | "events" | "ledger" | "quarantine" | "waiting" => {
            Fate::LeftOut
        }
        _ => panic!("what does the table {table} tell of a person?"),
    }
}

#[test]
fn every_table_is_in_it_but_what_is_left_out_with_a_reason_or_tells_of_nobody() {
    let world = world();
    let mut rows = documented_rows();
    let tables: BTreeSet<&str> = rows.iter().map(|(table, _)| table.as_str()).collect();
    assert_eq!(tables, world.engines().tables().collect());
    // Its parts are looked for one by one, below.
    rows.retain(|(table, _)| table != "profiles");
    let fates: Vec<Fate> = rows
        .iter()
        .map(|(table, row)| seed(&world, table, row))
        .collect();
    let export = exported(&world);
    let left_out = export["export.json"][0]["left_out"].as_array().unwrap();
    for ((table, row), fate) in rows.iter().zip(fates) {
        let is_left_out = left_out.iter().any(|left_out| {
            let part = left_out["part"].as_str();
            left_out["from"] == *table && part.is_none_or(|part| row.contains(part))
        });
        match fate {
            Fate::Exported(file, text) => {
                let file = json!(export[&file]).to_string();
                assert!(file.contains(&text) && !is_left_out, "{table}: {row}");
            }
            Fate::LeftOut => assert!(is_left_out, "{table}: {row}"),
            Fate::OfNobody => assert!(!is_left_out, "{table}: {row}"),
        }
    }
}

#[test]
fn every_bucket_is_left_out_with_a_reason() {
    let export = exported(&world());
    let left_out = export["export.json"][0]["left_out"].as_array().unwrap();
    let buckets = documented("| bucket | holds |");
    assert!(buckets.len() >= 2, "{buckets:?}");
    for cells in buckets {
        let bucket = named(&cells[0]);
        let reason = left_out
            .iter()
            .find(|left_out| left_out["from"] == bucket)
            .map(|left_out| left_out["because"].as_str().unwrap().len());
        assert!(reason.is_some_and(|length| length > 20), "{bucket}");
    }
}

#[test]
fn every_part_that_a_profile_can_have_is_in_it_but_what_is_left_out_with_a_reason() {
    let parts = documented_parts();
    assert!(parts.len() >= 13, "{parts:?}");
    let world = world();
    let seeded = |part: &&String| !["profile", "member#x"].contains(&part.as_str());
    for part in parts.iter().filter(seeded) {
        put(&world, JANE, part, json!({ "marker": part }));
    }
    // A part that nobody has thought of yet.
    put(
        &world,
        JANE,
        "tomorrow#x",
        json!({ "marker": "tomorrow#x" }),
    );
    let mut absorbed = member();
    absorbed["marker"] = "member#x".into();
    put(&world, JANE, &format!("member#{MEMBER}"), absorbed);
    put(&world, MEMBER, "profile", profile());

    let export = exported(&world);
    let left_out = export["export.json"][0]["left_out"]
        .as_array()
        .unwrap()
        .clone();
    let is_left_out = |part: &str| {
        left_out.iter().any(|left_out| {
            assert!(left_out["because"].as_str().unwrap().len() > 20);
            let begins = left_out["part"].as_str();
            left_out["from"] == "profiles" && begins.is_none_or(|begins| part.starts_with(begins))
        })
    };
    let found: Vec<&Value> = export
        .values()
        .flatten()
        .map(|row| &row["marker"])
        .collect();
    for part in parts.iter().map(String::as_str).chain(["tomorrow#x"]) {
        let is_there = part == "profile" || found.contains(&&json!(part));
        assert_ne!(is_there, is_left_out(part), "{part}");
    }
    let of_profiles = left_out.iter().filter(|each| each["from"] == "profiles");
    // Messages on their way, and which operators merged and split.
    assert_eq!(of_profiles.count(), 2);
}

#[test]
fn a_merge_is_in_it_without_the_operators_who_made_and_undid_it() {
    let world = world();
    let merge = json!({
        "marker": "a merge",
        "by_operator": "0d0f5f3c-7c4d-4b7e-9a55-6b1f0e2a1a11",
        "undone_by_operator": "0d0f5f3c-7c4d-4b7e-9a55-6b1f0e2a1a11",
    });
    put(
        &world,
        JANE,
        "merge#mrg_019bc10dd480700080000000000000aa",
        merge,
    );
    let export = exported(&world);
    let merge = &export[&format!("{JANE}/merge.json")][0];
    assert_eq!(merge["marker"], "a merge");
    assert_eq!(merge.get("by_operator"), None);
    assert_eq!(merge.get("undone_by_operator"), None);
}

#[test]
fn an_erasure_that_was_taken_back_is_in_it_without_the_operator_who_asked_for_it() {
    let world = world();
    world.put_row(
        "erasures",
        json!({
            "erasure_id": ERASURE,
            "part": "erasure",
            "profile_id": JANE,
            "requested_at": "2025-12-01T09:00:00Z",
            "by_operator": "0d0f5f3c-7c4d-4b7e-9a55-6b1f0e2a1a11",
            "case": "desk/17",
        }),
    );
    let erasure = &exported(&world)["erasures.json"][0];
    assert_eq!(erasure["case"], "desk/17");
    assert_eq!(erasure.get("by_operator"), None);
}

#[test]
fn all_members_of_the_person_are_in_it_and_nobody_else() {
    let world = world();
    put(&world, JANE, &format!("member#{MEMBER}"), member());
    let merged = json!({ "closed": "merged", "merged_into": JANE });
    put(&world, MEMBER, "profile", merged);
    put(&world, MEMBER, "dataset#settings", json!({ "version": 1 }));
    put(&world, JOAN, "dataset#settings", json!({ "version": 2 }));
    for (n, id) in [JANE, MEMBER, JOAN].into_iter().enumerate() {
        put_receipt(&world, id, n);
    }
    let export = exported(&world);
    assert_eq!(export["export.json"][0]["members"], json!([JANE, MEMBER]));
    let files: Vec<&str> = export.keys().map(String::as_str).collect();
    assert_eq!(
        files,
        [
            "export.json",
            &format!("{JANE}/member.json"),
            &format!("{JANE}/profile.json"),
            &format!("{MEMBER}/dataset.json"),
            &format!("{MEMBER}/profile.json"),
            "receipts.json",
        ]
    );
    assert_eq!(export["receipts.json"].len(), 2);
}

#[test]
fn an_identifier_says_of_which_kind_it_is_whether_it_was_proven_and_on_whose_word_it_is() {
    let world = world();
    let rows = [
        ("email#a1", "jane@example.com", json!({ "verified": true })),
        (
            "phone#b2",
            "+4930901820",
            json!({ "verified": false, "asserted_by": "harbour/chandlery" }),
        ),
    ];
    for (key, value, mut said) in rows {
        put(
            &world,
            JANE,
            &format!("identifier#{key}"),
            json!({ "value": value, "at": "2025-06-01T00:00:00Z" }),
        );
        said["identifier"] = key.into();
        said["profile_id"] = JANE.into();
        said["member"] = JANE.into();
        world.put_row("identifiers", said);
    }
    let export = exported(&world);
    let identifiers = &export[&format!("{JANE}/identifier.json")];
    assert_eq!(
        identifiers[0],
        json!({
            "profile_id": JANE,
            "part": "identifier#email#a1",
            "kind": "email",
            "value": "jane@example.com",
            "at": "2025-06-01T00:00:00Z",
            "verified": true,
        })
    );
    assert_eq!(identifiers[1]["verified"], false);
    assert_eq!(identifiers[1]["asserted_by"], "harbour/chandlery");
}

#[test]
fn all_receipts_are_in_it_however_many() {
    let world = world();
    for n in 0..1_203 {
        put_receipt(&world, JANE, n);
    }
    assert_eq!(exported(&world)["receipts.json"].len(), 1_203);
}

#[test]
fn receipts_of_a_while_in_which_they_were_one_with_somebody_are_in_it() {
    let world = world();
    let mut parted = profile();
    parted["parent"] = JOAN.into();
    put(&world, JANE, "profile", parted);
    let went_under = |from: &str, until: &str| {
        json!({
            "survivor": JOAN,
            "went_under": [{ "profile_id": JOAN, "from": from, "until": until }],
        })
    };
    let before = went_under("2026-01-15T08:00:00Z", "2026-01-15T09:00:00Z");
    put(&world, JANE, "parting#earlier", before);
    put_receipt(&world, JOAN, 0);
    assert!(!exported(&world).contains_key("receipts.json"));
    let meanwhile = went_under("2026-01-15T09:00:00Z", "2026-01-15T10:00:00Z");
    put(&world, JANE, "parting#later", meanwhile);
    let export = exported(&world);
    assert_eq!(export["receipts.json"].len(), 1);
    assert_eq!(export["receipts.json"][0]["profile_id"], JOAN);
}

#[test]
fn a_browser_that_says_no_to_sale_withdraws_it_here_too() {
    let world = world();
    sale::grant(&world, JANE);
    let mut request = request();
    request["requestContext"]["authorizer"]["jwt"]["claims"]["fairlead:tenant"] = "harbour".into();
    send(&world, &request);
    assert!(sale::is_granted(&world, JANE));
    request["headers"]["sec-gpc"] = "1".into();
    let (status, answer) = send(&world, &request);
    assert_eq!(status, 201, "{answer}");
    assert!(!sale::is_granted(&world, JANE));
}
