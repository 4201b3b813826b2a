//! What a queue brings: that something happened, and of which tenants' matter it is.

use event::{CloudEvent, Correlated, Data, Subject, TRAITS};
use extension::Chain;
use identity::ProfileId;
use intake::Announcement;
use lambda_kit::planted;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tenancy::{ExtensionName, TenantId};

/// Among the names of what changed: what a tenant calls a person.
const SEGMENTS: &str = "segments";

/// What a bus tells of: an event of a tenant's partner, or one of Fairlead's own.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Told {
    Announced(Box<Announcement>),
    Own(Box<CloudEvent>),
}

impl Correlated for Told {
    fn correlation_id(&self) -> Option<&str> {
        match self {
            Self::Announced(announced) => announced.correlation_id(),
            Self::Own(event) => event.correlation_id(),
        }
    }
}

/// Something that happened, as the matter of one tenant: what lies in the backlog, or was parked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Matter {
    pub(crate) tenant: TenantId,
    /// The extension that it is for, if it is for one alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) only: Option<ExtensionName>,
    pub(crate) event: Told,
}

/// What was parked, and is sent back as it lay there.
#[derive(Deserialize)]
struct Parked {
    payload: Matter,
}

/// What a message brings.
#[derive(Debug)]
pub(crate) enum Brought {
    /// What the bus tells of.
    Told(Vec<Told>),
    /// What was kept for a tenant.
    Kept(Matter),
}

/// Reads a message; `None` if there is nothing of the kind in it.
pub(crate) fn read(body: &str) -> Option<Brought> {
    if let Ok(matter) = serde_json::from_str(body) {
        return Some(Brought::Kept(matter));
    }
    if let Ok(Parked { payload }) = serde_json::from_str(body) {
        return Some(Brought::Kept(payload));
    }
    event::delivered(body).map(Brought::Told)
}

/// Whose matter something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    /// That of one tenant.
    Of(TenantId),
    /// That of those with whom the person deals.
    OfPerson(ProfileId),
    /// No tenant's.
    Nobody,
}

impl Told {
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Announced(announced) => announced.kind.clone(),
            Self::Own(event) => kind_of(event),
        }
    }

    /// Whose matter it is. What somebody decided towards a tenant, or did there, is that tenant's alone; and so is
    /// what a tenant calls people or notes of them.
    pub(crate) fn whose(&self) -> Whose {
        let event = match self {
            Self::Announced(announced) => return Whose::Of(announced.tenantid.clone()),
            Self::Own(event) => event,
        };
        let of = |tenant: &Option<TenantId>| tenant.clone().map_or(Whose::Nobody, Whose::Of);
        match &event.data {
            Data::ConsentGranted(decision)
            | Data::ConsentWithdrawn(decision)
            | Data::ConsentExpired(decision)
                if !planted::is_on("extension-consent-told-to-all") =>
            {
                Whose::Of(decision.tenant_id.clone())
            }
            Data::ConsentGranted(decision)
            | Data::ConsentWithdrawn(decision)
            | Data::ConsentExpired(decision) => Whose::OfPerson(decision.profile_id),
            Data::ProfileSignedIn { tenant_id, .. } => of(tenant_id),
            Data::ProfileUpdated {
                tenant_id, changed, ..
            } if changed.iter().all(|name| is_a_tenants_word(name)) => of(tenant_id),
            Data::ProfileCreated { profile_id, .. }
            | Data::ProfileUpdated { profile_id, .. }
            | Data::ProfileIdentified { profile_id, .. }
            | Data::ProfileMerged { profile_id, .. }
            | Data::ProfileSplit { profile_id, .. } => Whose::OfPerson(*profile_id),
            // Whoever tries by which ways they are told tells no tenant's code anything.
            Data::ProfileNoticeTested { .. }
            | Data::ProfileSettling { .. }
            | Data::ProfileErased { .. }
            | Data::ErasureRequested { .. }
            | Data::ErasureWithdrawn { .. }
            | Data::ErasureTold { .. }
            | Data::ErasureReminded { .. }
            | Data::ErasureCompleted { .. }
            | Data::ExtensionFinished(_)
            | Data::ExtensionPaused(_)
            | Data::ExtensionResumed(_)
            | Data::ExtensionChanged(_) => Whose::Nobody,
        }
    }
}

fn is_a_tenants_word(name: &str) -> bool {
    name == TRAITS || name == SEGMENTS
}

fn kind_of(event: &CloudEvent) -> String {
    let data = serde_json::to_value(&event.data).unwrap_or_default();
    let kind = data.get("type").and_then(Value::as_str);
    kind.unwrap_or_default().to_owned()
}

/// Through which extensions one of Fairlead's own events came about.
pub(crate) fn chain_of(event: &CloudEvent) -> Chain {
    Chain::read(event.fairleadhops, event.fairleadextensions.as_deref())
}

