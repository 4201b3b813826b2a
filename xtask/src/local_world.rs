//! A whole Fairlead on this machine: built, started, deployed, seeded.

use std::thread;

use anyhow::{Result, anyhow};
use fairlead_end_to_end::fairlead::Fairlead;
use fairlead_end_to_end::running::Running;
use fairlead_end_to_end::salesforce::CLIENT;
use fairlead_end_to_end::seed;
use fairlead_salesforce_local::local::{LocalSalesforce, Settings};

use crate::Workshop;
use crate::build::{self, Profile};
use crate::instance::Instance;
use crate::local_stack::{ACCOUNT, LocalStack, REGION};
use crate::pages::Pages;
use crate::stop::Stopped;
use crate::{cdk, extensions, install};

/// A local stack with Fairlead on it.
pub(crate) struct LocalWorld {
    pub(crate) stack: LocalStack,
    pub(crate) salesforce: LocalSalesforce,
    pub(crate) pages: Pages,
    pub(crate) running: Running,
}

/// The ports of 127.0.0.1 that it takes; for 0 the system chooses one.
pub(crate) struct Ports {
    /// Of everything of AWS's.
    pub(crate) stack: u16,
    /// Of the Salesforce beside it.
    pub(crate) salesforce: u16,
    /// Of the pages.
    pub(crate) pages: u16,
}

/// Builds it from whatever state the checkout is in. What does not depend on each other is done at the same time.
pub(crate) fn raise(workshop: &Workshop, instance: Instance, ports: &Ports) -> Result<LocalWorld> {
    let salesforce = start_salesforce(ports.salesforce)?;
    let pages = Pages::start(ports.pages)?;
    let (packages, functions, clients, stack) = thread::scope(|scope| {
        let packages = scope.spawn(|| or_stop(workshop, install::CDK.install(workshop)));
        let functions = scope.spawn(|| or_stop(workshop, build_functions(workshop)));
        let clients = scope.spawn(|| or_stop(workshop, install_clients(workshop)));
        let stack = or_stop(workshop, start(workshop, instance, ports.stack));
        (packages.join(), functions.join(), clients.join(), stack)
    });
    let others = [joined(packages), joined(functions), joined(clients)];
    let stack = first_error(others, stack)?;
    thread::scope(|scope| {
        let bootstrap = scope.spawn(|| or_stop(workshop, cdk::bootstrap(workshop, &stack)));
        let beside = [salesforce.url(), &pages.url()];
        let synthesised = or_stop(workshop, cdk::synthesise(workshop, &stack, beside));
        first_error([joined(bootstrap.join())], synthesised)
    })?;
    let running = deploy(workshop, &stack, &salesforce, &pages)?;
    pages.lead_to(running.stack.api_url()?);
    Ok(LocalWorld {
        stack,
        salesforce,
        pages,
        running,
    })
}

/// The functions, and the tenant's own code that is pushed when the flows are walked.
fn build_functions(workshop: &Workshop) -> Result<()> {
    let names = build::functions(workshop, Profile::Dev)?;
    build::lay_out(workshop, &names)?;
    extensions::build_rust(workshop)
}

/// What walks the flows beside us.
fn install_clients(workshop: &Workshop) -> Result<()> {
    install::INTEROP.install(workshop).map(drop)
}

fn start(workshop: &Workshop, instance: Instance, port: u16) -> Result<LocalStack> {
    let python = install::LOCAL_STACK.install(workshop)?;
    LocalStack::start(workshop, &python, instance, port)
}

/// Functions are told where it is when they are deployed.
fn start_salesforce(port: u16) -> Result<LocalSalesforce> {
    LocalSalesforce::start(&Settings {
        port,
        account: ACCOUNT.to_owned(),
        region: REGION.to_owned(),
        client: CLIENT,
    })
}

fn deploy(
    workshop: &Workshop,
    stack: &LocalStack,
    salesforce: &LocalSalesforce,
    pages: &Pages,
) -> Result<Running> {
    let deployed = stack.describe(cdk::deploy(workshop, stack)?);
    let task = workshop.console.begin("seed the small world");
    let world = seed::seed(&Fairlead::on(deployed.clone())?)?;
    salesforce.attach(deployed.clone())?;
    let running = Running {
        stack: deployed,
        world,
        salesforce: Some(salesforce.url().to_owned()),
        pages: Some(pages.url()),
    };
    running.write(&stack.instance().description())?;
    task.done("two tenants with their partners, two people, and Salesforce");
    Ok(running)
}

/// Lets everything else stop if this failed.
fn or_stop<T>(workshop: &Workshop, result: Result<T>) -> Result<T> {
    if result.is_err() {
        workshop.stop.ask();
    }
    result
}

/// The value, unless something failed: then the failure that made the others stop.
fn first_error<T, const N: usize>(others: [Result<()>; N], result: Result<T>) -> Result<T> {
    let mut errors: Vec<anyhow::Error> = others.into_iter().filter_map(Result::err).collect();
    let value = match result {
        Ok(value) => Some(value),
        Err(error) => {
            errors.push(error);
            None
        }
    };
    errors.sort_by_key(anyhow::Error::is::<Stopped>);
    match (errors.into_iter().next(), value) {
        (Some(error), _) => Err(error),
        (None, Some(value)) => Ok(value),
        (None, None) => Err(Stopped.into()),
    }
}

fn joined(result: thread::Result<Result<()>>) -> Result<()> {
    result.unwrap_or_else(|_| {
        Err(anyhow!(
            "a part of this program panicked; the lines above tell where"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_failure_is_reported_and_not_what_it_stopped() {
        let error = first_error(
            [Err(Stopped.into()), Err(anyhow!("npm failed"))],
            Err::<(), _>(Stopped.into()),
        );
        assert_eq!(error.unwrap_err().to_string(), "npm failed");
    }

    #[test]
    fn without_a_failure_the_value_is_given() {
        assert_eq!(first_error([Ok(())], Ok(7)).unwrap(), 7);
    }
}
