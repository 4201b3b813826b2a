//! Waiting, in which nobody waits: time that code would sleep passes at once, and its pipes are always ready.

use wasmtime::Caller;

use super::guest::{Done, Errno, Failed, Guest, status};
use crate::state::State;

/// As many things as are waited for at once.
const MOST_AWAITED: u32 = 64;

/// How long a subscription is, and an event of one.
const SUBSCRIPTION: u32 = 48;
const EVENT: u32 = 32;

/// What a subscription is for.
const CLOCK: u8 = 0;

pub(super) fn poll_oneoff(
    mut caller: Caller<'_, State>,
    subscriptions: i32,
    events: i32,
    count: i32,
    happened: i32,
) -> wasmtime::Result<i32> {
    let count = count.cast_unsigned();
    if count == 0 || count > MOST_AWAITED {
        return Ok(Errno::INVAL);
    }
    status(Guest::of(&mut caller).and_then(|mut guest| {
        let number = poll(&mut guest, subscriptions, events, count)?;
        guest.write_u32(happened, number)
    }))
}

/// Pipes that are waited for are ready, and no time passes; else the shortest of the sleeps is over.
fn poll(guest: &mut Guest<'_>, subscriptions: i32, events: i32, count: u32) -> Done<u32> {
    let mut ready = Vec::new();
    let mut shortest: Option<(u64, [u8; EVENT as usize])> = None;
    for number in 0..count {
        let awaited: [u8; SUBSCRIPTION as usize] =
            guest.array(place(subscriptions, number, SUBSCRIPTION)?)?;
        let kind = awaited[8];
        let event = event(&awaited, kind);
        if kind == CLOCK {
            let sleep = duration(guest.state(), &awaited);
            if shortest.is_none_or(|(least, _)| sleep < least) {
                shortest = Some((sleep, event));
            }
        } else {
            ready.push(event);
        }
    }
    if let (true, Some((sleep, event))) = (ready.is_empty(), shortest) {
        guest.state().sleep(sleep);
        ready.push(event);
    }
    let mut number = 0;
    for event in ready {
        guest.write(place(events, number, EVENT)?, &event)?;
        number += 1;
    }
    Ok(number)
}

fn place(list: i32, number: u32, size: u32) -> Done<i32> {
    let place = list.cast_unsigned().checked_add(number * size);
    place
        .map(u32::cast_signed)
        .ok_or(Failed::Told(Errno::FAULT))
}

/// By whom it was asked for, that nothing is wrong, and what it is.
fn event(awaited: &[u8; SUBSCRIPTION as usize], kind: u8) -> [u8; EVENT as usize] {
    let mut event = [0; EVENT as usize];
    for (byte, of) in event.iter_mut().zip(awaited).take(8) {
        *byte = *of;
    }
    event[10] = kind;
    event
}

/// For how long, in nanoseconds; of a point in time, what is left until then.
fn duration(state: &State, awaited: &[u8; SUBSCRIPTION as usize]) -> u64 {
    const REALTIME: u8 = 0;
    const ABSOLUTE: u8 = 1;
    let timeout = awaited.iter().skip(24).take(8).rev();
    let timeout = timeout.fold(0, |number, byte| number << 8 | u64::from(*byte));
    if awaited[40] & ABSOLUTE == 0 {
        return timeout;
    }
    let now = if awaited[16] == REALTIME {
        state.now()
    } else {
        state.elapsed()
    };
    timeout.saturating_sub(now)
}
