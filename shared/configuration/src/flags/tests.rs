use serde_json::json;

use super::*;

fn flags(flags: &[(&str, Option<&str>, bool)]) -> FlagSet {
    let mut published = Published::default();
    for (n, (name, tenant, enabled)) in flags.iter().enumerate() {
        let mut flag = json!({ "name": name, "enabled": enabled });
        if let Some(tenant) = tenant {
            flag["tenant"] = (*tenant).into();
        }
        let id = format!("a0C5f00002J9Y{n:02}").parse().unwrap();
        published.apply(KIND, &id, Some(&flag));
    }
    FlagSet::of(&published)
}

#[test]
fn what_is_said_for_a_tenant_counts_more_than_what_is_said_for_all() {
    let flags = flags(&[
        ("webhooks", None, true),
        ("webhooks", Some("harbour"), false),
    ]);
    assert_eq!(flags.is_on("webhooks", "harbour"), Some(false));
    assert_eq!(flags.is_on("webhooks", "airport"), Some(true));
    assert_eq!(flags.is_on("others", "harbour"), None);
}

#[test]
fn flags_that_contradict_each_other_say_nothing() {
    let flags = flags(&[
        ("webhooks", None, true),
        ("webhooks", Some("harbour"), false),
        ("webhooks", Some("harbour"), true),
    ]);
    assert_eq!(flags.is_on("webhooks", "harbour"), None);
    assert_eq!(flags.is_on("webhooks", "airport"), Some(true));
}
