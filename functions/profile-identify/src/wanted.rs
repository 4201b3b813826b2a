//! What a request says, parsed.

use std::collections::BTreeSet;

use identity::{ExternalId, Identifier};
use lambda_kit::{http::Request, problem::Problem};
use profile::{Assertion, FieldName, IdentifierRules, MOST_SEGMENTS, ProfilePatch, Speaker};
use serde::Deserialize;
use serde_json::value::RawValue;
use tenancy::Segment;

use crate::problems;

/// The largest body that is looked at, in bytes.
const MAX_BODY: usize = 64 * 1024;

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentifyRequest {
    #[cfg_attr(feature = "openapi", schema(value_type = Option<identity::AnonymousId>))]
    anonymous_id: Option<String>,
    external_id: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<identity::Email>))]
    email: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<identity::PhoneNumber>))]
    phone_number: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<ProfilePatch>))]
    traits: Option<Box<RawValue>>,
    segments: Option<Vec<String>>,
}

/// What a request says, before it is known who says it.
pub(crate) struct Wanted {
    identifiers: IdentifyRequest,
    traits: ProfilePatch,
}

impl Wanted {
    pub(crate) fn read(request: &Request) -> Result<Self, Problem> {
        let content_type = request.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(problems::media_type());
        }
        let body = request.body(MAX_BODY).map_err(problems::body)?;
        let identifiers: IdentifyRequest =
            serde_json::from_slice(&body).map_err(|_| problems::malformed())?;
        let traits = match &identifiers.traits {
            Some(traits) => ProfilePatch::parse(traits.get().as_bytes())
                .map_err(|error| problems::traits(&error))?,
            None => ProfilePatch::default(),
        };
        Ok(Self {
            identifiers,
            traits,
        })
    }

    /// The same as `speaker`'s word, if it is theirs to say and `rules` take it.
    pub(crate) fn assertion(
        self,
        speaker: Speaker,
        rules: &IdentifierRules,
    ) -> Result<Assertion, Problem> {
        let identifiers = match &speaker {
            Speaker::Person { .. } => self.identifiers.of_person()?,
            Speaker::Partner { tenant, partner } => {
                self.leave_preferences_alone()?;
                self.identifiers
                    .of_partner(tenant.as_str(), partner.as_str())?
            }
        };
        if let Some((field, _)) = identifiers.iter().find(|(_, each)| rules.blocks(each)) {
            let detail = "This is a placeholder, and nobody's identifier. Leave the field out.";
            return Err(problems::invalid(field, detail));
        }
        Ok(Assertion {
            segments: self.identifiers.segments()?,
            speaker,
            identifiers: identifiers.into_iter().map(|(_, each)| each).collect(),
            traits: self.traits,
            said_at: None,
        })
    }

    /// What a person wants of us, no partner says for them.
    fn leave_preferences_alone(&self) -> Result<(), Problem> {
        let mut names = self.traits.names();
        match names.find(|name| FieldName::PREFERENCES.contains(name)) {
            Some(name) => {
                let detail = "This is for the person to say. Leave the field out.";
                Err(problems::invalid(&format!("traits.{name}"), detail))
            }
            None => Ok(()),
        }
    }
}

/// An identifier, and the field that it stands in.
type Named = (&'static str, Identifier);

impl IdentifyRequest {
    fn of_person(&self) -> Result<Vec<Named>, Problem> {
        if self.segments.is_some() {
            let detail = "This is for partners to send: it is what their tenant calls a person.";
            return Err(problems::invalid("segments", detail));
        }
        let not_theirs = [
            ("external_id", &self.external_id),
            ("email", &self.email),
            ("phone_number", &self.phone_number),
        ];
        if let Some((field, _)) = not_theirs.iter().find(|(_, text)| text.is_some()) {
            let detail = "This is for partners to send. A person changes e-mail address and telephone number in the hosted login.";
            return Err(problems::invalid(field, detail));
        }
        Ok(self.device()?.into_iter().collect())
    }

    fn of_partner(&self, tenant: &str, partner: &str) -> Result<Vec<Named>, Problem> {
        let external = named("external_id", self.external_id.as_ref(), |text| {
            ExternalId::new(tenant, partner, text).map(Identifier::External)
        })?;
        let email = named("email", self.email.as_ref(), |text| {
            text.parse().map(Identifier::Email)
        })?;
        let phone = named("phone_number", self.phone_number.as_ref(), |text| {
            text.parse().map(Identifier::Phone)
        })?;
        let all = [external, self.device()?, email, phone];
        let all: Vec<Named> = all.into_iter().flatten().collect();
        if all.is_empty() {
            let detail = "Send at least one of anonymous_id, external_id, email and phone_number.";
            return Err(problems::malformed().detail(detail));
        }
        Ok(all)
    }

    fn segments(&self) -> Result<Option<BTreeSet<Segment>>, Problem> {
        let Some(names) = &self.segments else {
            return Ok(None);
        };
        let segments: Result<BTreeSet<Segment>, _> =
            names.iter().map(|name| name.parse()).collect();
        let segments = segments.ok().filter(|each| each.len() <= MOST_SEGMENTS);
        segments.map(Some).ok_or_else(|| {
            problems::invalid(
                "segments",
                "Send at most 16 names, each with 1 to 64 characters out of a-z, 0-9 and -, a letter first.",
            )
        })
    }

    fn device(&self) -> Result<Option<Named>, Problem> {
        named("anonymous_id", self.anonymous_id.as_ref(), |text| {
            text.parse().map(Identifier::Anonymous)
        })
    }
}

fn named<E: std::error::Error>(
    field: &'static str,
    text: Option<&String>,
    parse: impl FnOnce(&str) -> Result<Identifier, E>,
) -> Result<Option<Named>, Problem> {
    let parsed = text.map(|text| parse(text)).transpose();
    parsed
        .map(|parsed| parsed.map(|identifier| (field, identifier)))
        .map_err(|error| problems::invalid(field, error.to_string()))
}
