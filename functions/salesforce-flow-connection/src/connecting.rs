//! Making what has to be there of what is there.

use flow::{Act, Expected, Flows, Made};

use crate::{
    App, Failure,
    request::{Request, Wanted},
};

/// Makes the connection and the flows, or makes them as they have to be, and removes those that are not wanted
/// any more. Done twice, it is done once.
pub(crate) async fn connect(app: &App, request: &Request, wanted: &Wanted) -> Result<(), Failure> {
    let token = request.token();
    let flows = &wanted.flows;
    if app.profiles.make(flows, &token).await? == Made::Before {
        let signed_in = app.signer.sign_in(flows, &token).await?;
        done("sign in", signed_in)?;
    }
    for flow in flows.each() {
        set_up(app, request, wanted, &flow).await?;
    }
    let old = request.old_properties.as_ref();
    let old = old.and_then(|old| old.wanted().ok());
    match old {
        Some(old) => remove_what_is_gone(app, &old.flows, flows).await,
        None => Ok(()),
    }
}

async fn set_up(
    app: &App,
    request: &Request,
    wanted: &Wanted,
    flow: &Expected,
) -> Result<(), Failure> {
    let token = request.token();
    let key = wanted.flows.key_arn.as_deref();
    let seen = app.reader.look(&flow.name).await?;
    let is_active = match seen {
        None => {
            // One that is there by now was made by this request, when it was cut off.
            app.maker.make(flow, key, &token).await?;
            false
        }
        Some(seen) => {
            // One that was changed and started before this run was cut off is let be: under the same token
            // AppFlow would not start it again.
            let is_changed = !seen.shape.differs_from(&flow.shape).is_empty();
            if is_changed {
                done("stop a flow", app.updater.stop(&flow.name).await?)?;
                done("change a flow", app.updater.update(flow, &token).await?)?;
            }
            seen.is_active() && !is_changed
        }
    };
    if wanted.is_active && !is_active {
        done("start a flow", app.starter.start(&flow.name, &token).await?)?;
    }
    Ok(())
}

async fn remove_what_is_gone(app: &App, old: &Flows, new: &Flows) -> Result<(), Failure> {
    for flow in old.each() {
        if new.named(&flow.name).is_none() {
            app.remover.remove(&flow.name).await?;
        }
    }
    if old.profile != new.profile {
        app.profiles.remove(&old.profile).await?;
    }
    Ok(())
}

/// Removes the flows, and then what they reach Salesforce by.
pub(crate) async fn disconnect(app: &App, flows: &Flows) -> Result<(), Failure> {
    for flow in flows.each() {
        app.remover.remove(&flow.name).await?;
    }
    app.profiles.remove(&flows.profile).await?;
    Ok(())
}

const fn done(what: &'static str, act: Act) -> Result<(), Failure> {
    match act {
        Act::Done => Ok(()),
        Act::Refused(cause) => Err(Failure::Refused { what, cause }),
    }
}
