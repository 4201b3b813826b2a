//! What an operator puts right.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::{Outcome, Scene, Visitor};
use crate::json::text;
use crate::profile_api::etag;
use crate::{seed, token};

/// The operator undoes the merge by which the visit became the person's.
pub(super) fn split(scene: &Scene, visitor: &mut Visitor) -> Outcome<()> {
    let operator = scene.fairlead.sign_in_operator(&seed::operator())?.access;
    let root = visitor.profile_id.clone();
    let claims = token::claims(&visitor.access_token)?;
    let member = token::text(&claims, "fairlead:member")?;
    let path = format!("/v1/profiles/{root}/merges");
    let api = &scene.fairlead.api;
    let log = api.send("GET", &path, Some(&operator), &[], Vec::new())?;
    let log = log.expect(200)?.json()?;
    let merges = log.get("merges").and_then(Value::as_array);
    let merge = merges.and_then(|merges| {
        let absorbed = json!(member);
        merges
            .iter()
            .find(|merge| merge.get("absorbed_id") == Some(&absorbed))
    });
    let merge = merge.context("the visit's merge is on record")?;
    let merge_id = text(merge, "/merge_id")?;
    let path = format!("/v1/profiles/{root}/split");
    let body = serde_json::to_vec(&json!({ "merge_id": merge_id }))?;
    let headers = [("content-type", "application/json")];
    let answer = api.send("POST", &path, Some(&operator), &headers, body)?;
    let parted = answer.expect(200)?.json()?;
    ensure!(
        text(&parted, "/restored_id")? == member,
        "somebody else was restored: {parted}"
    );
    let me = api.me(&visitor.access_token)?.expect(200)?;
    visitor.etag = etag(&me)?;
    member.clone_into(&mut visitor.profile_id);
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
