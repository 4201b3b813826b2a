//! What an operator puts right.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::partners::text;
use super::{Outcome, Scene, Visitor};
use crate::profile_api::etag;
use crate::seed;

/// The operator undoes the merge by which the visit became the person's.
pub(super) fn split(scene: &Scene, visitor: &mut Visitor) -> Outcome<()> {
    let token = scene.fairlead.sign_in_operator(&seed::operator())?.access;
    let root = profile_of(scene, visitor)?;
    let path = format!("/v1/profiles/{root}/merges");
    let api = &scene.fairlead.api;
    let log = api.send("GET", &path, Some(&token), &[], Vec::new())?;
    let log = log.expect(200)?.json()?;
    let merges = log.get("merges").and_then(Value::as_array);
    let merge = merges.and_then(|merges| {
        let absorbed = json!(visitor.profile_id);
        merges
            .iter()
            .find(|merge| merge.get("absorbed_id") == Some(&absorbed))
    });
    let merge = merge.context("the visit's merge is on record")?;
    let merge_id = text(merge, "/merge_id")?;
    let path = format!("/v1/profiles/{root}/split");
    let body = serde_json::to_vec(&json!({ "merge_id": merge_id }))?;
    let headers = [("content-type", "application/json")];
    let answer = api.send("POST", &path, Some(&token), &headers, body)?;
    let parted = answer.expect(200)?.json()?;
    ensure!(
        text(&parted, "/restored_id")? == visitor.profile_id,
        "somebody else was restored: {parted}"
    );
    let me = api.me(&visitor.access_token)?.expect(200)?;
    visitor.etag = etag(&me)?;
    let me = me.json()?;
    ensure!(
        text(&me, "/profile_id")? == visitor.profile_id && me.get("locale").is_none(),
        "what was known of the visit is theirs still: {me}"
    );
    Ok((
        (),
        format!(
            "{merge_id} is undone, {} is theirs again",
            visitor.profile_id
        ),
    ))
}

fn profile_of(scene: &Scene, visitor: &Visitor) -> Result<String> {
    let me = scene.fairlead.api.me(&visitor.access_token)?;
    Ok(text(&me.expect(200)?.json()?, "/profile_id")?.to_owned())
}
