//! The flows once through, as a newcomer, an inhabitant and a partner's machine live them.

mod audience;
mod erasure;
mod events;
mod large;
mod operators;
mod partners;
mod salesforce;
mod sdk;
mod webhooks;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::fairlead::Fairlead;
use crate::interop::Clients;
use crate::observe::{self, Observer};
use crate::person::{Person, fresh_name};
use crate::profile_api::etag;
use crate::running::Running;
use crate::seed::{self, TENANT, World};
use crate::token;
use crate::wait;

/// The purpose that notifications need.
pub const PURPOSE: &str = "account-notices";

const PROFILE_UPDATED: &str = "dev.fairlead.profile.updated.v1";

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

/// Walks the flows on a running stack, some by `clients` of others; stops at the first step that fails.
pub fn walk(running: &Running, clients: &Clients, report: &mut dyn FnMut(Progress)) -> Result<()> {
    let mut scene = Scene::set(running, clients)?;
    let mut steps = Steps { report };
    let newcomer = Person::newcomer("Grace")?;
    let [_, inhabitant] = seed::people();

    let machine = steps.take("the partner's machine gets a token", || {
        partners::token(&scene)
    })?;
    let device = steps.take("somebody visits whom nobody knows", || {
        partners::visit(&scene, &machine)
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
    steps.take("they consent to notices", || {
        decide(&scene, &grace, "granted")
    })?;
    steps.take("they edit their profile", || {
        edit(&scene, &mut grace, "Captain Grace")
    })?;
    steps.take("they are notified", || is_notified(&mut scene, &grace))?;
    steps.take("an edit of an old version is refused", || {
        lost_update(&scene, &grace)
    })?;
    let mut ben = steps.take("somebody signs in who never consented", || {
        sign_in(&scene, &inhabitant)
    })?;
    steps.take("their edit is not notified", || {
        edit_unnoticed(&mut scene, &mut ben)
    })?;
    steps.take("the first one withdraws their consent", || {
        decide(&scene, &grace, "withdrawn")
    })?;
    steps.take("their next edit is not notified", || {
        edit_unnoticed(&mut scene, &mut grace)
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
    fn set(running: &Running, clients: &Clients) -> Result<Self> {
        let fairlead = Fairlead::on(running.stack.clone())?;
        let bus = Observer::of_bus(&fairlead.stack, &fairlead.aws, &fresh_name("walk-events")?)?;
        let topic = Observer::of_topic(
            &fairlead.stack,
            &fairlead.aws,
            &fresh_name("walk-notifications")?,
        )?;
        Ok(Self {
            fairlead,
            clients: clients.clone(),
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

fn edit(scene: &Scene, visitor: &mut Visitor, display_name: &str) -> Outcome<()> {
    let before = visitor.etag.clone();
    change(scene, visitor, display_name)?;
    Ok(((), format!("version {before} became {}", visitor.etag)))
}

/// Edits the profile on the version that was seen last.
fn change(scene: &Scene, visitor: &mut Visitor, display_name: &str) -> Result<()> {
    let change = json!({ "display_name": display_name });
    let answer = scene
        .fairlead
        .api
        .change_me(&visitor.access_token, &visitor.etag, &change)?
        .expect(200)?;
    let changed = answer.json()?;
    ensure!(
        changed
            .get("display_name")
            .is_some_and(|found| found == display_name),
        "not changed: {changed}"
    );
    visitor.etag = etag(&answer)?;
    Ok(())
}

fn is_notified(scene: &mut Scene, visitor: &Visitor) -> Outcome<()> {
    let event_id = event_of_last_edit(scene, visitor)?;
    let message = scene.topic.wait_for(
        "a message about the edit on the notifications topic",
        |message| message.body.contains(&event_id) && message.body.contains(&visitor.profile_id),
    )?;
    let Fairlead { http, stack, .. } = &scene.fairlead;
    let phone = &visitor.person.phone;
    let sms = wait::until(&format!("an SMS to {phone}"), wait::PATIENCE, || {
        Ok(observe::sms_to(http, stack, phone)?.into_iter().next_back())
    })?;
    let notice: Value =
        serde_json::from_str(&message.body).context("a message on the topic is JSON")?;
    let kind = notice
        .get("notice")
        .and_then(Value::as_str)
        .context("it names its notice")?;
    Ok(((), format!("by SMS: \"{sms}\", and by {kind} on the topic")))
}

/// The id of the event that the profile's last edit has put on the bus.
fn event_of_last_edit(scene: &mut Scene, visitor: &Visitor) -> Result<String> {
    let version: Value =
        serde_json::from_str(visitor.etag.trim_matches('"')).context("an ETag is a version")?;
    let of_last_edit = |message: &observe::Message| {
        let event = message.event(PROFILE_UPDATED, &visitor.profile_id)?;
        let is_last = event.pointer("/data/version") == Some(&version);
        event
            .get("id")
            .and_then(Value::as_str)
            .filter(|_| is_last)
            .map(str::to_owned)
    };
    let message = scene
        .bus
        .wait_for("the edit's event on the bus", |message| {
            of_last_edit(message).is_some()
        })?;
    of_last_edit(&message).context("the event that was awaited has an id")
}

fn lost_update(scene: &Scene, visitor: &Visitor) -> Outcome<()> {
    let change = json!({ "display_name": "Overwritten" });
    let answer = scene
        .fairlead
        .api
        .change_me(&visitor.access_token, "\"1\"", &change)?
        .expect(412)?;
    let problem = answer.json()?;
    let title = problem
        .get("title")
        .and_then(Value::as_str)
        .context("a problem document has a title")?;
    Ok(((), format!("412 {title}")))
}

/// Edits, waits until notification-dispatch has dealt with the event, and sees that nothing was sent.
fn edit_unnoticed(scene: &mut Scene, visitor: &mut Visitor) -> Outcome<()> {
    let sent_before = sent_to(scene, visitor)?;
    change(scene, visitor, &fresh_name("Deckhand")?)?;
    let event_id = event_of_last_edit(scene, visitor)?;
    await_dispatch(scene)?;
    let sent_after = sent_to(scene, visitor)?;
    ensure!(
        sent_after == sent_before,
        "{} messages were sent without consent",
        sent_after - sent_before
    );
    Ok(((), format!("{event_id} was dispatched, and nothing sent")))
}

/// Waits until nothing is left for notification-dispatch to do. What was seen on the bus before is
/// in its queue by then: the bus delivers to the queue and to our observer in one go.
fn await_dispatch(scene: &Scene) -> Result<()> {
    let Fairlead { aws, stack, .. } = &scene.fairlead;
    let queue_url = stack.output("NotificationQueueUrl")?;
    wait::until(
        "notification-dispatch to empty its queue",
        wait::PATIENCE,
        || Ok(observe::is_drained(aws, queue_url)?.then_some(())),
    )?;
    let dead_letters = observe::is_drained(aws, stack.output("NotificationDeadLetterQueueUrl")?)?;
    ensure!(
        dead_letters,
        "a message ended in notification-dispatch's dead-letter queue"
    );
    Ok(())
}

/// How many SMS and topic messages went out for this person until now.
fn sent_to(scene: &mut Scene, visitor: &Visitor) -> Result<usize> {
    let sms = observe::sms_to(
        &scene.fairlead.http,
        &scene.fairlead.stack,
        &visitor.person.phone,
    )?
    .len();
    let messages = scene.topic.so_far()?;
    Ok(sms
        + messages
            .iter()
            .filter(|message| message.body.contains(&visitor.profile_id))
            .count())
}
