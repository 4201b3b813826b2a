//! Notes in which month somebody signed up.

use std::io;

use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Event {
    /// As RFC 3339 has it: it begins with the year and the month.
    time: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    traits: Cohort<'a>,
}

#[derive(Serialize)]
struct Cohort<'a> {
    cohort: &'a str,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let event: Event = serde_json::from_str(&io::read_to_string(io::stdin())?)?;
    let cohort = event.time.get(..7).ok_or("the time has no month")?;
    let answer = Answer {
        traits: Cohort { cohort },
    };
    serde_json::to_writer(io::stdout(), &answer)?;
    Ok(())
}
