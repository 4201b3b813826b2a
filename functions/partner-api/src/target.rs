//! Whom a partner asks about.

use std::borrow::Cow;

use identity::{ExternalId, Identifier, ProfileId, Social};
use lambda_kit::{http::Request, problem::Problem, redact::Redacted};
use partner::problems;
use serde::Deserialize;
use token::Machine;

/// The largest body that is looked at, in bytes: a hundred of the longest identifiers.
const MAX_BODY: usize = 64 * 1024;

/// As many people as one request may ask about.
pub(crate) const MOST_TARGETS: usize = 100;

/// A person, by what the partner knows of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Profile(ProfileId),
    Identifier(Identifier),
}

/// A target as JSON: an object with one member.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Wanted {
    ProfileId(Redacted<String>),
    Email(Redacted<String>),
    PhoneNumber(Redacted<String>),
    ExternalId(Redacted<String>),
    AnonymousId(Redacted<String>),
    CognitoSub(Redacted<String>),
    Social {
        issuer: Redacted<String>,
        subject: Redacted<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    profiles: Vec<Wanted>,
}

/// The person that the request's path names.
pub(crate) fn in_path(request: &Request) -> Result<Target, Problem> {
    let id = request.path_parameter("profile_id").unwrap_or_default();
    let id = id.parse().map_err(|_| invalid("profile_id"))?;
    Ok(Target::Profile(id))
}

/// The person that an identifier in the request's body points at.
pub(crate) fn in_body(request: &Request, machine: &Machine) -> Result<Target, Problem> {
    let wanted: Result<Wanted, _> = serde_json::from_slice(&body(request)?);
    match wanted.map_err(|_| problems::malformed(ONE))? {
        Wanted::ProfileId(_) => Err(problems::malformed(ONE)),
        wanted => wanted.target(machine).map_err(invalid),
    }
}

/// All the people that the request's body names.
pub(crate) fn all_in_body(request: &Request, machine: &Machine) -> Result<Vec<Target>, Problem> {
    let batch: Result<Batch, _> = serde_json::from_slice(&body(request)?);
    let Batch { profiles } = batch.map_err(|_| problems::malformed(MANY))?;
    if !(1..=MOST_TARGETS).contains(&profiles.len()) {
        return Err(problems::malformed(MANY));
    }
    let places = profiles.into_iter().enumerate();
    places
        .map(|(place, wanted)| {
            let target = wanted.target(machine);
            target.map_err(|name| invalid(&format!("profiles[{place}].{name}")))
        })
        .collect()
}

const ONE: &str = "Send an object with one of email, phone_number, external_id, anonymous_id, cognito_sub and social.";

const MANY: &str = r#"Send {"profiles": […]} with 1 to 100 objects, each with one of profile_id, email, phone_number, external_id, anonymous_id, cognito_sub and social."#;

impl Wanted {
    /// What is meant, or the name of what can't be anybody's.
    fn target(self, machine: &Machine) -> Result<Target, &'static str> {
        let identifier = match self {
            Self::ProfileId(id) => {
                let id = id.expose().parse();
                return id.map(Target::Profile).map_err(|_| "profile_id");
            }
            Self::Email(text) => text
                .expose()
                .parse()
                .ok()
                .map(Identifier::Email)
                .ok_or("email"),
            Self::PhoneNumber(text) => {
                let number = text.expose().parse().ok();
                number.map(Identifier::Phone).ok_or("phone_number")
            }
            // What other partners call people is theirs: the namespace is the token's.
            Self::ExternalId(text) => {
                let (tenant, partner) = (machine.tenant.as_str(), machine.partner.as_str());
                let id = ExternalId::new(tenant, partner, text.expose()).ok();
                id.map(Identifier::External).ok_or("external_id")
            }
            Self::AnonymousId(text) => {
                let id = text.expose().parse().ok();
                id.map(Identifier::Anonymous).ok_or("anonymous_id")
            }
            Self::CognitoSub(text) => {
                let sub = text.expose().parse().ok();
                sub.map(Identifier::CognitoSub).ok_or("cognito_sub")
            }
            Self::Social { issuer, subject } => {
                let social = Social::new(issuer.expose(), subject.expose()).ok();
                social.map(Identifier::Social).ok_or("social")
            }
        };
        identifier.map(Target::Identifier)
    }
}

fn invalid(field: &str) -> Problem {
    problems::invalid("It is not of the form that such an identifier has.").field(field)
}

fn body(request: &Request) -> Result<Cow<'_, [u8]>, Problem> {
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(problems::media_type());
    }
    request.body(MAX_BODY).map_err(problems::body)
}
