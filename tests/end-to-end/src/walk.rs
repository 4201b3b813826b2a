//! The flows once through, as a newcomer, an inhabitant and a partner's machine live them.

mod audience;
mod edits;
mod erasure;
mod events;
mod extensions;
mod large;
mod operators;
mod partners;
mod salesforce;
mod sdk;
mod webhooks;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::command_line::CommandLine;
use crate::fairlead::Fairlead;
use crate::interop::Clients;
use crate::observe::Observer;
use crate::person::{Person, fresh_name};
use crate::profile_api::etag;
use crate::running::Running;
use crate::seed::{self, TENANT, World};
use crate::token;

/// The purpose that notifications need.
pub const PURPOSE: &str = "account-notices";

/// One step that went well.
#[derive(Clone, Debug)]
pub struct Step {
    /// What was done.
    pub name: &'static str,
    /// What came of it.
    pub result: String,
    /// How long it took.
    pub duration: Duration,
}

/// What the walk tells while it goes on.
#[derive(Clone, Debug)]
pub enum Progress {
    /// A step begins.
    Begun(&'static str),
    /// A step went well.
    Done(Step),
}

/// What others than the flows themselves are walked by.
#[derive(Clone, Debug)]
pub struct Tools {
    /// Clients that others wrote.
    pub clients: Clients,
    /// What operators have.
    pub command_line: CommandLine,
}

/// Walks the flows on a running stack, some by these `tools`; stops at the first step that fails.
pub fn walk(running: &Running, tools: Tools, report: &mut dyn FnMut(Progress)) -> Result<()> {
    let mut scene = Scene::set(running, tools)?;
    let mut steps = Steps { report };
    let newcomer = Person::newcomer("Grace")?;
    let [_, inhabitant] = seed::people();

    let machine = steps.take("the partner's machine gets a token", || {
        partners::token(&scene)
    })?;
    let device = steps.take("somebody visits whom nobody knows", || {
        partners::visit(&scene, &machine)
    })?;
    steps.take("an operator pushes code that runs on sign-ups", || {
        extensions::push(&scene)
    })?;
    steps.take("a person signs up", || sign_up(&scene, &newcomer))?;
    steps.take("they confirm their address", || confirm(&scene, &newcomer))?;
    steps.take("their profile is made", || make_profile(&scene, &newcomer))?;
    let grace = steps.take("they sign in by the hosted login", || {
        sign_in(&scene, &newcomer)
    })?;
    steps.take("their visit becomes theirs", || {
        partners::join(&scene, &grace, &device)
    })?;
    let mut grace = steps.take("they sign in again", || sign_in(&scene, &newcomer))?;
    steps.take("they read their profile", || {
        read_profile(&scene, &mut grace)
    })?;
    steps.take("the tenant's code ran on their sign-up", || {
        extensions::ran(&mut scene, &grace)
    })?;
    steps.take("they read what it noted of them", || {
        extensions::noted(&scene, &mut grace)
    })?;
    steps.take("they consent to notices", || {
        decide(&scene, &grace, "granted")
    })?;
    steps.take("they edit their profile", || {
        edits::edit(&scene, &mut grace, "Captain Grace")
    })?;
    steps.take("they are notified", || {
        edits::is_notified(&mut scene, &grace)
    })?;
    steps.take("an edit of an old version is refused", || {
        edits::lost_update(&scene, &grace)
    })?;
    let mut ben = steps.take("somebody signs in who never consented", || {
        let (mut ben, told) = sign_in(&scene, &inhabitant)?;
        // They are new, too: the tenant's code notes something of them.
        extensions::noted(&scene, &mut ben)?;
        Ok((ben, told))
    })?;
    steps.take("their edit is not notified", || {
        edits::edit_unnoticed(&mut scene, &mut ben)
    })?;
    steps.take("the first one withdraws their consent", || {
        decide(&scene, &grace, "withdrawn")
    })?;
    steps.take("their next edit is not notified", || {
        edits::edit_unnoticed(&mut scene, &mut grace)
    })?;
    let place = steps.take("the partner takes its place in the feed", || {
        audience::begin(&scene, &machine)
    })?;
    steps.take("the partner reads what they consented to", || {
        partners::read(&scene, &grace, &machine)
    })?;
    steps.take("the partner finds them in its list", || {
        audience::lists(&scene, &grace, &machine)
    })?;
    events::flow(&mut steps, &mut scene, &grace, (&machine, &device))?;
    extensions::endless(&mut steps, &mut scene, &grace, &machine)?;
    steps.take("they withdraw, and the partner is refused", || {
        partners::is_refused(&scene, &grace, &machine)
    })?;
    steps.take("the withdrawal is a tombstone in its feed", || {
        audience::leaves(&scene, &grace, &machine, &place)
    })?;
    steps.take("both stand in their receipts", || {
        partners::is_told(&scene, &grace)
    })?;
    steps.take("the machine is refused a person's own page", || {
        partners::is_kept_out(&scene, &machine)
    })?;
    steps.take("an operator parts the visit from them", || {
        operators::split(&scene, &mut grace)
    })?;
    steps.take("they consent anew, and the partner reads", || {
        partners::read(&scene, &grace, &machine)
    })?;
    salesforce::flow(&mut steps, &scene, running)?;
    erasure::leave(&mut steps, &scene, &grace, &machine)
}

/// What all steps share.
struct Scene {
    fairlead: Fairlead,
    clients: Clients,
    command_line: CommandLine,
    world: World,
    bus: Observer,
    topic: Observer,
}

/// Somebody signed in, with the version of their profile that they saw last.
struct Visitor {
    person: Person,
    access_token: String,
    profile_id: String,
    etag: String,
}

/// What a step gives to the next, and what it tells.
type Outcome<T> = Result<(T, String)>;

struct Steps<'a> {
    report: &'a mut dyn FnMut(Progress),
}

