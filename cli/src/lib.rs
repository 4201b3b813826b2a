//! What operators of Fairlead do daily, from a terminal. In come arguments, the environment and a
//! file of settings; out go requests to the public API, and tables or JSON.

mod api;
pub mod args;
mod commands;
mod extension_test;
mod failure;
mod login;
mod output;
mod settings;

use std::{
    env,
    io::{self, Write},
};

use clap::CommandFactory;

use crate::{
    api::Api,
    args::{Cli, Command, Extensions},
    settings::Home,
};
pub use crate::{
    failure::{Failure, Problem},
    settings::Settings,
};

/// Does what the arguments ask for, with the process's environment.
pub fn run(cli: Cli, out: &mut impl Write) -> Result<(), Failure> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let home = Home::find(&variable);
    let settings = Settings::read(&cli.global, &variable, home.as_ref())?;
    run_with(cli, &settings, home.as_ref(), out)
}

/// The same with these settings.
fn run_with(
    cli: Cli,
    settings: &Settings,
    home: Option<&Home>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let output = cli.global.output;
    match cli.command {
        Command::Completions { shell } => {
            let mut command = Cli::command();
            clap_complete::generate(shell, &mut command, "fairlead", out);
            Ok(())
        }
        Command::Login(how) => {
            let home = home.ok_or_else(settings::no_home)?;
            let token = login::login(settings, &how, &mut io::stderr())?;
            home.keep_token(&token)?;
            output::print(out, output, &commands::whoami(&token)?, &[])
        }
        Command::Extension(Extensions::Test(what)) => {
            output::print(out, output, &extension_test::run(&what)?, &[])
        }
        Command::Logout => home.map_or(Ok(()), Home::forget_token),
        Command::Whoami => {
            let token = settings
                .token
                .as_deref()
                .ok_or_else(failure::not_signed_in)?;
            output::print(out, output, &commands::whoami(token)?, &[])
        }
        command => {
            let api = Api::new(settings)?;
            commands::run(command, settings, &api, output, out)
        }
    }
}

/// Does what the arguments ask for with these settings, for tests that sign in by themselves.
pub fn run_as(cli: Cli, settings: &Settings, out: &mut impl Write) -> Result<(), Failure> {
    run_with(cli, settings, None, out)
}
