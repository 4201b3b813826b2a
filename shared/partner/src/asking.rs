//! Who asks, what for, and under which agreement.

use std::{collections::BTreeSet, sync::Arc};

use access::{Policies, Question, ReasonText, Receipt, decide};
use lambda_kit::{clock::Clock, http::Request, idempotency::Key, ids::IdSource, problem::Problem};
use tenancy::{Agreement, FieldGroup, Purpose, PurposeDefinition, Purposes};
use token::Machine;

use crate::{Asker, Gate, Subject, problems};

/// The scope that reading needs.
pub(crate) const READ: &str = "fairlead/profile.read";

/// All of a request but whom it is about.
#[derive(Debug, Clone)]
pub struct Asking {
    asker: Asker,
    definition: PurposeDefinition,
    agreement: Option<Arc<Agreement>>,
    groups: BTreeSet<FieldGroup>,
    reason: Option<ReasonText>,
    /// Under which the question may be asked again, if it is sent by `POST`.
    key: Option<Key>,
    request_id: String,
}

impl Asking {
    /// What `asker` asks by `request`. Its tenant's purposes and its agreement are read from the
    /// directory, once a minute.
    pub async fn of(gate: &Gate, request: &Request, asker: Asker) -> Result<Self, Problem> {
        let (purpose, reason, groups) = (purpose(request)?, reason(request)?, groups(request)?);
        let machine = asker.machine();
        let key = key(request, &asker)?;
        let purposes = gate.purposes.all(&machine.tenant).await;
        let purposes = purposes.map_err(|error| problems::unavailable(&error))?;
        let definition = defined(&purposes, &purpose)?;
        let agreement = match &machine.agreement {
            Some(id) => gate.agreements.find(&machine.tenant, id).await,
            None => Ok(None),
        };
        let agreement = agreement.map_err(|error| problems::unavailable(&error))?;
        let agreed = agreement
            .as_ref()
            .and_then(|agreement| agreement.terms().get(&purpose));
        // What is asked for by routes of its own is not asked for beside the fields.
        let agreed = agreed.map(|groups| {
            let of_profile = groups.iter().filter(|group| **group != FieldGroup::Events);
            of_profile.copied().collect::<BTreeSet<FieldGroup>>()
        });
        let agreed = agreed.filter(|groups| !groups.is_empty());
        Ok(Self {
            // Who names no groups gets what was agreed on; where nothing was, all are refused.
            groups: groups
                .or(agreed)
                .unwrap_or_else(|| FieldGroup::OF_PROFILE.into()),
            asker,
            definition,
            agreement,
            reason,
            request_id: key
                .as_ref()
                .map_or_else(|| request.id().to_owned(), Key::request_id),
            key,
        })
    }

    /// Who asks.
    #[must_use]
    pub const fn machine(&self) -> &Machine {
        self.asker.machine()
    }

    /// Whether the token has the scope that reading needs. The policies decide on it as well.
    pub(crate) fn has_scope(&self) -> bool {
        self.asker.scopes().contains(READ)
    }

    /// Under which it may be asked again.
    pub(crate) const fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// What for.
    #[must_use]
    pub const fn definition(&self) -> &PurposeDefinition {
        &self.definition
    }

    /// The same, and `group` too.
    #[must_use]
    pub fn and(mut self, group: FieldGroup) -> Self {
        self.groups.insert(group);
        self
    }

    /// The same of `group` alone.
    #[must_use]
    pub fn only(mut self, group: FieldGroup) -> Self {
        self.groups = BTreeSet::from([group]);
        self
    }

    /// Decides on `subject`, and makes the receipt of it.
    pub(crate) fn decide(
        &self,
        subject: &Subject,
        clock: &Clock,
        ids: &IdSource,
    ) -> Result<Receipt, Problem> {
        let machine = self.machine();
        let policies = Policies::embedded().map_err(|error| problems::unavailable(error))?;
        let ruling = decide(
            policies,
            &Question {
                partner: &machine.partner,
                tenant: &machine.tenant,
                scopes: self.asker.scopes(),
                agreement: self.agreement.as_deref(),
                purpose: self.definition.purpose(),
                definition: Some(&self.definition),
                person: subject.person,
                dealings: &subject.dealings,
                consent: subject.consent(),
                groups: &self.groups,
                now: clock.now(),
            },
        );
        let receipt = ruling.receipt(ids, self.reason.clone(), &self.request_id);
        Ok(match self.asker.operator() {
            Some(operator) => receipt.by_operator(operator.clone()),
            None => receipt,
        })
    }
}

/// A question that is sent by `GET` can be sent again as it is.
fn key(request: &Request, asker: &Asker) -> Result<Option<Key>, Problem> {
    if request.route_key.starts_with("GET ") {
        return Ok(None);
    }
    Ok(Key::of(request, &asker.key_holder())?)
}

fn purpose(request: &Request) -> Result<Purpose, Problem> {
    let purpose = request
        .header("fairlead-purpose")
        .ok_or_else(problems::purpose_needed)?;
    purpose
        .trim()
        .parse()
        .map_err(|_| problems::unknown_purpose())
}

fn defined(purposes: &Purposes, purpose: &Purpose) -> Result<PurposeDefinition, Problem> {
    let definition = purposes.get(purpose).cloned();
    definition.ok_or_else(problems::unknown_purpose)
}

fn reason(request: &Request) -> Result<Option<ReasonText>, Problem> {
    let Some(text) = request.header("fairlead-reason") else {
        return Ok(None);
    };
    let is_printable = text.bytes().all(|b| matches!(b, b' '..=b'~'));
    let reason = text.parse().ok().filter(|_| is_printable);
    reason.map(Some).ok_or_else(|| {
        problems::invalid("A reason has 1 to 128 printable ASCII characters.")
            .field("Fairlead-Reason")
    })
}

/// The groups that `fields` asks for; `None` if it does not say.
fn groups(request: &Request) -> Result<Option<BTreeSet<FieldGroup>>, Problem> {
    let Some(names) = request.query_parameter("fields") else {
        return Ok(None);
    };
    let group = |name: &str| {
        let mut all = FieldGroup::OF_PROFILE.into_iter();
        all.find(|group| group.as_str() == name.trim())
    };
    let groups: Option<BTreeSet<FieldGroup>> = names.split(',').map(group).collect();
    groups.map(Some).ok_or_else(|| {
        problems::invalid("Name names, contacts or demographics, separated by commas.")
            .field("fields")
    })
}
