use anyhow::Result;
use fairlead_end_to_end::person::fresh_name;
use fairlead_end_to_end::profile_api::ProfileApi;
use fairlead_end_to_end::wait;
use serde_json::{Value, json};

use crate::visitor::{Visitor, running};

const NEWSLETTER: (&str, &str) = ("fairlead-purpose", "newsletter");

/// What a partner's machine is answered.
fn asks(api: &ProfileApi, machine: &str, path: &str) -> Result<Value> {
    let answer = api.send("GET", path, Some(machine), &[NEWSLETTER], Vec::new())?;
    answer.expect(200)?.json()
}

fn identify(api: &ProfileApi, token: &str, body: &Value) -> Result<u16> {
    let headers = [("content-type", "application/json")];
    let body = serde_json::to_vec(body)?;
    let answer = api.send("POST", "/v1/identify", Some(token), &headers, body)?;
    Ok(answer.status)
}

fn profile_ids(page: &Value) -> Vec<String> {
    let people = page
        .get("profiles")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let ids = people.filter_map(|person| person.get("profile_id")?.as_str());
    ids.map(str::to_owned).collect()
}

#[test]
fn who_is_called_so_and_consented_is_listed_by_segment_until_the_tenant_says_otherwise()
-> Result<()> {
    let (running, fairlead) = running()?;
    let machine = fairlead.partner_token(&running.world)?;
    let visitor = Visitor::new("Mia")?;
    let api = &visitor.fairlead.api;
    let (device, segment) = (fresh_name("device-of-mia")?, fresh_name("regulars")?);
    let said = json!({ "anonymous_id": device, "segments": [segment] });
    assert_eq!(identify(api, &machine, &said)?, 204);
    let joined = json!({ "anonymous_id": device });
    assert_eq!(identify(api, &visitor.tokens.access, &joined)?, 200);
    let visitor = visitor.on_another_device()?;
    let (profile, _) = visitor.profile()?;
    let id = profile.get("profile_id").and_then(Value::as_str);
    let id = id.unwrap_or_default().to_owned();

    let path = format!("/v1/profiles?segment={segment}");
    assert_eq!(
        profile_ids(&asks(api, &machine, &path)?),
        Vec::<String>::new()
    );
    api.decide(&visitor.tokens.access, "newsletter", "granted")?
        .expect(200)?;
    wait::until(
        "the person to be listed by their segment",
        wait::PATIENCE,
        || {
            let listed = profile_ids(&asks(api, &machine, &path)?);
            Ok((listed == [id.clone()]).then_some(()))
        },
    )?;
    let said = json!({ "anonymous_id": device, "segments": [] });
    // The device is a person's by now, so a machine's word by it alone is of whoever uses it next.
    assert_eq!(identify(api, &machine, &said)?, 200);
    assert_eq!(profile_ids(&asks(api, &machine, &path)?), [id]);
    Ok(())
}

#[test]
fn a_purpose_that_is_no_matter_of_consent_has_no_list_and_no_feed() -> Result<()> {
    let (running, fairlead) = running()?;
    let machine = fairlead.partner_token(&running.world)?;
    for path in ["/v1/profiles", "/v1/changes"] {
        let headers = [("fairlead-purpose", "customer-service")];
        let answer = fairlead
            .api
            .send("GET", path, Some(&machine), &headers, Vec::new())?;
        let problem = answer.expect(400)?.json()?;
        assert_eq!(
            problem.get("type").and_then(Value::as_str),
            Some("https://fairlead.dev/problems/unlistable-purpose")
        );
    }
    Ok(())
}

#[test]
fn lists_and_feeds_are_for_machines_alone() -> Result<()> {
    let visitor = Visitor::new("Ned")?;
    for path in ["/v1/profiles", "/v1/changes"] {
        for (token, status) in [(None, 401), (Some(visitor.tokens.access.as_str()), 403)] {
            let answer =
                visitor
                    .fairlead
                    .api
                    .send("GET", path, token, &[NEWSLETTER], Vec::new())?;
            assert_eq!(answer.status, status, "{path}");
        }
    }
    Ok(())
}
