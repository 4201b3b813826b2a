//! The routes, by whom they are for.

pub(crate) mod anybody;
pub(crate) mod machines;
pub(crate) mod operators;
pub(crate) mod people;

use identity::ErasureId;
use lambda_kit::{http::Request, problem::Problem};

use crate::problems;

/// The erasure that the path names. What can't be an id is the id of none: an answer of its own
/// would only help whoever guesses.
fn erasure_id(request: &Request) -> Result<ErasureId, Problem> {
    let id = request.path_parameter("erasure_id");
    id.and_then(|id| id.parse().ok())
        .ok_or_else(problems::no_such_erasure)
}
