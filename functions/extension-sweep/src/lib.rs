//! In comes the hour; out goes what is not as it is to be of tenants' hosts and functions: each is reported, and
//! extension-register is told to mend it. Tenants are gone through by their names, some in each run; a run that has
//! no time left leaves the place to the next.

mod orphans;

use std::time::Duration;

use aws_types::SdkConfig;
use extension::{
    ExtensionReader, HostLooker, HostValues, HostedTenants, HostingError, Kind, RegistryError,
    Task, TaskSender,
    registry::{Extension, ExtensionState, Host, HostState, Names},
};
use lambda_kit::{
    Invocation,
    batch::RESERVE,
    clock::Clock,
    config::{ConfigError, Environment},
    cursor::{CursorKind, CursorStore},
    error::ServiceError,
    metric::Metrics,
    planted,
};
use serde::Serialize;
use tenancy::TenantId;
use tokio::time::{Interval, MissedTickBehavior};

use crate::orphans::{OrphanFinder, Orphans};

/// Behind which tenant the next run goes on. A place that is not gone on from for that long is begun anew.
const PLACE: CursorKind = CursorKind {
    key: "extension-sweep#cursor",
    retention: Duration::from_hours(7 * 24),
};

/// As often as this a tenant is looked at. Looking takes some eight calls, of Lambda and IAM three each: IAM answers
/// an account a few dozen reads in a second, and the rest is for whoever deploys.
const PACE: Duration = Duration::from_millis(250);

/// As many tenants as are listed at once.
const PAGE: i32 = 100;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    tenants: HostedTenants,
    reader: ExtensionReader,
    looker: HostLooker,
    orphans: OrphanFinder,
    tasks: TaskSender,
    cursors: CursorStore<TenantId>,
    metrics: Metrics,
    clock: Clock,
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Swept {
    /// Tenants that were looked at.
    pub tenants: u64,
    /// Those of which something is not as it is to be.
    pub drifted: u64,
    /// What is there and of nobody.
    pub orphans: u64,
    /// Whether it got to the last tenant; if not, the next run goes on.
    pub finished: bool,
}

