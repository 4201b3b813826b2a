//! Greets whoever ordered, by the country of the order. In comes the event on standard input, out goes the answer on
//! standard output; what is written to standard error is the log.

use std::io;

use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Event {
    data: Order,
}

#[derive(Deserialize)]
struct Order {
    country: String,
}

#[derive(Serialize)]
struct Answer {
    traits: Greeting,
    output: Greeting,
}

#[derive(Serialize)]
struct Greeting {
    greeting: &'static str,
}

fn greeting(country: &str) -> &'static str {
    match country {
        "DE" => "Guten Tag",
        "FR" => "Bonjour",
        "IT" => "Buongiorno",
        _ => "Hello",
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let event: Event = serde_json::from_str(&io::read_to_string(io::stdin())?)?;
    let greeting = greeting(&event.data.country);
    eprintln!("{}: {greeting}", event.data.country);
    let answer = Answer {
        traits: Greeting { greeting },
        output: Greeting { greeting },
    };
    serde_json::to_writer(io::stdout(), &answer)?;
    Ok(())
}