impl Steps<'_> {
    fn take<T>(&mut self, name: &'static str, action: impl FnOnce() -> Outcome<T>) -> Result<T> {
        (self.report)(Progress::Begun(name));
        let started = Instant::now();
        let (value, result) = action().with_context(|| format!("the step \"{name}\" failed"))?;
        (self.report)(Progress::Done(Step {
            name,
            result,
            duration: started.elapsed(),
        }));
        Ok(value)
    }
}

impl Scene {
    fn set(running: &Running, tools: Tools) -> Result<Self> {
        let fairlead = Fairlead::on(running.stack.clone())?;
        let bus = Observer::of_bus(&fairlead.stack, &fairlead.aws, &fresh_name("walk-events")?)?;
        let topic = Observer::of_topic(
            &fairlead.stack,
            &fairlead.aws,
            &fresh_name("walk-notifications")?,
        )?;
        Ok(Self {
            fairlead,
            clients: tools.clients,
            command_line: tools.command_line,
            world: running.world.clone(),
            bus,
            topic,
        })
    }
}

fn sign_up(scene: &Scene, person: &Person) -> Outcome<()> {
    scene
        .fairlead
        .pool
        .sign_up(&person.email, &person.password, &person.attributes())?;
    Ok((
        (),
        format!("{} (identity-pre-sign-up agreed)", person.email),
    ))
}

fn confirm(scene: &Scene, person: &Person) -> Outcome<()> {
    scene.fairlead.confirm(person)?;
    Ok(((), "with the code from the mail".to_owned()))
}

fn make_profile(scene: &Scene, person: &Person) -> Outcome<()> {
    scene.fairlead.call_post_confirmation(person)?;
    Ok((
        (),
        "by identity-post-confirmation, which the local stack leaves to us to call".to_owned(),
    ))
}

fn sign_in(scene: &Scene, person: &Person) -> Outcome<Visitor> {
    let tokens = scene.fairlead.sign_in(person)?;
    let claims = token::claims(&tokens.access)?;
    let profile_id = token::text(&claims, "fairlead:profile")?.to_owned();
    let tenant = token::text(&claims, "fairlead:tenant")?;
    ensure!(
        profile_id.starts_with("prf_"),
        "fairlead:profile is not a profile's id: {profile_id}"
    );
    ensure!(
        tenant == TENANT,
        "fairlead:tenant is {tenant} instead of {TENANT}"
    );
    let result = format!("the access token carries {profile_id} and tenant {tenant}");
    let etag = etag(&scene.fairlead.api.me(&tokens.access)?.expect(200)?)?;
    Ok((
        Visitor {
            person: person.clone(),
            access_token: tokens.access,
            profile_id,
            etag,
        },
        result,
    ))
}

fn read_profile(scene: &Scene, visitor: &mut Visitor) -> Outcome<()> {
    let answer = scene.fairlead.api.me(&visitor.access_token)?.expect(200)?;
    let profile = answer.json()?;
    for (field, expected) in [
        ("profile_id", &visitor.profile_id),
        ("email", &visitor.person.email),
        ("phone_number", &visitor.person.phone),
    ] {
        ensure!(
            profile.get(field).is_some_and(|found| found == expected),
            "{field} is not {expected}: {profile}"
        );
    }
    visitor.etag = etag(&answer)?;
    Ok((
        (),
        format!("version {} of {}", visitor.etag, visitor.profile_id),
    ))
}

fn decide(scene: &Scene, visitor: &Visitor, decision: &str) -> Outcome<()> {
    decide_on(scene, visitor, PURPOSE, decision)?;
    Ok(((), format!("{PURPOSE}: {decision}")))
}

fn decide_on(scene: &Scene, visitor: &Visitor, purpose: &str, decision: &str) -> Result<()> {
    let api = &scene.fairlead.api;
    api.decide(&visitor.access_token, purpose, decision)?
        .expect(200)
        .map(drop)
}
