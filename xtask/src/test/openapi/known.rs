//! What schemathesis is told of what there is: asked for what is made up, the API answers that there is
//! no such thing, and shows nothing of its other answers.

use fairlead_end_to_end::known::{Known, PURPOSE};
use serde_json::{Value, json};

/// A configuration by which every other id is of something that there is.
pub(super) fn configuration(known: &Known) -> String {
    let Known {
        profile_id,
        ended,
        open,
        ..
    } = known;
    format!(
        r#"[dictionaries]
profiles = {{ values = ["{profile_id}"] }}
erasures = {{ values = ["{ended}", "{open}"] }}
purposes = {{ values = ["{PURPOSE}"] }}

[parameters]
"path.profile_id" = {{ dictionary = "profiles", probability = 0.5 }}
"path.erasure_id" = {{ dictionary = "erasures", probability = 0.5 }}
"path.purpose" = {{ dictionary = "purposes", probability = 0.5 }}
"header.Fairlead-Purpose" = {{ dictionary = "purposes", probability = 0.5 }}

# What is too large is refused as such.
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429", "5xx"]
"#
    )
}

/// Puts the known address into the description's example of whom a partner can ask for: what a body is made
/// of is one of several forms, into which no dictionary reaches.
pub(super) fn show(description: &mut Value, known: &Known) {
    let content = "/paths/~1v1~1profiles~1resolve/post/requestBody/content/application~1json";
    let content = description.pointer_mut(content);
    if let Some(content) = content.and_then(Value::as_object_mut) {
        content.remove("examples");
        content.insert("example".to_owned(), json!({ "email": known.email }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known {
            profile_id: "prf_1".to_owned(),
            email: "nora@example.com".to_owned(),
            ended: "era_1".to_owned(),
            open: "era_2".to_owned(),
        }
    }

    #[test]
    fn what_there_is_is_named() {
        let configuration = configuration(&known());
        assert!(configuration.contains(r#"profiles = { values = ["prf_1"] }"#));
        assert!(configuration.contains(r#"erasures = { values = ["era_1", "era_2"] }"#));
    }

    #[test]
    fn an_example_asks_for_somebody_who_is_there() {
        let example = json!({ "example": { "external_id": "C-17" } });
        let body = json!({ "content": { "application/json": example } });
        let mut description = json!({
            "paths": { "/v1/profiles/resolve": { "post": { "requestBody": body } } },
        });
        show(&mut description, &known());
        let shown = description.to_string();
        assert!(shown.contains("nora@example.com") && !shown.contains("C-17"));
        // To people there is no such route.
        show(&mut json!({ "paths": {} }), &known());
    }
}
