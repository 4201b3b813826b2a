//! A few histories, as each change is tested by.
#![allow(clippy::unwrap_used, reason = "a test stops at once")]

use fairlead_isolation_proof::{cast::TENANTS, history::history, roles, seen::Sight};

#[test]
fn nothing_of_a_tenant_is_seen_by_another_one_and_no_role_opens_what_is_not_its_own() {
    let (mut sight, mut asked) = (Sight::default(), std::collections::BTreeMap::new());
    for seed in 1..=6 {
        let told = history(seed);
        assert_eq!(told.violations, Vec::<String>::new());
        sight.add(told.sight);
        for (tenant, of_it) in told.asked {
            let all: &mut std::collections::BTreeSet<_> = asked.entry(tenant).or_default();
            all.extend(of_it);
        }
    }
    assert_eq!(sight.wrong, 0);
    assert_eq!(sight.own.len(), TENANTS.len(), "each tenant saw its own");
    assert_eq!(roles::hold(&asked).violations, Vec::<String>::new());
}
