//! What points at somebody, and on which of their members it hangs: how they came together. What it says the
//! API tells nobody here.

use chart::{Graph, Node};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    api::{Answer, Caller, path, query},
    failure::Failure,
    visit::Visit,
};

/// As many members are drawn; all are in the table.
const DRAWN: usize = 6;

/// As many identifiers of a member are drawn.
const DRAWN_OF_EACH: usize = 10;

/// As much of a digest as tells one identifier from another.
const SHOWN: usize = 8;

/// `GET /v1/profiles/{profile_id}/identifiers`.
#[derive(Deserialize)]
struct IdentifiersResponse {
    identifiers: Vec<IdentifierResponse>,
    #[serde(default)]
    next: Option<String>,
}

/// Something that points at the person.
#[derive(Deserialize)]
pub(super) struct IdentifierResponse {
    pub(super) member: String,
    pub(super) kind: String,
    digest: String,
    verified: bool,
    by: String,
    #[serde(default)]
    partner: Option<String>,
    #[serde(default)]
    pub(super) provider: Option<String>,
    pub(super) since: Timestamp,
}

/// What points at a person, in pictures and in rows.
pub(super) struct Known {
    pub(super) identifiers: Vec<IdentifierResponse>,
    /// One for each member, of those that are drawn.
    pub(super) graphs: Vec<String>,
    /// Where the rest is.
    pub(super) next: Option<String>,
}

/// What points at the person of `profile`, from `cursor` on.
pub(super) async fn of(
    visit: &Visit,
    api: Caller<'_>,
    profile: &str,
    cursor: &str,
) -> Result<Known, Failure> {
    let own = path(&["v1", "profiles", profile, "identifiers"]);
    let answer: Answer<IdentifiersResponse> = api.get(&query(&own, &[("cursor", cursor)])).await?;
    let IdentifiersResponse { identifiers, next } = answer.body;
    let next = next.map(|next| {
        let own = [("profile", profile), ("identifiers", next.as_str())];
        query("/ops/people/merges", &own)
    });
    let members = identifiers.chunk_by(|one, other| one.member == other.member);
    let graphs = members.take(DRAWN).zip(0_usize..);
    Ok(Known {
        graphs: graphs
            .map(|(identifiers, n)| graph(visit, n, identifiers))
            .collect(),
        next,
        identifiers,
    })
}

impl IdentifierResponse {
    /// As much of its digest as tells it from another.
    pub(super) fn short(&self) -> &str {
        self.digest.get(..SHOWN).unwrap_or(&self.digest)
    }

    /// How sure it is, and on whose word.
    pub(super) fn word(&self, v: &Visit) -> String {
        match (self.verified, self.by.as_str(), &self.partner) {
            (true, ..) => v.t("known-verified"),
            (false, "partner", Some(partner)) => v.t1("known-by-partner", "partner", partner),
            (false, "partner", None) => v.t("known-by-another"),
            (false, ..) => v.t("known-by-person"),
        }
    }
}

/// One member, and what hangs on it.
fn graph(v: &Visit, n: usize, identifiers: &[IdentifierResponse]) -> String {
    let node = |identifier: &IdentifierResponse| Node {
        label: format!(
            "{} {}",
            v.name("known-kind", &identifier.kind),
            identifier.short()
        ),
        by: identifier.word(v),
    };
    let drawn = identifiers.iter().take(DRAWN_OF_EACH);
    let member = identifiers
        .first()
        .map_or("", |identifier| identifier.member.as_str());
    let graph = Graph {
        id: format!("identifiers-{n}"),
        title: v.t1("known-graph", "member", member),
        description: v.count("known-graph-about", identifiers.len()),
        centre: member.to_owned(),
        nodes: drawn.map(node).collect(),
    };
    graph.svg()
}
