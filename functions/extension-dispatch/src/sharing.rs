//! Who is served in a batch: no tenant more than its share while others wait.

use std::collections::BTreeMap;

use lambda_kit::planted;
use tenancy::TenantId;

use crate::Work;

/// As much of a batch as each tenant has at least.
const LEAST_SHARE: usize = 4;

/// What is looked into now, and what waits in the backlogs of its tenants: of a tenant that has more in the batch
/// than its share what comes last, unless the batch is of that tenant alone. What waited before waits no more.
pub(crate) fn shared(all: Vec<Work>) -> (Vec<Work>, Vec<Work>) {
    let mut of_tenant: BTreeMap<TenantId, usize> = BTreeMap::new();
    for work in &all {
        *of_tenant.entry(work.matter.tenant.clone()).or_default() += 1;
    }
    let share = all.len().div_ceil(of_tenant.len().max(1)).max(LEAST_SHARE);
    let is_alone = of_tenant.len() < 2 || planted::is_on("extension-noisy-tenant-unshed");
    let mut served: BTreeMap<TenantId, usize> = BTreeMap::new();
    all.into_iter().partition(|work| {
        let served = served.entry(work.matter.tenant.clone()).or_default();
        *served += 1;
        is_alone || work.has_waited || *served <= share
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::told::Matter;

    fn work(tenant: &str, has_waited: bool) -> Work {
        let event = json!({
            "specversion": "1.0", "id": "1", "source": "/orders", "type": "com.example.placed.v1",
            "time": "2026-01-15T09:00:00Z", "dataref": "fairlead:event:harbour#abc",
            "tenantid": tenant, "partnerid": "crm", "correlationid": "r-1",
        });
        Work {
            matter: Matter {
                tenant: tenant.parse().unwrap(),
                only: None,
                event: serde_json::from_value(event).unwrap(),
            },
            from: 0,
            has_waited,
        }
    }

    fn of(tenant: &str, count: usize, has_waited: bool) -> impl Iterator<Item = Work> {
        (0..count).map(move |_| work(tenant, has_waited))
    }

    #[test]
    fn a_noisy_tenant_waits_in_its_backlog_and_a_quiet_one_never() {
        let batch = of("noisy", 9, false).chain(of("quiet", 1, false));
        let (now, later) = shared(batch.collect());
        assert_eq!((now.len(), later.len()), (6, 4));
        assert!(
            later
                .iter()
                .all(|work| work.matter.tenant.as_str() == "noisy")
        );
    }

    #[test]
    fn whoever_is_alone_or_waited_before_is_served() {
        assert_eq!(shared(of("noisy", 10, false).collect()).1.len(), 0);
        let batch = of("noisy", 9, true).chain(of("quiet", 1, false));
        assert_eq!(shared(batch.collect()).1.len(), 0);
    }
}
