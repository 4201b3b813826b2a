//! `cargo xtask up`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use console::style;
use fairlead_end_to_end::command_line::CommandLine;
use fairlead_end_to_end::fairlead::Fairlead;
use fairlead_end_to_end::hosted_login::FULL_SCOPES;
use fairlead_end_to_end::interop::Clients;
use fairlead_end_to_end::running::Running;
use fairlead_end_to_end::seed;
use fairlead_end_to_end::walk::{self, Progress, Step, Tools};
use fairlead_salesforce_local::local::PORT as SALESFORCE;
use serde_json::json;

use crate::Workshop;
use crate::build;
use crate::console::{Output, Task};
use crate::extensions;
use crate::install::INTEROP;
use crate::instance::Instance;
use crate::local_world::{LocalWorld, Ports, raise};
use crate::lock::{Holder, Lock};
use crate::pages::PORT as PAGES;
use crate::preflight;

/// How often it is looked whether the local stack is still there.
const ATTENTION: Duration = Duration::from_millis(500);

/// A verifier for trying the login by hand (RFC 7636, appendix B), and its challenge.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[derive(Args)]
pub(crate) struct Options {
    /// End after the flows were walked
    #[arg(long)]
    once: bool,
    /// The port of 127.0.0.1 that everything is reached at
    #[arg(long, default_value_t = 4566)]
    port: u16,
    /// The port of 127.0.0.1 that the Salesforce beside it is reached at; with 0 the system chooses
    #[arg(long, default_value_t = SALESFORCE)]
    salesforce_port: u16,
    /// The port of 127.0.0.1 that browsers see the pages at; with 0 the system chooses
    #[arg(long, default_value_t = PAGES)]
    pages_port: u16,
    /// How to print what happens
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub(crate) output: Output,
    /// Where to keep what belongs to this run, if another one is up [default: .fairlead/up]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

pub(crate) fn run(workshop: &Workshop, options: &Options) -> Result<()> {
    let started = Instant::now();
    let instance = instance(workshop, options.folder.as_ref())?;
    let _lock = take_lock(&instance)?;
    preflight::node()?;
    preflight::python()?;
    preflight::port_is_free(options.port)?;

    workshop.console.say("Fairlead on this machine");
    let ports = Ports {
        stack: options.port,
        salesforce: options.salesforce_port,
        pages: options.pages_port,
    };
    let mut world = raise(workshop, instance, &ports)?;
    workshop.console.say("\nThe flows, once");
    walk_flows(workshop, &world.running)?;
    if !options.once {
        let fairlead = Fairlead::on(world.running.stack.clone())?;
        let token = world.stack.instance().operator_token();
        keep_operator_token(&fairlead, &token)?;
        let beside = [world.salesforce.url(), &world.pages.url()];
        tell_how_to_use(workshop, (&fairlead, beside), (&token, started.elapsed()))?;
        stay(workshop, &mut world)?;
    }
    world.stack.stop()?;
    let seconds = started.elapsed().as_secs_f64();
    workshop.console.say(format_args!(
        "\nFairlead is down. All in all {seconds:.1} s."
    ));
    workshop
        .console
        .tell(&json!({ "down": true, "seconds": seconds }));
    Ok(())
}

/// The instance in `folder`, or the one that is meant when nobody names one.
pub(crate) fn instance(workshop: &Workshop, folder: Option<&PathBuf>) -> Result<Instance> {
    match folder {
        Some(folder) => Instance::at(folder),
        None => Instance::at(&workshop.checkout.state().join("up")),
    }
}

fn take_lock(instance: &Instance) -> Result<Lock> {
    match Lock::take(&instance.lock())? {
        Ok(mut lock) => {
            lock.name_holder(process::id())?;
            Ok(lock)
        }
        Err(Holder::Process(Some(id))) => {
            bail!(
                "Fairlead is already up from this checkout (process {id}): `cargo xtask down` ends it"
            )
        }
        Err(_) => bail!("Fairlead is just starting from this checkout: `cargo xtask down` ends it"),
    }
}

/// Walks on another thread, so that an interrupt does not have to wait for an answer.
fn walk_flows(workshop: &Workshop, running: &Running) -> Result<()> {
    let tools = Tools {
        clients: Clients::of(INTEROP.install(workshop)?.program("python")),
        command_line: CommandLine::of(build::command_line(workshop), extensions::folder(workshop)),
    };
    let (sender, progress) = channel();
    let running = running.clone();
    let walk =
        thread::spawn(move || walk::walk(&running, tools, &mut |step| drop(sender.send(step))));
    let mut task: Option<Task> = None;
    loop {
        match progress.recv_timeout(ATTENTION) {
            Ok(Progress::Begun(name)) => task = Some(workshop.console.begin(name)),
            Ok(Progress::Done(Step { result, .. })) => {
                if let Some(task) = task.take() {
                    task.done(&result);
                }
            }
            Err(RecvTimeoutError::Timeout) => workshop.stop.check()?,
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    walk.join()
        .unwrap_or_else(|_| Err(anyhow!("the walk panicked; the lines above tell where")))
}

/// Until it is told to end, or the local stack ends by itself.
fn stay(workshop: &Workshop, world: &mut LocalWorld) -> Result<()> {
    while !workshop.stop.wait(ATTENTION) {
        world.stack.check_alive()?;
    }
    Ok(())
}

/// For operators who have no browser at hand: nobody else on this machine reads it.
fn keep_operator_token(fairlead: &Fairlead, path: &Path) -> Result<()> {
    let tokens = fairlead.sign_in_operator(&seed::operator())?;
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(file.write_all(tokens.access.as_bytes())?)
}

fn tell_how_to_use(
    workshop: &Workshop,
    (fairlead, [salesforce, pages]): (&Fairlead, [&str; 2]),
    (operator_token, took): (&Path, Duration),
) -> Result<()> {
    let stack = &fairlead.stack;
    let api = format!("{}/v1/me", stack.api_url()?);
    let login = fairlead.login.authorize_url(FULL_SCOPES, CHALLENGE);
    let [ada, ben] = seed::people();
    let token = format!("{}/oauth2/token", stack.login_url());
    let (client, callback) = (&fairlead.login.client_id, &fairlead.login.redirect_uri);
    let operators_client = stack.output("OperatorsClientId")?;
    workshop.console.tell(&json!({ "ready": { "api": api, "pages": pages, "login": login, "token": token, "seconds": took.as_secs_f64() } }));
    workshop.console.say(format_args!(
        "\n{title}\n\
         \n  Pages          {pages}/\
         \n    for people, as {ada} or {ben}, and for operators, as {olga}; the password of each is {password}\
         \n\n  Profile API    {api}\
         \n  Hosted login   {login}\
         \n\n  To sign in without the pages, open the hosted login as {ada} or {ben}\
         \n  It sends the browser to {callback}?code=…, where nothing listens; the code buys a token:\
         \n\n    curl -s {token} -d grant_type=authorization_code -d client_id={client} \\\
         \n      -d redirect_uri={callback} -d code_verifier={VERIFIER} -d code=…\
         \n    curl -s '{api}' -H 'Authorization: Bearer <access_token>'\
         \n\n  From a terminal, as the operator {olga} (docs/command-line.md):\
         \n\n    export FAIRLEAD_URL='{url}' FAIRLEAD_LOGIN_URL={login_url} FAIRLEAD_CLIENT_ID={operators_client}\
         \n    cargo run -q -p fairlead -- login    # or without a browser, for an hour:\
         \n    export FAIRLEAD_TOKEN=\"$(cat '{operator_token}')\"\
         \n    cargo run -q -p fairlead -- partners list\
         \n\n  Salesforce, where operators edit what the contact centre goes by, and where flows can be broken:\
         \n\n    {salesforce}/\
         \n    cargo xtask salesforce edit Holiday__c Name='New Year' From__c=2031-01-01\
         \n    cargo xtask salesforce break outcomes suspended\
         \n\n  Ctrl-C ends it, and so does `cargo xtask down`.",
        title = style(format!("Fairlead is up after {:.1} s.", took.as_secs_f64())).bold(),
        ada = ada.email,
        ben = ben.email,
        password = ada.password,
        olga = seed::operator().email,
        operator_token = operator_token.display(),
        url = stack.api_url()?,
        login_url = stack.login_url(),
    ));
    Ok(())
}
