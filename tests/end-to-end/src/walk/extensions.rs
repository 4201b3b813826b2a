//! What the tenant's own code does with what happens.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{Outcome, Scene, Steps, Visitor, events};
use crate::aws::JsonService;
use crate::observe::Message;
use crate::person::fresh_name;
use crate::profile_api::etag;
use crate::seed::{ORDER_PLACED, TENANT};
use crate::{token, wait};

/// Runs on whoever signs up: the one in WebAssembly, the other as a function of its own. And what each notes.
const ON_SIGN_UP: [(&str, &str, &str); 2] = [
    ("cohort", "rust/cohort", "cohort"),
    ("weekday", "weekday", "signed_up_on"),
];

/// As many orders as an extension may fail on before it is paused.
const ORDERS: usize = 5;

/// An operator registers code for whoever signs up.
pub(super) fn push(scene: &Scene) -> Outcome<()> {
    for (name, package, _) in ON_SIGN_UP {
        register(scene, name, &[package])?;
    }
    let told = "cohort in WebAssembly, weekday in Python";
    Ok(((), told.to_owned()))
}

/// What both answered is on the bus.
pub(super) fn ran(scene: &mut Scene, visitor: &Visitor) -> Outcome<()> {
    // What they were when they signed up: by now they are one with their visit.
    let claims = token::claims(&visitor.access_token)?;
    let member = token::text(&claims, "fairlead:member")?;
    for (name, _, _) in ON_SIGN_UP {
        is_told(scene, "finished", name, |data| {
            data.get("profile_id") == Some(&json!(member))
                && data.get("outcome") == Some(&json!("success"))
        })?;
    }
    Ok(((), "dev.fairlead.extension.finished of each".to_owned()))
}

/// What both noted is the person's to read. It made other versions of their profile.
pub(super) fn noted(scene: &Scene, visitor: &mut Visitor) -> Outcome<()> {
    let names = ON_SIGN_UP.map(|(_, _, name)| name);
    let noted = await_traits(scene, visitor, &names)?;
    visitor.etag = etag(&scene.fairlead.api.me(&visitor.access_token)?.expect(200)?)?;
    Ok(((), noted.join(", ")))
}

/// Code that never ends, beside code that does.
pub(super) fn endless(
    steps: &mut Steps<'_>,
    scene: &mut Scene,
    visitor: &Visitor,
    machine: &str,
) -> Result<()> {
    steps.take("an operator pushes code that never ends", || {
        let on_orders = ["--on", ORDER_PLACED];
        register(
            scene,
            "endless",
            &[&["rust/endless"], &on_orders[..]].concat(),
        )?;
        register(
            scene,
            "greeter-rust",
            &[&["rust/greeter"], &on_orders[..]].concat(),
        )?;
        Ok(((), "endless, beside greeter-rust".to_owned()))
    })?;
    steps.take("it is stopped on each order, and then paused", || {
        is_paused(scene, visitor, machine)
    })?;
    steps.take("its neighbour greets all the same", || {
        is_greeted(scene, visitor)
    })?;
    steps.take("what it never did is a dead letter", || is_set_aside(scene))?;
    steps.take("the operator removes it, and stops the others", || {
        is_removed(scene)
    })
}

fn register(scene: &Scene, name: &str, what: &[&str]) -> Result<()> {
    let arguments = [&["extension", "push"], what].concat();
    let shown = scene.command_line.run(&scene.fairlead, &arguments)?;
    ensure!(
        shown.get("extension") == Some(&json!(name))
            && shown.get("state") == Some(&json!("active")),
        "{name} is {shown}"
    );
    Ok(())
}

