//! What a request says: which queue, and which of its messages.

use std::collections::BTreeSet;

use dead_letter::DeadLetterQueue;
use lambda_kit::{http::Request, problem::Problem};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{App, problems};

/// The largest body that is looked at, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// As many messages as a request may name.
const MOST_NAMED: usize = 100;

/// The longest id of a message that SQS makes, in bytes.
const LONGEST_ID: usize = 100;

/// What is asked to be processed again.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct RedriveRequest {
    /// Whether all of them are meant.
    #[serde(default)]
    all: bool,
    /// Those that are meant, if not all are.
    #[serde(default)]
    messages: BTreeSet<MessageId>,
}

/// The id of a message, as its queue made it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct MessageId(String);

/// Which messages are meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of them.
    All,
    /// Those with these ids, which were not come across yet.
    These(BTreeSet<String>),
}

impl TryFrom<String> for MessageId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        let mut bytes = id.bytes();
        let well_formed = (1..=LONGEST_ID).contains(&id.len())
            && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'-');
        well_formed
            .then_some(Self(id))
            .ok_or("a message's id has letters, digits and -")
    }
}

impl Wanted {
    /// Whether the message is meant, which then is not waited for any more.
    pub(crate) fn take(&mut self, message_id: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.remove(message_id),
        }
    }

    /// Whether all that are meant have been come across.
    pub(crate) fn is_satisfied(&self) -> bool {
        matches!(self, Self::These(ids) if ids.is_empty())
    }

    /// The ids of those that were not come across.
    pub(crate) fn missing(self) -> BTreeSet<String> {
        match self {
            Self::All => BTreeSet::new(),
            Self::These(ids) => ids,
        }
    }
}

/// The queue in the path.
pub(crate) fn queue<'a>(app: &'a App, request: &Request) -> Result<&'a DeadLetterQueue, Problem> {
    let name = request.path_parameter("queue").unwrap_or_default();
    app.catalogue.find(name).ok_or_else(problems::no_such_queue)
}

/// Which messages the body means.
pub(crate) fn wanted(request: &Request) -> Result<Wanted, Problem> {
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(problems::media_type());
    }
    let bytes = request.body(MAX_BODY).map_err(problems::body)?;
    // As an object alone: a list of values would be read as the members in their order.
    let members: Map<String, Value> =
        serde_json::from_slice(&bytes).map_err(|_| problems::malformed())?;
    let RedriveRequest { all, messages } =
        serde_json::from_value(members.into()).map_err(|_| problems::malformed())?;
    match (all, messages.len()) {
        (true, 0) => Ok(Wanted::All),
        (false, 1..=MOST_NAMED) => Ok(Wanted::These(
            messages.into_iter().map(|MessageId(id)| id).collect(),
        )),
        _ => Err(problems::all_or_some()),
    }
}
