//! What a flow is told, by the names of `docs/flows/contact-lookups.md`.

use contact::{Answer, Decision, Routing, State};
use identity::PhoneNumber;
use jiff::Timestamp;

use crate::kept::{Known, Source};

/// What comes of the contact.
pub(crate) fn decision(answer: Answer, decision: &Decision<'_>) -> Answer {
    let announcement = decision.announcement;
    let opens = decision.opens.as_ref();
    let zone = opens.and_then(|opens| opens.time_zone().iana_name());
    let answer = answer
        .flag("open", decision.state == State::Open)
        .text("state", decision.state.as_str())
        .flag("has_hours", decision.has_hours)
        .maybe("holiday", decision.holiday.map(|holiday| &holiday.name))
        .maybe("opens_at", opens.map(|opens| opens.timestamp().to_string()))
        .maybe("opens_day", opens.map(|opens| opens.date().to_string()))
        .maybe(
            "opens_time",
            opens.map(|opens| opens.strftime("%H:%M").to_string()),
        )
        .maybe("opens_zone", zone)
        .maybe("announcement", announcement.map(|each| &each.text))
        .maybe("announcement_name", announcement.map(|each| &each.name))
        .maybe(
            "announcement_language",
            announcement.map(|each| &each.language),
        );
    on_call(routing(answer, decision.routing), decision)
}

fn routing(answer: Answer, routing: Option<&Routing>) -> Answer {
    answer
        .maybe("route_name", routing.map(|routing| &routing.name))
        .maybe("route_type", routing.map(|routing| &routing.to_type))
        .maybe("route_to", routing.map(|routing| &routing.to))
}

/// Who is called: one of each line to dial, and all of them.
fn on_call(answer: Answer, decision: &Decision<'_>) -> Answer {
    let numbers = |line: &[&PhoneNumber]| -> Vec<String> {
        line.iter().map(|phone| phone.as_str().to_owned()).collect()
    };
    let (first, second) = (
        numbers(&decision.first_line),
        numbers(&decision.second_line),
    );
    answer
        .maybe("first_line", first.first())
        .maybe("second_line", second.first())
        .list("first_line_all", &first)
        .list("second_line_all", &second)
}

/// From where it is known, and since when.
pub(crate) fn known(answer: Answer, known: &Known, now: Timestamp) -> Answer {
    let age = known
        .read_at
        .map(|read_at| now.duration_since(read_at).as_secs());
    let age = age.and_then(|age| u64::try_from(age).ok());
    let answer = answer
        .text("source", known.source.as_str())
        .flag(
            "stale",
            matches!(known.source, Source::Stale | Source::Default),
        )
        .number("version", known.version);
    match age {
        Some(age) => answer.number("age_seconds", age),
        None => answer,
    }
}