/// Waits until the bus is told `what` of an extension, with data for which `wanted` holds.
fn is_told(
    scene: &mut Scene,
    what: &str,
    extension: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Result<Value> {
    let kind = format!("dev.fairlead.extension.{what}.v1");
    let data = |message: &Message| {
        let envelope: Value = serde_json::from_str(&message.body).ok()?;
        let event = envelope.get("detail")?;
        let is_it = event.get("type")? == kind.as_str();
        let data = event.get("data")?;
        (is_it && data.get("extension")? == extension && wanted(data)).then(|| data.clone())
    };
    let awaited = format!("{kind} of {extension}");
    let message = scene
        .bus
        .wait_for(&awaited, |message| data(message).is_some())?;
    data(&message).context("the event that was awaited has data")
}

/// Waits until these traits are noted of the person; says what they are.
fn await_traits(scene: &Scene, visitor: &Visitor, names: &[&str]) -> Result<Vec<String>> {
    let token = Some(visitor.access_token.as_str());
    let awaited = format!("the traits {}", names.join(" and "));
    wait::until(&awaited, wait::PATIENCE, || {
        let api = &scene.fairlead.api;
        let answer = api.send("GET", "/v1/me/traits", token, &[], Vec::new())?;
        let answer = answer.expect(200)?.json()?;
        let traits = answer.get("traits").and_then(Value::as_array);
        let value = |name: &&str| {
            let mut traits = traits.into_iter().flatten();
            let noted = traits.find(|noted| noted.get("name") == Some(&json!(name)))?;
            Some(format!("{name}: {}", noted.get("value")?.as_str()?))
        };
        Ok(names.iter().map(value).collect::<Option<Vec<_>>>())
    })
}

fn is_paused(scene: &mut Scene, visitor: &Visitor, machine: &str) -> Outcome<()> {
    let mut orders = Vec::new();
    for _ in 0..ORDERS {
        let id = fresh_name("order")?;
        let data = json!({ "order": id, "amount": 990, "country": "DE" });
        orders.push(events::order(&id, visitor, &data));
    }
    events::post(scene, machine, &orders)?;
    let paused = is_told(scene, "paused", "endless", |_| true)?;
    let shown = scene
        .command_line
        .run(&scene.fairlead, &["extension", "show", "endless"])?;
    ensure!(
        shown.pointer("/paused/cause") == paused.get("cause"),
        "the operator is shown {shown}"
    );
    let cause = paused.get("cause").and_then(Value::as_str);
    Ok(((), cause.context("a pause has a cause")?.to_owned()))
}

fn is_greeted(scene: &mut Scene, visitor: &Visitor) -> Outcome<()> {
    is_told(scene, "finished", "greeter-rust", |data| {
        data.get("outcome") == Some(&json!("success"))
    })?;
    let noted = await_traits(scene, visitor, &["greeting"])?;
    Ok(((), noted.join(", ")))
}

/// Where the tenant's dead letters lie, with why.
fn is_set_aside(scene: &Scene) -> Outcome<()> {
    let aws = &scene.fairlead.aws;
    let name = format!("fairlead-local-extension-of-{TENANT}-dead");
    let queue = aws.call(
        JsonService::Sqs,
        "GetQueueUrl",
        &json!({ "QueueName": name }),
    )?;
    let asked = json!({
        "QueueUrl": queue.get("QueueUrl"), "MessageAttributeNames": ["All"], "WaitTimeSeconds": 1,
    });
    // The second run waits until the pause is over, half a minute after the first.
    let dead = wait::until("a dead letter of endless", wait::PATIENCE * 2, || {
        let answer = aws.call(JsonService::Sqs, "ReceiveMessage", &asked)?;
        Ok(answer.pointer("/Messages/0").cloned())
    })?;
    let attribute = |name: &str| {
        let path = format!("/MessageAttributes/{name}/StringValue");
        dead.pointer(&path).and_then(Value::as_str)
    };
    let (cause, log) = (attribute("cause"), attribute("log_tail"));
    ensure!(
        attribute("extension") == Some("endless")
            && cause == Some("out-of-time")
            && log.is_some_and(|log| log.contains("counting …")),
        "it is {dead}"
    );
    Ok(((), "out-of-time, with the end of its log".to_owned()))
}

fn is_removed(scene: &Scene) -> Outcome<()> {
    let fairlead = &scene.fairlead;
    let run = |arguments: &[&str]| scene.command_line.run(fairlead, arguments);
    run(&["extension", "remove", "endless"])?;
    let gone = "the extension to be gone";
    wait::until(gone, wait::PATIENCE, || {
        let listed = run(&["extension", "list"])?;
        let listed = listed.as_array().context("a list is listed")?;
        let is_it = |listed: &Value| listed.get("extension") == Some(&json!("endless"));
        Ok((!listed.iter().any(is_it)).then_some(()))
    })?;
    // Whoever signs up from now on is left as they are.
    for (name, _, _) in ON_SIGN_UP {
        run(&["extension", "disable", name])?;
    }
    let used = run(&["extension", "usage", "greeter-rust"])?;
    let events = used.pointer("/0/events").and_then(Value::as_u64);
    let events = events.with_context(|| format!("greeter-rust used nothing: {used}"))?;
    Ok((
        (),
        format!("greeter-rust stays, which ran on {events} events"),
    ))
}
