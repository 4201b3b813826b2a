//! The local stack: AWS's services on the loopback interface, from the Python package `ministack`.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use fairlead_end_to_end::http::Http;
use fairlead_end_to_end::stack::{Credentials, Stack};

use crate::Workshop;
use crate::install::PythonEnvironment;
use crate::instance::Instance;
use crate::job;
use crate::lock::Lock;
use crate::processes::{self, Group, MARK, end_marked};
use crate::stop::Stopped;

/// Where everything is deployed to.
pub(crate) const REGION: &str = "eu-central-1";
/// The account that everything belongs to.
pub(crate) const ACCOUNT: &str = "000000000000";
/// Opens nothing but a stack on the loopback interface of this machine.
const KEY: &str = "fairlead";

/// How long it may take to start; it needs a second.
const PATIENCE: Duration = Duration::from_mins(1);
const INTERVAL: Duration = Duration::from_millis(50);

/// A running local stack; it ends with this value.
pub(crate) struct LocalStack {
    instance: Instance,
    endpoint: String,
    child: Child,
    group: Group,
}

impl LocalStack {
    /// Starts it and waits until it answers.
    pub(crate) fn start(
        workshop: &Workshop,
        python: &PythonEnvironment,
        instance: Instance,
        port: u16,
    ) -> Result<Self> {
        let task = workshop.console.begin("start the local stack");
        let Ok(mut lock) = Lock::take(&instance.local_stack_lock())? else {
            bail!(
                "a local stack that an earlier `up` left behind still runs: `cargo xtask down` ends it"
            )
        };
        let endpoint = format!("http://127.0.0.1:{port}");
        let child = command(python, &instance, port, &endpoint)?
            .stdin(lock.share()?)
            .spawn()
            .context("the local stack cannot be started")?;
        let group = Group::led_by(&child)?;
        let mut stack = Self {
            instance,
            endpoint,
            child,
            group,
        };
        lock.name_holder(stack.child.id())?;
        stack.wait_until_ready(workshop)?;
        task.done(&format!(
            "{} (log: {})",
            stack.endpoint,
            stack.instance.local_stack_log().display()
        ));
        Ok(stack)
    }

    pub(crate) const fn instance(&self) -> &Instance {
        &self.instance
    }

    /// What others need to know of it, once the CDK app is deployed with these outputs.
    pub(crate) fn describe(&self, outputs: BTreeMap<String, String>) -> Stack {
        Stack {
            endpoint: self.endpoint.clone(),
            region: REGION.to_owned(),
            account: ACCOUNT.to_owned(),
            credentials: Credentials {
                access_key_id: KEY.to_owned(),
                secret_access_key: KEY.to_owned(),
            },
            outputs,
            log: self.instance.local_stack_log(),
        }
    }

    /// Lets a tool work on this stack, and on nothing else.
    pub(crate) fn point<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        without_aws(command)
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", KEY)
            .env("AWS_REGION", REGION)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            // Nor may a developer's own profiles have a say.
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    }

    /// An error if it has ended by itself.
    pub(crate) fn check_alive(&mut self) -> Result<()> {
        let Some(status) = self.child.try_wait()? else {
            return Ok(());
        };
        let log = fs::read_to_string(self.instance.local_stack_log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        bail!(
            "the local stack ended by itself ({status}). Its last lines:\n{}",
            job::last_of(&lines)
        )
    }

    fn wait_until_ready(&mut self, workshop: &Workshop) -> Result<()> {
        let http = Http::new();
        let url = format!("{}/_ministack/ready", self.endpoint);
        let mut waited = Duration::ZERO;
        while !http.get(&url).is_ok_and(|answer| answer.status == 200) {
            self.check_alive()?;
            if waited >= PATIENCE {
                bail!(
                    "the local stack does not answer at {url} after {} s",
                    PATIENCE.as_secs()
                );
            }
            if workshop.stop.wait(INTERVAL) {
                return Err(Stopped.into());
            }
            waited += INTERVAL;
        }
        Ok(())
    }

    /// Ends it with every function that it runs.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        self.group.end(&mut self.child, processes::PATIENCE)?;
        tidy_up(&self.instance)
    }
}

impl Drop for LocalStack {
    fn drop(&mut self) {
        // An error on the way is already on its way out, and matters more than one here.
        drop(self.end());
    }
}

/// The command that runs it, with an environment that is ours alone: it hands down to the functions
/// what it has itself.
fn command(
    python: &PythonEnvironment,
    instance: &Instance,
    port: u16,
    endpoint: &str,
) -> Result<Command> {
    let scratch = instance.scratch();
    fs::create_dir_all(&scratch)
        .with_context(|| format!("{} cannot be made", scratch.display()))?;
    let log = File::create(instance.local_stack_log())
        .context("the local stack's log cannot be written")?;
    let errors = log.try_clone().context("its log cannot be shared")?;
    let inherited = ["PATH", "HOME"].map(|name| Some((name, env::var_os(name)?)));
    let mut command = Command::new(python.program("python"));
    command
        .args(["-m", "ministack"])
        .env_clear()
        .envs(inherited.into_iter().flatten())
        .envs([("BIND_HOST", "127.0.0.1"), ("MINISTACK_HOST", "127.0.0.1")])
        .env("GATEWAY_PORT", port.to_string())
        .envs([
            ("MINISTACK_REGION", REGION),
            ("MINISTACK_ACCOUNT_ID", ACCOUNT),
        ])
        // The functions are given this as the address of every service.
        .env("AWS_ENDPOINT_URL", endpoint)
        .envs([("AWS_ACCESS_KEY_ID", KEY), ("AWS_SECRET_ACCESS_KEY", KEY)])
        .env("AWS_DEFAULT_REGION", REGION)
        // As on AWS, a function may do what its role grants, and nothing else.
        .env("AUTH", "true")
        // It keeps nothing outside its own folder, and no listeners beside its own port.
        .env("TMPDIR", &scratch)
        .env("STATE_DIR", scratch.join("state"))
        .envs([("SFTP_ENABLED", "0"), ("IOT_MTLS_ENABLED", "0")])
        // It would look for containers of its own in any Docker that runs here.
        .env(
            "DOCKER_HOST",
            format!("unix://{}", scratch.join("no-docker").display()),
        )
        .env(MARK, instance.mark())
        .stdout(log)
        .stderr(errors)
        .process_group(0);
    Ok(command)
}

/// Removes what a local stack that has ended left behind.
pub(crate) fn tidy_up(instance: &Instance) -> Result<()> {
    end_marked(&instance.mark())?;
    drop(fs::remove_file(instance.description()));
    match fs::remove_dir_all(instance.scratch()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error)
            .with_context(|| format!("{} cannot be removed", instance.scratch().display())),
        _ => Ok(()),
    }
}

/// Takes a developer's settings for AWS and for proxies out of a tool's environment.
fn without_aws(command: &mut Command) -> &mut Command {
    for (name, _) in env::vars_os() {
        let upper = name.to_string_lossy().to_uppercase();
        if upper.starts_with("AWS_") || upper.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    command
}
