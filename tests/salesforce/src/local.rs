//! All of it on a port of this machine, beside a local stack.

mod cloud;
mod described;
mod routes;
mod state;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result};
use fairlead_end_to_end::listener::Listener;
use fairlead_end_to_end::stack::Stack;
use jiff::Timestamp;

use self::cloud::Cloud;
pub(crate) use self::state::State;
use crate::rest::Client;

/// The port that is taken when nobody names one.
pub const PORT: u16 = 4580;

/// How often the scheduled flow runs. On AWS it is once a minute at most.
const SCHEDULE: Duration = Duration::from_secs(2);

/// Where it is, and whom it lets in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The port of 127.0.0.1; with 0 the system chooses.
    pub port: u16,
    /// The account that the local stack is of.
    pub account: String,
    /// Its region.
    pub region: String,
    /// What the reader says who it is: id and secret.
    pub client: (&'static str, &'static str),
}

/// A Salesforce that ends with this value.
#[derive(Debug)]
pub struct LocalSalesforce {
    shared: Arc<Shared>,
    listener: Option<Listener>,
    url: String,
    flow: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    cloud: Mutex<Option<Arc<Cloud>>>,
    is_over: AtomicBool,
    /// Wakes the scheduled flow from its wait.
    end: (Mutex<()>, Condvar),
}

impl LocalSalesforce {
    /// Starts to listen. It tells nobody of edits until it is [attached](Self::attach) to a stack.
    pub fn start(settings: &Settings) -> Result<Self> {
        let (id, secret) = settings.client;
        let state = State::new(settings);
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            cloud: Mutex::new(None),
            is_over: AtomicBool::new(false),
            end: Default::default(),
        });
        let answering = Arc::clone(&shared);
        let port = (Ipv4Addr::LOCALHOST, settings.port);
        let listener = Listener::on(port, move |request| {
            Some(routes::answer(&answering, &request))
        })
        .with_context(|| format!("the port {} cannot be had", settings.port))?;
        let url = listener.url();
        shared.state().rest.client = Client {
            id: id.to_owned(),
            secret: secret.to_owned(),
            url: url.clone(),
        };
        let running = Arc::clone(&shared);
        let flow = thread::spawn(move || running.run_scheduled_flow());
        Ok(Self {
            shared,
            listener: Some(listener),
            url,
            flow: Some(flow),
        })
    }

    /// Where it is, without a path.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on edits go to the bus of `stack`, and outcomes come from its bucket.
    pub fn attach(&self, stack: Stack) -> Result<()> {
        let cloud = Cloud::of(stack)?;
        self.shared.state().attach(&cloud.described_flows()?)?;
        *self
            .shared
            .cloud
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(cloud));
        Ok(())
    }
}

impl Drop for LocalSalesforce {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
        self.shared.end.1.notify_all();
        drop(self.listener.take());
        if let Some(flow) = self.flow.take() {
            drop(flow.join());
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(clippy::disallowed_methods, reason = "edits are made at the true time")]
    fn now() -> Timestamp {
        Timestamp::now()
    }

    fn cloud(&self) -> Option<Arc<Cloud>> {
        let cloud = self.cloud.lock().unwrap_or_else(PoisonError::into_inner);
        cloud.clone()
    }

    /// Until the end, again and again. A stack that does not answer is asked again next time.
    fn run_scheduled_flow(&self) {
        while !self.is_over.load(Ordering::Acquire) {
            if let Some(cloud) = self.cloud()
                && let Err(error) = self.run_once(&cloud)
            {
                eprintln!("the local Salesforce: {error:#}");
            }
            let (lock, end) = &self.end;
            let guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
            drop(end.wait_timeout(guard, SCHEDULE));
        }
    }

    /// One run of the flow that brings outcomes. Nothing is locked while others are called: they call back.
    fn run_once(&self, cloud: &Cloud) -> Result<()> {
        let begins = self.state().outcomes_begin();
        let reports = match begins {
            None => return Ok(()),
            Some(Err(error)) => {
                let mut state = self.state();
                state.outcomes_ended(Err(error), Self::now())
            }
            Some(Ok(())) => {
                let files = cloud.outcomes()?;
                let new = self.state().unseen(files);
                if new.is_empty() {
                    return Ok(());
                }
                let mut files = Vec::new();
                for file in &new {
                    files.push(cloud.read(file)?);
                }
                let (run, copies) = self.state().take_outcomes(&new, &files, Self::now());
                if !run.rejected.is_empty() {
                    cloud.keep_rejected(&run.rejected_file()?, Self::now())?;
                }
                for event in copies {
                    cloud.put(&event)?;
                }
                let mut state = self.state();
                state.outcomes_ended(Ok(run), Self::now())
            }
        };
        for report in reports {
            cloud.tell(&report)?;
        }
        Ok(())
    }
}