/// Whom one of Fairlead's own events is about.
pub(crate) const fn person_of(event: &CloudEvent) -> Option<ProfileId> {
    match &event.subject {
        Subject::Profile(id) => Some(*id),
        Subject::Extension(_) => None,
    }
}

/// One of Fairlead's own events as `tenant` is told it: without what only another tenant knows, and nothing of the
/// request that it follows from; `None` if nothing is left.
pub(crate) fn as_told(event: &CloudEvent, tenant: &TenantId) -> Option<Value> {
    let mut told = serde_json::to_value(event).ok()?;
    if planted::is_on("extension-told-of-others") {
        return Some(told);
    }
    let members = told.as_object_mut()?;
    members.remove("correlationid");
    let data = members.get_mut("data")?.as_object_mut()?;
    let by = data.get("tenant_id").and_then(Value::as_str);
    if by == Some(tenant.as_str()) {
        return Some(told);
    }
    data.remove("tenant_id");
    if let Some(changed) = data.get_mut("changed").and_then(Value::as_array_mut) {
        changed.retain(|name| !name.as_str().is_some_and(is_a_tenants_word));
        let is_empty = changed.is_empty();
        let is_identified = data.contains_key("identifiers");
        if is_empty && !is_identified {
            return None;
        }
    }
    members.remove(extension::HOPS);
    members.remove(extension::EXTENSIONS);
    Some(told)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn own(kind: &str, data: &Value) -> Told {
        let profile = "prf_0198f2a0c1d27e3f8a4b5c6d7e8f9012";
        let mut data = data.clone();
        data["profile_id"] = profile.into();
        let event = json!({
            "specversion": "1.0",
            "id": "evt_0198f2a1b3c47d5e8f90a1b2c3d4e503",
            "source": "dev.fairlead.profile",
            "type": kind,
            "subject": profile,
            "time": "2026-01-15T09:00:00Z",
            "datacontenttype": "application/json",
            "correlationid": "r-1",
            "fairleadhops": 1,
            "fairleadextensions": "greeter",
            "data": data,
        });
        serde_json::from_value(event).unwrap()
    }

    fn told_to(told: &Told, tenant: &str) -> Option<Value> {
        let Told::Own(event) = told else {
            panic!("it is one of Fairlead's own")
        };
        as_told(event, &tenant.parse().unwrap())
    }

    #[test]
    fn what_one_tenant_knows_no_other_is_told() {
        let updated = own(
            "dev.fairlead.profile.updated.v1",
            &json!({ "version": 2, "tenant_id": "harbour", "changed": ["locale", "segments", "traits"] }),
        );
        assert!(matches!(updated.whose(), Whose::OfPerson(_)));
        let to_harbour = told_to(&updated, "harbour").unwrap();
        assert_eq!(
            to_harbour["data"]["changed"],
            json!(["locale", "segments", "traits"])
        );
        assert_eq!(to_harbour["fairleadextensions"], "greeter");
        let to_airport = told_to(&updated, "airport").unwrap();
        let text = to_airport.to_string();
        for hidden in ["harbour", "segments", "traits", "greeter", "r-1"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
        assert_eq!(to_airport["data"]["changed"], json!(["locale"]));
    }

    #[test]
    fn a_tenants_word_and_what_happened_at_a_tenant_is_its_own_matter() {
        let harbour = Whose::Of("harbour".parse().unwrap());
        let noted = json!({ "version": 2, "tenant_id": "harbour", "changed": ["traits"] });
        let noted = own("dev.fairlead.profile.updated.v1", &noted);
        assert_eq!(noted.whose(), harbour);
        assert_eq!(told_to(&noted, "airport"), None);
        let signed_in = json!({ "tenant_id": "harbour" });
        let signed_in = own("dev.fairlead.profile.signed-in.v1", &signed_in);
        assert_eq!(signed_in.whose(), harbour);
        let nowhere = own("dev.fairlead.profile.signed-in.v1", &json!({}));
        assert_eq!(nowhere.whose(), Whose::Nobody);
    }

    #[test]
    fn what_was_kept_reads_as_it_was_and_as_it_was_parked() {
        let event = own(
            "dev.fairlead.profile.signed-in.v1",
            &json!({ "tenant_id": "harbour" }),
        );
        let matter = Matter {
            tenant: "harbour".parse().unwrap(),
            only: Some("greeter".parse().unwrap()),
            event,
        };
        let kept = serde_json::to_value(&matter).unwrap();
        let parked = json!({ "service": "s", "key": "k", "cause": "c", "payload": kept });
        for body in [kept.to_string(), parked.to_string()] {
            let Some(Brought::Kept(read)) = read(&body) else {
                panic!("it was kept: {body}")
            };
            assert_eq!(serde_json::to_value(&read).unwrap(), kept);
        }
        assert!(read("{}").is_none());
    }
}
