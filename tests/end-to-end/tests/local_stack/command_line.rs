//! What an operator does from a terminal.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clap::Parser as _;
use fairlead_cli::{Failure, Settings, args::Cli, run_as};
use fairlead_end_to_end::aws::JsonService;
use fairlead_end_to_end::cognito::{MachineClient, machine_token};
use fairlead_end_to_end::fairlead::Fairlead;
use fairlead_end_to_end::person::fresh_name;
use fairlead_end_to_end::{seed, wait};
use serde_json::{Value, json};

use crate::visitor::running;

/// A change of somebody whom this machine knows nothing of: whoever takes it finds nothing to do.
const UPDATED: &str =
    include_str!("../../../../events/dev.fairlead.profile.updated.v1/samples/typical.json");

fn settings() -> Result<Settings> {
    let (_, fairlead) = running()?;
    Ok(Settings {
        url: Some(fairlead.stack.api_url()?),
        token: Some(fairlead.sign_in_operator(&seed::operator())?.access),
        ..Settings::default()
    })
}

/// What a command prints for programs.
fn told(settings: &Settings, arguments: &[&str]) -> Result<Value, Failure> {
    let words = ["fairlead", "--output", "json"].iter().chain(arguments);
    let cli = Cli::try_parse_from(words).map_err(|error| Failure::Usage(error.to_string()))?;
    let mut out = Vec::new();
    run_as(cli, settings, &mut out)?;
    Ok(serde_json::from_slice(&out).unwrap_or_default())
}

#[test]
fn an_operator_lets_a_partner_in_and_shuts_it_out() -> Result<()> {
    let (_, fairlead) = running()?;
    let settings = settings()?;
    let [partner, agreement] = ["ferry", "ferry-terms"].map(fresh_name);
    let (partner, agreement) = (partner?, agreement?);
    let name = "display_name=Ferry Line";
    let defined = told(&settings, &["partners", "put", &partner, "--set", name])?;
    assert_eq!(defined.get("version"), Some(&json!(1)));
    let party = format!("partner={partner}");
    let terms = r#"terms={"newsletter": ["names"]}"#;
    told(
        &settings,
        &[
            "agreements",
            "put",
            &agreement,
            "--set",
            &party,
            "--set",
            terms,
        ],
    )?;
    let create = ["clients", "create", &partner, "--agreement", &agreement];
    let made = told(&settings, &create)?;
    let text = |name: &str| {
        let text = made.get(name).and_then(Value::as_str).map(str::to_owned);
        text.with_context(|| format!("there is no {name} in {made}"))
    };
    let client = MachineClient {
        id: text("client_id")?,
        secret: text("client_secret")?,
    };
    let url = fairlead.stack.login_url();
    machine_token(&fairlead.http, url, &client, "fairlead/profile.read")?;
    told(
        &settings,
        &["clients", "delete", &partner, &text("client")?],
    )?;
    let refused = machine_token(&fairlead.http, url, &client, "fairlead/profile.read");
    assert!(refused.is_err(), "a client that is gone gets a token");
    Ok(())
}

/// What an SDK's call with this write key is answered with.
fn tracked(fairlead: &Fairlead, key: &str) -> Result<u16> {
    let authorization = format!("Basic {}", BASE64_STANDARD.encode(format!("{key}:")));
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/json"),
    ];
    let call = json!({ "userId": fresh_name("customer")?, "event": "Order placed" });
    let body = serde_json::to_vec(&call)?;
    let answer = fairlead
        .api
        .send("POST", "/v1/track", None, &headers, body)?;
    Ok(answer.status)
}

#[test]
fn an_operator_gives_a_partners_pages_a_key_and_takes_it_back() -> Result<()> {
    let (_, fairlead) = running()?;
    let settings = settings()?;
    let made = told(&settings, &["write-keys", "create", seed::PARTNER])?;
    let [key, id] =
        ["write_key", "write_key_id"].map(|name| made.get(name).and_then(Value::as_str));
    let (key, id) = key.zip(id).context("a key and its id are told")?;
    assert_eq!(tracked(&fairlead, key)?, 200);
    told(&settings, &["write-keys", "revoke", seed::PARTNER, id])?;
    // Functions believe for a minute what they last read of a key.
    wait::until("the key to open nothing", wait::PATIENCE * 2, || {
        Ok((tracked(&fairlead, key)? == 401).then_some(()))
    })?;
    let listed = told(&settings, &["write-keys", "list", seed::PARTNER])?;
    assert!(!listed.to_string().contains(key), "a key is told again");
    let mut listed = listed.as_array().into_iter().flatten();
    let listed = listed.find(|listed| listed.get("write_key_id") == Some(&json!(id)));
    let state = listed.and_then(|listed| listed.get("state"));
    assert_eq!(state, Some(&json!("revoked")));
    Ok(())
}

