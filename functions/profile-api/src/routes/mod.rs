//! The routes, laid out as the URL tree.

pub(crate) mod consents;
pub(crate) mod events;
pub(crate) mod me;
pub(crate) mod notices;
pub(crate) mod traits;

use std::borrow::Cow;

use event::Cause;
use lambda_kit::{http::Request, problem::Problem};

use crate::problems;

/// The largest body that is looked at, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// The body of a request whose media type is one of `takes`.
fn body<'a>(request: &'a Request, takes: &[&str]) -> Result<Cow<'a, [u8]>, Problem> {
    let content_type = request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !takes
        .iter()
        .any(|taken| taken.eq_ignore_ascii_case(media_type))
    {
        return Err(problems::media_type(&takes.join(" or ")));
    }
    request.body(MAX_BODY).map_err(problems::body)
}

/// What the change that this request makes follows from.
fn cause(request: &Request) -> Cause {
    Cause {
        request_id: request.id().to_owned(),
    }
}
