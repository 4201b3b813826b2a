//! The HTTP API, as the API itself describes it to whoever is signed in; and trying it with their own token.

mod description;
mod trying;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use http::StatusCode;

use self::{
    description::{Description, Operation, Parameter, Tag},
    trying::{Field, Outcome, Trial, Unsendable},
};
use crate::{
    api::{Answer, Caller},
    config::Portal,
    failure::{Answered, Failure},
    form::Form,
    visit::Visit,
};

/// Where operators find it, and where people do: by the address one signs in as the one or the other.
const OPERATORS: &str = "/ops/api";
const PEOPLES: &str = "/me/api";

#[derive(Template)]
#[template(path = "reference/list.html")]
struct List<'a> {
    v: &'a Visit,
    home: &'static str,
    /// The operations by whom they are for.
    groups: Vec<(&'a Tag, Vec<Operation<'a>>)>,
}

#[derive(Template)]
#[template(path = "reference/operation.html")]
struct One<'a> {
    v: &'a Visit,
    home: &'static str,
    operation: Operation<'a>,
    /// What stands in the form.
    trial: Trial,
    /// What was answered to it.
    outcome: Option<Outcome>,
    /// What of it can't be sent.
    unsendable: Option<Unsendable>,
}

impl<'a> One<'a> {
    /// Each parameter with its field.
    fn fields(&self) -> Vec<(Parameter<'a>, &Field)> {
        let parameters = self.operation.parameters().into_iter();
        parameters.zip(&self.trial.fields).collect()
    }
}

/// What somebody can use of the API.
pub(crate) async fn list(State(portal): State<Arc<Portal>>, visit: Visit) -> Answered {
    let (home, api) = asked(&portal, &visit)?;
    let description = description(api).await?;
    let operations = description.operations();
    let of = |tag: &Tag| {
        let operations = operations.iter().copied();
        operations
            .filter(|each| each.is_first_for(&tag.name))
            .collect::<Vec<_>>()
    };
    let groups = description.tags.iter().map(|tag| (tag, of(tag)));
    visit.page(&List {
        v: &visit,
        home,
        groups: groups.filter(|(_, all)| !all.is_empty()).collect(),
    })
}

/// One operation: what it takes and answers, and a form to try it by.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Answered {
    let (home, api) = asked(&portal, &visit)?;
    let description = description(api).await?;
    let operation = description.operation(&id).ok_or(Failure::NotFound)?;
    visit.page(&One {
        v: &visit,
        home,
        operation,
        trial: Trial::with_examples(&operation, visit.tenant().ok(), visit.key()),
        outcome: None,
        unsendable: None,
    })
}

/// Calls it with what stands in the form, in the name of whoever sent that.
pub(crate) async fn try_it(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Answered {
    let (home, api) = asked(&portal, &visit)?;
    let description = description(api).await?;
    let operation = description.operation(&id).ok_or(Failure::NotFound)?;
    let mut page = One {
        v: &visit,
        home,
        operation,
        trial: Trial::sent(&operation, &fields),
        outcome: None,
        unsendable: None,
    };
    match page.trial.request(&operation) {
        Ok(request) => {
            page.outcome = Some(Outcome::read(&api.ask(request).await?));
            visit.page(&page)
        }
        Err(unsendable) => {
            page.unsendable = Some(unsendable);
            visit.page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// Under which address it was asked for, and the API as whoever asked may ask it.
fn asked<'a>(portal: &'a Portal, visit: &'a Visit) -> Result<(&'static str, Caller<'a>), Failure> {
    if visit.is_at(OPERATORS) {
        Ok((OPERATORS, visit.operators_api(portal)?))
    } else {
        Ok((PEOPLES, visit.api(portal)?))
    }
}

async fn description(api: Caller<'_>) -> Result<Description, Failure> {
    let answer: Answer<Description> = api.get("/openapi.json").await?;
    Ok(answer.body)
}