#[test]
fn a_program_looks_at_dead_letters_without_anybody_and_at_nothing_else() -> Result<()> {
    let (_, fairlead) = running()?;
    let id = fairlead.stack.output("ProgramClientIdOfnightwatch")?;
    let asked = json!({ "UserPoolId": fairlead.stack.output("UserPoolId")?, "ClientId": id });
    let client = fairlead
        .aws
        .call(JsonService::Cognito, "DescribeUserPoolClient", &asked)?;
    let secret = client.pointer("/UserPoolClient/ClientSecret");
    let client = MachineClient {
        id: id.to_owned(),
        secret: secret
            .and_then(Value::as_str)
            .context("it has a secret")?
            .to_owned(),
    };
    let scope = "fairlead/dead-letters.read";
    let token = machine_token(&fairlead.http, fairlead.stack.login_url(), &client, scope)?;
    let settings = Settings {
        url: Some(fairlead.stack.api_url()?),
        token: Some(token),
        ..Settings::default()
    };
    assert!(told(&settings, &["dlq", "list"])?.is_array());
    let refused = told(&settings, &["purposes", "list", "--tenant", seed::TENANT]);
    assert!(refused.is_err(), "a program sees what it was not given");
    Ok(())
}

#[test]
fn an_operator_sees_which_events_are_taken_and_asks_for_those_that_were_refused() -> Result<()> {
    let settings = settings()?;
    let types = told(&settings, &["event-types", "list"])?;
    let types = types.as_array().context("a list is printed")?;
    let mut kinds = types.iter().map(|listed| listed.get("type"));
    let order = json!(seed::ORDER_PLACED);
    assert!(kinds.any(|kind| kind == Some(&order)));
    let shown = told(&settings, &["event-types", "show", seed::ORDER_PLACED])?;
    assert_eq!(shown.get("registered_by"), Some(&json!("operator")));
    let list = ["events", "rejected", "list", "--partner", seed::PARTNER];
    assert!(told(&settings, &list)?.is_array());
    Ok(())
}

#[test]
fn an_operator_finds_a_dead_letter_and_has_it_processed_again() -> Result<()> {
    let (_, fairlead) = running()?;
    let settings = settings()?;
    let queue = "audience-dead-letters";
    let detail: Value = serde_json::from_str(UPDATED)?;
    let kind = detail.get("type").cloned().context("an event has a type")?;
    let body = json!({ "version": "0", "detail-type": kind, "detail": detail });
    let message = json!({
        "QueueUrl": fairlead.stack.output("AudienceDeadLetterQueueUrl")?,
        "MessageBody": body.to_string(),
    });
    let sent = fairlead
        .aws
        .call(JsonService::Sqs, "SendMessage", &message)?;
    let id = sent.get("MessageId").and_then(Value::as_str);
    let id = id.context("a message has an id")?;
    let listed = told(&settings, &["dlq", "list"])?;
    let listed = listed.as_array().context("a list is printed")?;
    let mut named = listed
        .iter()
        .filter(|listed| listed.get("queue") == Some(&json!(queue)));
    let function = named.next().and_then(|listed| listed.get("function"));
    assert_eq!(function, Some(&json!("partner-audience")));
    let find = || -> Result<Option<Value>> {
        let shown = told(&settings, &["dlq", "show", queue])?;
        let shown = shown.as_array().context("a list is printed")?;
        let found = shown
            .iter()
            .find(|shown| shown.get("message_id") == Some(&json!(id)));
        Ok(found.cloned())
    };
    let found = find()?.context("the message is shown")?;
    assert_eq!(found.get("event_type"), Some(&kind));
    assert_eq!(found.get("cause"), Some(&json!("failed-each-time")));
    let redriven = told(&settings, &["dlq", "redrive", queue, id])?;
    assert_eq!(redriven.pointer("/0/outcome"), Some(&json!("queued")));
    assert_eq!(find()?, None);
    Ok(())
}

#[test]
fn what_is_not_as_it_was_seen_is_told_by_a_number() -> Result<()> {
    let settings = settings()?;
    let put = [
        "purposes",
        "put",
        "newsletter",
        "--if-version",
        "99",
        "--set",
    ];
    let members = ["display_name=X", "--set", "legal_basis=contract"];
    let arguments: Vec<&str> = put.into_iter().chain(members).collect();
    let failure = told(&settings, &arguments).unwrap_err();
    assert_eq!(failure.exit_code(), 5, "{failure}");
    let shown = told(&settings, &["purposes", "show", "newsletter"])?;
    assert_eq!(shown.get("legal_basis"), Some(&json!("consent")));
    let who = told(&settings, &["whoami"])?;
    assert_eq!(who.get("tenant"), Some(&json!(seed::TENANT)));
    Ok(())
}
