//! The arguments.

mod extensions;
mod partners;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use serde_json::Value;

pub use self::{
    extensions::{Extensions, PushedExtension, TestExtension},
    partners::{Clients, WriteKeys},
};

/// What operators of Fairlead do daily.
#[derive(Debug, Parser)]
#[command(name = "fairlead", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 a file can't be read or written; 2 the arguments or settings are wrong; \
3 nobody is signed in; 4 the API refuses; 5 it is not as you saw it any more; 6 the API can't be reached or not answer now; 7 an extension is not as it should be.";

/// What holds for every command.
#[derive(Debug, Clone, Default, Args)]
pub struct Global {
    /// Where the API is [env: `FAIRLEAD_URL`]
    #[arg(long, global = true, value_name = "URL")]
    pub url: Option<String>,
    /// Where the hosted login is [env: `FAIRLEAD_LOGIN_URL`]
    #[arg(long, global = true, value_name = "URL")]
    pub login_url: Option<String>,
    /// The app client to sign in by [env: `FAIRLEAD_CLIENT_ID`]
    #[arg(long, global = true, value_name = "ID")]
    pub client_id: Option<String>,
    /// Whose directory, if not the token's [env: `FAIRLEAD_TENANT`]
    #[arg(long, global = true, value_name = "NAME")]
    pub tenant: Option<String>,
    /// How to print what is answered
    #[arg(long, global = true, value_enum, default_value_t = Output::Table)]
    pub output: Output,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Output {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sign in at the hosted login, and keep the token
    Login(Login),
    /// Forget the token
    Logout,
    /// Who the token speaks for
    Whoami,
    /// Tenants
    #[command(subcommand)]
    Tenants(Definitions),
    /// Partners of the tenant
    #[command(subcommand)]
    Partners(Definitions),
    /// What the tenant processes data for
    #[command(subcommand)]
    Purposes(Definitions),
    /// What the tenant agreed on with its partners
    #[command(subcommand)]
    Agreements(Definitions),
    /// Of which of partners' events people are told, by their types
    #[command(subcommand)]
    NotificationRules(Definitions),
    /// The tenant's words for what Cognito writes to people, by KIND/LANGUAGE: sign-up/de
    #[command(subcommand)]
    Messages(Definitions),
    /// Which of partners' systems may send webhooks, by PARTNER/SOURCE: chandlery/shop
    #[command(subcommand)]
    Hooks(Definitions),
    /// What is published to partners' topics, by the partners' names
    #[command(subcommand)]
    FanOuts(Definitions),
    /// By which keys a partner's SDKs send
    #[command(subcommand)]
    WriteKeys(WriteKeys),
    /// Which identifiers are nobody's, and how many a profile takes: the same for all tenants
    #[command(subcommand)]
    IdentifierRules(IdentifierRules),
    /// App clients of a partner's machines
    #[command(subcommand)]
    Clients(Clients),
    /// What partners read
    #[command(subcommand)]
    Receipts(Receipts),
    /// Which events the tenant takes
    #[command(subcommand)]
    EventTypes(EventTypes),
    /// Events of partners
    #[command(subcommand)]
    Events(Events),
    /// What could not be processed, in whichever queue it ended
    #[command(subcommand)]
    Dlq(DeadLetters),
    /// Erasures: how far they are, and asking for one
    #[command(subcommand)]
    Erasures(Erasures),
    /// Who is one person with whom
    #[command(subcommand)]
    Profiles(Profiles),
    /// Tenants' own code
    #[command(subcommand)]
    Extension(Extensions),
    /// Completions of a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// How to sign in.
#[derive(Debug, Args)]
pub struct Login {
    /// Sign in as a program of operators or a partner's machine, by client id and the secret in
    /// `FAIRLEAD_CLIENT_SECRET`, and for all scopes of the app client unless some are named
    #[arg(long)]
    pub client_credentials: bool,
    /// The port of this machine that the login sends the browser back to
    #[arg(long, default_value_t = 8400)]
    pub port: u16,
    /// What to ask for, separated by spaces
    #[arg(long)]
    pub scopes: Option<String>,
}

/// What is done with definitions.
#[derive(Debug, Subcommand)]
pub enum Definitions {
    /// All of them
    List,
    /// One of them
    Show {
        /// Its name
        name: String,
    },
    /// Define or change one: with the version that was seen it is changed, without one it is defined
    Put {
        /// Its name
        name: String,
        /// What it says.
        #[command(flatten)]
        written: Written,
    },
}

/// What is done with the rules for identifiers.
#[derive(Debug, Subcommand)]
pub enum IdentifierRules {
    /// As they are now
    Show,
    /// Define or change them: with the version that was seen they are changed, without one defined
    Put {
        /// What they say.
        #[command(flatten)]
        written: Written,
    },
}

/// What a definition says, and on top of what it is written.
#[derive(Debug, Args)]
pub struct Written {
    /// A JSON file, `-` for standard input; what `show --output json` printed will do
    #[arg(long, short, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// A member and its value, as JSON or as text; goes over the file's
    #[arg(long = "set", value_name = "MEMBER=VALUE", value_parser = member)]
    pub members: Vec<(String, Value)>,
    /// The version that was seen; goes over the file's
    #[arg(long, value_name = "NUMBER")]
    pub if_version: Option<u64>,
}

/// What is done with receipts.
#[derive(Debug, Subcommand)]
pub enum Receipts {
    /// What a partner asked for
    List {
        /// Whose
        #[arg(long)]
        partner: String,
        /// When.
        #[command(flatten)]
        span: Span,
    },
    /// How often partners did, and what for
    Summary {
        /// Whose alone, and not all partners'
        #[arg(long)]
        partner: Option<String>,
        /// When.
        #[command(flatten)]
        span: Span,
        /// Count each day by itself
        #[arg(long)]
        by_day: bool,
    },
}

/// A time.
#[derive(Debug, Args)]
pub struct Span {
    /// The first moment, as 2026-01-15T09:00:00Z
    #[arg(long)]
    pub from: String,
    /// The first moment that is not part of it; now, if it is not said
    #[arg(long)]
    pub to: Option<String>,
}

/// What is done with types of events.
#[derive(Debug, Subcommand)]
pub enum EventTypes {
    /// All of them, without their schemas
    List,
    /// One of them, with the schema of its data
    Show {
        /// Its name, as com.example.order.placed.v1
        name: String,
        /// At which revision, if not as it stands now
        #[arg(long, value_name = "NUMBER")]
        revision: Option<u32>,
    },
    /// Register one, or change its schema so that it takes whatever it took before
    Put {
        /// Its name, as com.example.order.placed.v1
        name: String,
        /// A JSON Schema, `-` for standard input; what `show --output json` printed will do
        #[arg(long, short, value_name = "FILE")]
        file: PathBuf,
    },
}

/// What is done with events.
#[derive(Debug, Subcommand)]
pub enum Events {
    /// Those that were refused in the last 14 days
    #[command(subcommand)]
    Rejected(Rejected),
    /// Have all of a partner's taken that wait, as they came, and say what became of each
    Replay {
        /// Whose
        #[arg(long)]
        partner: String,
    },
}

/// What is done with events that were refused.
#[derive(Debug, Subcommand)]
pub enum Rejected {
    /// All of a partner's, without what they say
    List {
        /// Whose
        #[arg(long)]
        partner: String,
    },
    /// Why one was refused; to a partner's own machine also what it says
    Show(OneRejected),
    /// Have one taken as it came, or what its sender corrected in its place
    Resubmit {
        /// Which one.
        #[command(flatten)]
        one: OneRejected,
        /// What takes its place, `-` for standard input; of a partner's own machine alone
        #[arg(long, short, value_name = "FILE")]
        file: Option<PathBuf>,
    },
}

/// An event that was refused.
#[derive(Debug, Args)]
pub struct OneRejected {
    /// Whose
    #[arg(long)]
    pub partner: String,
    /// Which one: `rej_…`
    pub id: String,
}

/// What is done with what could not be processed.
#[derive(Debug, Subcommand)]
pub enum DeadLetters {
    /// All queues, with how much lies there and for how long
    List,
    /// What lies in a queue: why, whose work it was and how old it is, without what it says
    Show {
        /// Which queue, as `list` has it
        queue: String,
    },
    /// Have it processed again; done twice, it has no second effect
    Redrive {
        /// Which queue, as `list` has it
        queue: String,
        /// Which messages, as `show` has them
        #[arg(value_name = "MESSAGE", required_unless_present = "all")]
        messages: Vec<String>,
        /// All of them
        #[arg(long, conflicts_with = "messages")]
        all: bool,
    },
}

/// What is done with erasures.
#[derive(Debug, Subcommand)]
pub enum Erasures {
    /// Ask for the erasure of a person who has no login to ask by; without one, nobody can take it back
    Request {
        /// Whose: `prf_…`
        profile: String,
        /// By what you call the case; it stays on record, so that it must not name the person
        #[arg(long)]
        case: String,
    },
    /// How far one is
    Show {
        /// Its id: `era_…`
        id: String,
    },
    /// Its certificate, once it came to its end
    Certificate {
        /// Its id: `era_…`
        id: String,
    },
}

/// What is done with profiles.
#[derive(Debug, Subcommand)]
pub enum Profiles {
    /// Make two persons one
    Merge {
        /// One of them: `prf_…`
        one: String,
        /// The other one
        other: String,
        /// Only say what would become of them
        #[arg(long)]
        dry_run: bool,
    },
    /// Undo a merge
    Split {
        /// Who is to be two again: `prf_…`
        profile: String,
        /// Which merge: `mrg_…`
        #[arg(long)]
        merge: String,
    },
    /// The merges that a person went through
    Log {
        /// Who: `prf_…`
        profile: String,
    },
}

/// `member=value`: the value as JSON if it is, else as text.
fn member(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or("it takes the form MEMBER=VALUE")?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    Ok((name.to_owned(), value))
}
