//! What a partner is told, once it is on record.

use access::{Projection, Reason, ReceiptId, Recorded};
use identity::ProfileId;
use lambda_kit::{http::Response, problem::Problem};
use serde::Serialize;
use tenancy::{FieldGroup, LegalBasis};

use crate::{asking::Asking, lookup::Subject, problems};

/// A decision that is on record, with whom it is about.
#[derive(Debug)]
pub(crate) struct Answer {
    recorded: Recorded,
    subject: Subject,
    /// Whether the partner may know that there is such a person.
    is_visible: bool,
}

/// What the partner gets to see.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PartnerReadResponse))]
pub(crate) struct Given<'a> {
    status: u16,
    profile_id: ProfileId,
    data: Projection<'a>,
    withheld: Vec<Withheld>,
    receipt_id: ReceiptId,
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

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct Withheld {
    group: FieldGroup,
    reason: Reason,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = PartnerAnswer))]
#[serde(untagged)]
pub(crate) enum Told<'a> {
    Given(Given<'a>),
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
        // Who never decided on what only their consent would permit is nobody to this partner.
        let is_up_to_them = asking.definition.legal_basis() == LegalBasis::Consent;
        let is_visible = !is_up_to_them || subject.consent().is_some();
        Self {
            recorded,
            subject,
            is_visible,
        }
    }

    /// The answer to a request about one person.
    pub(crate) fn into_response(self) -> Response {
        let receipt = self.recorded.receipt().receipt_id.to_string();
        let response = match self.told() {
            Told::Given(given) => Response::json(200, "application/json", &given),
            Told::Refused(refused) => refused.into_response(),
        };
        response.header("fairlead-receipt", receipt)
    }

    /// The answer to a request about many people.
    pub(crate) fn all(answers: &[Self]) -> Response {
        let answers = answers.iter().map(Self::told).collect();
        Response::json(200, "application/json", &Many { answers })
    }

    fn told(&self) -> Told<'_> {
        let receipt = self.recorded.receipt();
        let profile = self.subject.profile.as_deref();
        let projected =
            profile.and_then(|profile| Some((profile, self.recorded.project(profile)?)));
        if let Some((profile, data)) = projected {
            let withheld = receipt.withheld.iter();
            return Told::Given(Given {
                status: 200,
                profile_id: profile.profile_id,
                data,
                withheld: withheld
                    .map(|(group, reason)| Withheld {
                        group: *group,
                        reason: *reason,
                    })
                    .collect(),
                receipt_id: receipt.receipt_id,
            });
        }
        // The last one is about the person, if all that concerns the partner is in order.
        let reason = receipt.withheld.values().max().copied();
        let (problem, reason) = self.refusal(reason.unwrap_or(Reason::Undecided));
        Told::Refused(Refused {
            problem,
            reason,
            receipt_id: receipt.receipt_id,
        })
    }

    /// What is said of the refusal for `reason`. That somebody is not there, was erased, or is there
    /// and nobody that the partner deals with, is one and the same.
    fn refusal(&self, reason: Reason) -> (Problem, Option<Reason>) {
        match reason {
            Reason::PersonUnknown | Reason::PersonErased | Reason::ConsentMissing => {
                (problems::no_such_person(), None)
            }
            Reason::PersonLocked if self.is_visible => (problems::settling(), None),
            Reason::PersonLocked => (problems::no_such_person(), None),
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
