//! `/v1/me/logins`

use identity::{
    LoginId,
    aws::{Login, LoginKind},
};
use lambda_kit::{
    http::{Request, Response},
    problem::Problem,
};
use profile::KnownLogin;
use token::Person;

use crate::{App, problems, representation};

/// `GET /v1/me/logins`: by which logins the caller gets in, over all their members.
pub(crate) async fn list(app: &App, caller: &Person) -> Result<Response, Problem> {
    Ok(representation::logins(&logins(app, caller).await?))
}

/// `DELETE /v1/me/logins/{login}`: one of them leads nowhere any more. One that is not the caller's,
/// or not any more, is no other answer: whether it is somebody's is not for the caller to learn.
pub(crate) async fn take_off(
    app: &App,
    request: &Request,
    caller: &Person,
) -> Result<Response, Problem> {
    let id = request.path_parameter("login").unwrap_or_default();
    let id: LoginId = id.parse().map_err(|_| problems::no_login())?;
    let logins = logins(app, caller).await?;
    let found = logins.iter().find(|(_, login)| login.id == id);
    let Some((known, found)) = found else {
        return Ok(Response::empty(204));
    };
    let LoginKind::Linked(login) = &found.kind else {
        return Err(problems::stays());
    };
    // Before the pool forgets the login: whoever comes again after this was cut off has to find it.
    let released = app.taken_off.take_off(known, login).await;
    released.map_err(|error| problems::profile(&error))?;
    let taken = app.logins.take_off(&found.username, login).await;
    taken.map_err(|error| problems::pool(&error))?;
    Ok(Response::empty(204))
}

/// Each login, with the user of the pool that it leads to.
async fn logins(app: &App, caller: &Person) -> Result<Vec<(KnownLogin, Login)>, Problem> {
    let known = app.partitions.logins(caller.member).await;
    let mut logins = Vec::new();
    for known in known.map_err(|error| problems::profile(&error))? {
        let ways_in = app.logins.of(&known.sub).await;
        let ways_in = ways_in.map_err(|error| problems::pool(&error))?;
        logins.extend(ways_in.into_iter().map(|login| (known.clone(), login)));
    }
    Ok(logins)
}
