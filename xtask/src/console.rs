//! What the developer sees: spinners while something goes on, a line when it is done.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use anyhow::Error;
use clap::ValueEnum;
use console::{Term, style, truncate_str};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

/// How results are printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Output {
    /// Aligned lines for people
    Text,
    /// One JSON object a line for programs
    Json,
}

/// Results go to the standard output; what goes on meanwhile, to the standard error.
#[derive(Clone)]
pub(crate) struct Console {
    output: Output,
    spinners: MultiProgress,
    /// Whether somebody watches. Otherwise there is a plain line for each beginning.
    watched: bool,
}

/// Something that goes on.
pub(crate) struct Task {
    console: Console,
    name: String,
    started: Instant,
    spinner: ProgressBar,
}

impl Console {
    pub(crate) fn new(output: Output) -> Self {
        let watched = output == Output::Text && Term::stderr().is_term();
        let target = if watched {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            output,
            spinners: MultiProgress::with_draw_target(target),
            watched,
        }
    }

    /// Begins something.
    pub(crate) fn begin(&self, name: impl Into<String>) -> Task {
        let name = name.into();
        let spinner = self.spinners.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template(
            "  {spinner:.cyan} {elapsed:>6}  {prefix:<40} {wide_msg:.dim}",
        ) {
            spinner.set_style(style);
        }
        spinner.set_prefix(name.clone());
        spinner.enable_steady_tick(Duration::from_millis(100));
        if !self.watched && self.output == Output::Text {
            eprintln!("  …           {name}");
        }
        Task {
            console: self.clone(),
            name,
            started: Instant::now(),
            spinner,
        }
    }

    /// Says something to people.
    pub(crate) fn say(&self, text: impl Display) {
        if self.output == Output::Text {
            self.print(&text.to_string());
        }
    }

    /// Says something to programs.
    pub(crate) fn tell(&self, object: &Value) {
        if self.output == Output::Json {
            self.print(&object.to_string());
        }
    }

    /// Says what went wrong, from the whole down to the cause.
    pub(crate) fn fail(&self, error: &Error) {
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        self.tell(&json!({ "error": causes.join(": ") }));
        if self.output == Output::Text {
            self.spinners.suspend(|| {
                eprintln!(
                    "\n{} {}",
                    style("error:").red().bold(),
                    causes.join("\n  because ")
                );
            });
        }
    }

    fn print(&self, line: &str) {
        // A reader that has gone away is no reason to stop what the line tells of.
        self.spinners
            .suspend(|| drop(writeln!(io::stdout(), "{line}")));
    }

    fn done(&self, name: &str, result: &str, duration: Duration) {
        let seconds = duration.as_secs_f64();
        self.tell(&json!({ "step": name, "seconds": (seconds * 1000.0).round() / 1000.0, "result": result }));
        self.say(format_args!(
            "  {} {seconds:8.2} s  {name:<44}  {result}",
            style("✓").green()
        ));
    }
}

impl Task {
    /// Shows what it is at.
    pub(crate) fn note(&self, text: &str) {
        self.spinner
            .set_message(truncate_str(text.trim(), 200, "…").into_owned());
    }

    /// Ends it with a line.
    pub(crate) fn done(self, result: &str) {
        self.spinner.finish_and_clear();
        self.console
            .done(&self.name, result, self.started.elapsed());
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.spinner.finish_and_clear();
    }
}
