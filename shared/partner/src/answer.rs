//! What a partner is told, once it is on record.

use access::{Projection, Reason, ReceiptId, Recorded};
use identity::ProfileId;
use lambda_kit::{http::Response, problem::Problem};
use serde::Serialize;
use tenancy::{FieldGroup, LegalBasis, PurposeDefinition, TenantId};

use crate::{Asking, Subject, asking::READ, problems};

/// A decision that is on record, with whom it is about.
#[derive(Debug)]
pub struct Answer {
    recorded: Recorded,
    subject: Subject,
    /// Whether the partner may know that there is such a person.
    is_visible: bool,
}

/// What the partner gets to see of a person.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = GivenProfile))]
pub struct Given<'a> {
    /// Their own id, whichever was asked for.
    pub profile_id: ProfileId,
    /// The fields that may be read.
    pub data: Projection<'a>,
    /// The groups that may not.
    pub withheld: Vec<Withheld>,
    /// Under which receipt.
    pub receipt_id: ReceiptId,
}

/// The same as the answer to one of several questions.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PartnerReadResponse))]
pub(crate) struct Shown<'a> {
    status: u16,
    #[serde(flatten)]
    given: Given<'a>,
}

/// Why the partner gets to see nothing.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PartnerRefusal))]
pub(crate) struct Refused {
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Problem))]
    #[serde(flatten)]
    problem: Problem,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    receipt_id: ReceiptId,
}

/// That a group of fields is not given.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Withheld {
    /// Which.
    pub group: FieldGroup,
    /// Why.
    pub reason: Reason,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PartnerAnswer))]
#[serde(untagged)]
enum Told<'a> {
    Shown(Shown<'a>),
    Refused(Refused),
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = BatchResponse))]
pub(crate) struct Many<'a> {
    answers: Vec<Told<'a>>,
}

impl Answer {
    /// The answer to `asking` about `subject`, of which `recorded` is the receipt.
    pub(crate) fn new(asking: &Asking, recorded: Recorded, subject: Subject) -> Self {
        let asked = (&asking.machine().tenant, Some(asking.definition()));
        Self::of(asked, recorded, subject)
    }

    /// The answer about `subject` to whoever asks for `tenant`, and for a purpose if the tenant defined it.
    pub(crate) fn of(
        (tenant, definition): (&TenantId, Option<&PurposeDefinition>),
        recorded: Recorded,
        subject: Subject,
    ) -> Self {
        // Who never decided on what only their consent would permit is nobody to this partner, and
        // otherwise who has nothing to do with its tenant.
        let is_visible = definition.is_some_and(|definition| {
            if definition.legal_basis() == LegalBasis::Consent {
                subject.consent().is_some()
            } else {
                subject.dealings.contains(tenant)
            }
        });
        Self {
            recorded,
            subject,
            is_visible,
        }
    }

    /// Under which receipt it is on record.
    #[must_use]
    pub const fn receipt_id(&self) -> ReceiptId {
        self.recorded.receipt().receipt_id
    }

    /// Whether the partner may know that there is such a person.
    #[must_use]
    pub const fn is_visible(&self) -> bool {
        self.is_visible
    }

    /// Whose `group` may be read, by their own id, and under which receipt; `None` if it may not.
    #[must_use]
    pub fn allows(&self, group: FieldGroup) -> Option<(ProfileId, ReceiptId)> {
        let receipt = self.recorded.receipt();
        let profile = self.subject.profile.as_deref()?;
        let is_allowed = receipt.allowed.contains(&group);
        is_allowed.then_some((profile.profile_id, receipt.receipt_id))
    }

    /// The answer to a request about one person.
    #[must_use]
    pub fn into_response(self) -> Response {
        let receipt = self.recorded.receipt().receipt_id.to_string();
        let response = match self.told() {
            Told::Shown(shown) => Response::json(200, "application/json", &shown),
            Told::Refused(refused) => refused.into_response(),
        };
        response.header("fairlead-receipt", receipt)
    }

    /// The answer to a request about many people.
    #[must_use]
    pub fn all(answers: &[Self]) -> Response {
        let answers = answers.iter().map(Self::told).collect();
        Response::json(200, "application/json", &Many { answers })
    }

    /// What the partner gets to see; `None` if that is nothing.
    #[must_use]
    pub fn given(&self) -> Option<Given<'_>> {
        let receipt = self.recorded.receipt();
        let profile = self.subject.profile.as_deref()?;
        let data = self.recorded.project(profile)?;
        let withheld = receipt.withheld.iter();
        Some(Given {
            profile_id: profile.profile_id,
            data,
            withheld: withheld
                .map(|(group, reason)| Withheld {
                    group: *group,
                    reason: *reason,
                })
                .collect(),
            receipt_id: receipt.receipt_id,
        })
    }

    /// Why nothing is given, as far as it matters here: of several reasons the last one is about the
    /// person, if all that concerns the partner is in order.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let withheld = &self.recorded.receipt().withheld;
        let last = withheld.values().max().copied();
        last.unwrap_or(Reason::Undecided)
    }

    fn told(&self) -> Told<'_> {
        if let Some(given) = self.given() {
            let status = 200;
            return Told::Shown(Shown { status, given });
        }
        let (problem, reason) = self.refusal(self.reason());
        Told::Refused(Refused {
            problem,
            reason,
            receipt_id: self.recorded.receipt().receipt_id,
        })
    }

    /// What is said of the refusal for `reason`. That somebody is not there, was erased, or is there
    /// and nobody that the partner deals with, is one and the same.
    fn refusal(&self, reason: Reason) -> (Problem, Option<Reason>) {
        match reason {
            Reason::PersonLocked if self.is_visible => (problems::settling(), None),
            Reason::PersonUnknown
            | Reason::PersonErased
            | Reason::PersonOfAnother
            | Reason::PersonLocked
            | Reason::ConsentMissing => (problems::no_such_person(), None),
            Reason::ScopeMissing => (token::scope_missing(READ), Some(reason)),
            reason => (problems::not_permitted(), Some(reason)),
        }
    }
}

impl Refused {
    fn into_response(self) -> Response {
        let head = Response::from(self.problem.clone());
        Response {
            body: serde_json::to_string(&self).ok(),
            ..head
        }
    }
}