/// Why a run ended early. The next one goes on from the same place.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The rows can't be read.
    #[error("what is registered can't be read")]
    Registry(#[from] RegistryError),
    /// Hosts can't be looked at.
    #[error("hosts can't be looked at")]
    Hosting(#[from] HostingError),
    /// The place can't be read or written, or nobody can be told to mend anything.
    #[error("the sweep can't go on")]
    Service(#[from] ServiceError),
}

impl App {
    /// Reads `DIRECTORY_TABLE`, `LEDGER_TABLE`, `EXTENSION_UPLOADS_QUEUE_URL`, `EXTENSION_HOSTS`,
    /// `EXTENSION_PREFIX` and `EXTENSION_LOGS`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let queue = environment.required("EXTENSION_UPLOADS_QUEUE_URL")?;
        let names = Names::from_environment(environment)?;
        let values = HostValues::from_environment(environment)?;
        Ok(Self {
            tenants: HostedTenants::new(sdk, directory),
            reader: ExtensionReader::new(sdk, directory),
            looker: HostLooker::new(sdk, names.clone(), values)?,
            orphans: OrphanFinder::new(sdk, names),
            tasks: TaskSender::new(sdk, queue),
            cursors: CursorStore::new(sdk, ledger, PLACE, clock.clone()),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Goes through the tenants until the last of them or until the time is up, and after the last one looks for what is
/// nobody's.
pub async fn handle(app: &App, invocation: &Invocation) -> Result<Swept, SweepError> {
    let cursor = app.cursors.load().await?;
    let mut after = cursor.next.clone();
    let mut done = Swept::default();
    let walked = Box::pin(walk(app, invocation, &mut after, &mut done)).await;
    app.metrics.count("extension_hosts_looked_at", done.tenants);
    app.metrics.count("extension_hosts_drifted", done.drifted);
    app.metrics.count("extension_orphans", done.orphans);
    if after != cursor.next {
        app.cursors.save(&cursor, after).await?;
    }
    walked.map(|()| done)
}

/// `after` is the last tenant that is done.
async fn walk(
    app: &App,
    invocation: &Invocation,
    after: &mut Option<TenantId>,
    done: &mut Swept,
) -> Result<(), SweepError> {
    let mut interval = paced();
    loop {
        let page = app.tenants.page(after.as_ref(), PAGE).await?;
        for tenant in page.tenants {
            if invocation.is_running_out(&app.clock, RESERVE) {
                return Ok(());
            }
            interval.tick().await;
            done.tenants += 1;
            if !is_in_order(app, &tenant).await? {
                done.drifted += 1;
                app.tasks
                    .send(&Task::Mend {
                        tenant: tenant.clone(),
                    })
                    .await?;
            }
            *after = Some(tenant);
        }
        if !page.has_more {
            break;
        }
    }
    done.orphans = orphans(app, invocation).await?;
    *after = None;
    done.finished = true;
    Ok(())
}

/// Ticks as often as tenants may be looked at.
fn paced() -> Interval {
    let mut interval = tokio::time::interval(PACE);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// Whether all that runs a tenant's extensions is as it is to be, and whether whoever has to know knows. What is
/// being made or removed is looked after as well: whoever does that may have been cut off for good.
async fn is_in_order(app: &App, tenant: &TenantId) -> Result<bool, SweepError> {
    let mut is_in_order = true;
    for extension in app.reader.all(tenant).await? {
        is_in_order &= extension.state != ExtensionState::Removing && extension.is_told();
        is_in_order &= has_its_function(app, &extension).await?;
    }
    let host = app.reader.host(tenant).await?;
    let Some(host) = host.filter(|host| host.state == HostState::Ready) else {
        return Ok(false);
    };
    Ok(is_in_order && is_as_it_should_be(app, &host).await?)
}

async fn is_as_it_should_be(app: &App, host: &Host) -> Result<bool, SweepError> {
    let Some(resources) = &host.resources else {
        return Ok(false);
    };
    if planted::is_on("host-believed-to-be-there") {
        return Ok(true);
    }
    let drift = app
        .looker
        .look(&host.tenant, host.ordered, resources)
        .await?;
    for each in &drift {
        tracing::warn!(tenant.id = %host.tenant, drift = %each, "a host is not as it is to be");
    }
    Ok(drift.is_empty())
}

async fn has_its_function(app: &App, extension: &Extension) -> Result<bool, SweepError> {
    let active = extension
        .active
        .as_ref()
        .filter(|_| extension.kind == Some(Kind::Lambda));
    let Some(active) = active else {
        return Ok(true);
    };
    let version = app
        .reader
        .version(&extension.tenant, &extension.name, active)
        .await?;
    let Some(version) = version else {
        return Ok(false);
    };
    let drift = app
        .looker
        .look_at_function(&extension.tenant, &version.manifest)
        .await?;
    for each in &drift {
        tracing::warn!(tenant.id = %extension.tenant, drift = %each, "a function is not as it is to be");
    }
    Ok(drift.is_empty())
}

/// Has removed what bears a tenant's or an extension's name and is of none.
async fn orphans(app: &App, invocation: &Invocation) -> Result<u64, SweepError> {
    let Orphans { hosts, functions } = app.orphans.find(invocation, &app.clock).await?;
    let mut found = 0;
    for tenant in hosts {
        if app.reader.host(&tenant).await?.is_none() {
            tracing::warn!(tenant.id = %tenant, "there is a host of a tenant that has none");
            app.tasks.send(&Task::Mend { tenant }).await?;
            found += 1;
        }
    }
    for (tenant, extension) in functions {
        if app.reader.find(&tenant, &extension).await?.is_none() {
            tracing::warn!(tenant.id = %tenant, extension = %extension, "there is a function of an extension that is not there");
            app.tasks.send(&Task::Sweep { tenant, extension }).await?;
            found += 1;
        }
    }
    Ok(found)
}
