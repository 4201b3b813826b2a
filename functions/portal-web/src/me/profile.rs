//! Somebody's own profile, which they may change.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use http::{Method, StatusCode};
use serde_json::{Map, Value};

use super::wire::ProfileResponse;
use crate::{
    api::{Answer, Refusal, Sent, Upon},
    config::Portal,
    failure::{Answered, Failure},
    form::{Fields, Form, Query},
    visit::Visit,
};

/// What may be changed here, with how browsers fill it in (HTML, `autocomplete`) and the kind of input.
const FIELDS: [(&str, &str, &str); 7] = [
    ("given_name", "given-name", "text"),
    ("family_name", "family-name", "text"),
    ("display_name", "nickname", "text"),
    ("birthdate", "bday", "date"),
    ("country", "country", "text"),
    ("locale", "language", "text"),
    ("time_zone", "off", "text"),
];

/// A field as it stands in the form.
struct Field {
    name: &'static str,
    autocomplete: &'static str,
    kind: &'static str,
    value: String,
    /// What the record says by now, where it was changed elsewhere in the meantime.
    elsewhere: Option<String>,
    /// What is wrong with it, in the API's words.
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "me/profile.html")]
struct Page<'a> {
    v: &'a Visit,
    profile: &'a ProfileResponse,
    fields: Vec<Field>,
    /// The version that is shown, upon which a change builds.
    version: &'a str,
    is_saved: bool,
    is_conflict: bool,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(query): Query,
) -> Answered {
    let profile: Answer<ProfileResponse> = visit.api(&portal)?.get("/v1/me").await?;
    let fields = FIELDS.map(|each| field(each, profile.body.field(each.0)));
    visit.page(&Page {
        v: &visit,
        profile: &profile.body,
        fields: fields.into(),
        version: profile.etag.as_deref().unwrap_or_default(),
        is_saved: query.has("saved"),
        is_conflict: false,
    })
}

pub(crate) async fn save(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Form(form): Form,
) -> Answered {
    let api = visit.api(&portal)?;
    let profile: Answer<ProfileResponse> = api.get("/v1/me").await?;
    let sent = Sent {
        body: Some(patch(&form, &profile.body).to_string()),
        upon: Upon::Version(form.get("version")),
        key: Some(form.get("key")),
        ..Sent::default()
    };
    let saved = api.send::<Value>(Method::PATCH, "/v1/me", sent).await;
    let mut fields: Vec<Field> = FIELDS.map(|each| field(each, form.get(each.0))).into();
    let is_conflict = match saved {
        Ok(_) => return Ok(Redirect::to("/me/profile?saved=1").into_response()),
        Err(Refusal::Problem(problem)) if problem.name() == "stale-version" => {
            for field in &mut fields {
                let now = profile.body.field(field.name);
                field.elsewhere = (now != field.value).then(|| now.to_owned());
            }
            true
        }
        Err(Refusal::Problem(problem)) if problem.status == 400 => {
            let told = problem.field.as_deref().unwrap_or_default();
            let blamed = fields
                .iter_mut()
                .find(|field| told.trim_start_matches('/') == field.name);
            let blamed = blamed.ok_or_else(|| Failure::Refused(problem.clone()))?;
            blamed.problem = Some(problem.detail.unwrap_or_default());
            false
        }
        Err(refusal) => return Err(refusal.into()),
    };
    let status = if is_conflict {
        StatusCode::CONFLICT
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = Page {
        v: &visit,
        profile: &profile.body,
        fields,
        // Saved again, it is on top of what is shown now. A problem leaves it on top of what was seen.
        version: if is_conflict {
            profile.etag.as_deref().unwrap_or_default()
        } else {
            form.get("version")
        },
        is_saved: false,
        is_conflict,
    };
    visit.page_with(status, &page)
}

fn field(
    (name, autocomplete, kind): (&'static str, &'static str, &'static str),
    value: &str,
) -> Field {
    Field {
        name,
        autocomplete,
        kind,
        value: value.to_owned(),
        elsewhere: None,
        problem: None,
    }
}

/// A merge patch of what the form says otherwise than the record. What is empty is removed.
fn patch(form: &Fields, profile: &ProfileResponse) -> Value {
    let changed = FIELDS.iter().map(|(name, ..)| (*name, form.get(name)));
    let changed = changed.filter(|(name, value)| profile.field(name) != *value);
    let patch: Map<String, Value> = changed
        .map(|(name, value)| {
            let value = if value.is_empty() {
                Value::Null
            } else {
                value.into()
            };
            (name.to_owned(), value)
        })
        .collect();
    patch.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_names_what_is_changed_and_nothing_else() {
        let profile = json!({ "given_name": "Ada", "country": "CH", "version": 3 });
        let profile: ProfileResponse = serde_json::from_value(profile).unwrap();
        let form = Fields::parse(b"given_name=Ada&family_name=L%C3%B6we&country=&locale=");
        assert_eq!(
            patch(&form, &profile),
            json!({ "family_name": "L\u{f6}we", "country": null })
        );
    }
}
