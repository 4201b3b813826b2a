//! The functions of WASI preview 1 that a command needs, over pipes in memory. There are no others: no file, no
//! directory, no socket and no environment can as much as be named.
//!
//! Shapes and numbers are those of
//! <https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md>.

mod guest;
mod poll;

use wasmtime::{Caller, Engine, Linker};

use self::guest::{Errno, Guest, status};
use crate::{outcome::Exited, state::State};

/// The module from which preview 1 is imported.
pub(crate) const MODULE: &str = "wasi_snapshot_preview1";

/// What of it is there.
pub const FUNCTIONS: [&str; 16] = [
    "args_get",
    "args_sizes_get",
    "clock_time_get",
    "environ_get",
    "environ_sizes_get",
    "fd_close",
    "fd_fdstat_get",
    "fd_prestat_dir_name",
    "fd_prestat_get",
    "fd_read",
    "fd_seek",
    "fd_write",
    "poll_oneoff",
    "proc_exit",
    "random_get",
    "sched_yield",
];

/// As many pieces as one call reads or writes.
const MOST_PIECES: u32 = 1024;

/// As many random bytes as one call gives.
const MOST_RANDOM: u32 = 64 * 1024;

const STDIN: i32 = 0;
const STDOUT: i32 = 1;
const STDERR: i32 = 2;

type Called = wasmtime::Result<i32>;

/// What code is linked with.
#[rustfmt::skip]
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    linker
        .func_wrap(MODULE, "args_get", |_: i32, _: i32| Errno::SUCCESS)?
        .func_wrap(MODULE, "args_sizes_get", nothing)?
        .func_wrap(MODULE, "environ_get", |_: i32, _: i32| Errno::SUCCESS)?
        .func_wrap(MODULE, "environ_sizes_get", nothing)?
        .func_wrap(MODULE, "clock_time_get", clock_time_get)?
        .func_wrap(MODULE, "fd_close", |fd: i32| if is_open(fd) { Errno::SUCCESS } else { Errno::BADF })?
        .func_wrap(MODULE, "fd_fdstat_get", fd_fdstat_get)?
        .func_wrap(MODULE, "fd_prestat_get", |_: i32, _: i32| Errno::BADF)?
        .func_wrap(MODULE, "fd_prestat_dir_name", |_: i32, _: i32, _: i32| Errno::BADF)?
        .func_wrap(MODULE, "fd_read", fd_read)?
        .func_wrap(MODULE, "fd_seek", |fd: i32, _: i64, _: i32, _: i32| if is_open(fd) { Errno::SPIPE } else { Errno::BADF })?
        .func_wrap(MODULE, "fd_write", fd_write)?
        .func_wrap(MODULE, "poll_oneoff", poll::poll_oneoff)?
        .func_wrap(MODULE, "proc_exit", |status: i32| -> wasmtime::Result<()> { Err(Exited(status).into()) })?
        .func_wrap(MODULE, "random_get", random_get)?
        .func_wrap(MODULE, "sched_yield", || Errno::SUCCESS)?;
    Ok(linker)
}

const fn is_open(fd: i32) -> bool {
    matches!(fd, STDIN | STDOUT | STDERR)
}

/// Of arguments and of the environment: none, in no bytes.
fn nothing(mut caller: Caller<'_, State>, count: i32, bytes: i32) -> Called {
    status(Guest::of(&mut caller).and_then(|mut guest| {
        guest.write_u32(count, 0)?;
        guest.write_u32(bytes, 0)
    }))
}

fn clock_time_get(mut caller: Caller<'_, State>, clock: i32, _precision: i64, into: i32) -> Called {
    const REALTIME: i32 = 0;
    const MONOTONIC: i32 = 1;
    let now = match clock {
        REALTIME => caller.data().now(),
        MONOTONIC => caller.data().elapsed(),
        _ => return Ok(Errno::INVAL),
    };
    status(Guest::of(&mut caller).and_then(|mut guest| guest.write(into, &now.to_le_bytes())))
}

/// Of a pipe: it is of no kind that WASI has a name for, and can be read or written.
fn fd_fdstat_get(mut caller: Caller<'_, State>, fd: i32, into: i32) -> Called {
    const READ: u64 = 1 << 1;
    const WRITE: u64 = 1 << 6;
    let rights = match fd {
        STDIN => READ,
        STDOUT | STDERR => WRITE,
        _ => return Ok(Errno::BADF),
    };
    let mut stat = [0; 24];
    for (byte, right) in stat.iter_mut().skip(8).zip(rights.to_le_bytes()) {
        *byte = right;
    }
    status(Guest::of(&mut caller).and_then(|mut guest| guest.write(into, &stat)))
}

fn fd_read(mut caller: Caller<'_, State>, fd: i32, pieces: i32, count: i32, read: i32) -> Called {
    if fd != STDIN {
        return Ok(Errno::BADF);
    }
    status(Guest::of(&mut caller).and_then(|mut guest| {
        let mut total = 0;
        for piece in guest.pieces(pieces, count)? {
            let (into, most) = piece;
            let given = guest.read_input(into, most)?;
            total += given;
            if given < most {
                break;
            }
        }
        guest.write_u32(read, total)
    }))
}

fn fd_write(
    mut caller: Caller<'_, State>,
    fd: i32,
    pieces: i32,
    count: i32,
    written: i32,
) -> Called {
    let take = match fd {
        STDOUT => State::write_output,
        STDERR => State::write_log,
        _ => return Ok(Errno::BADF),
    };
    status(Guest::of(&mut caller).and_then(|mut guest| {
        let mut total = 0_u32;
        for (from, length) in guest.pieces(pieces, count)? {
            let (bytes, state) = guest.bytes(from, length)?;
            take(state, bytes)?;
            total = total.saturating_add(length);
        }
        guest.write_u32(written, total)
    }))
}

fn random_get(mut caller: Caller<'_, State>, into: i32, length: i32) -> Called {
    let length = length.cast_unsigned();
    if length > MOST_RANDOM {
        return Ok(Errno::INVAL);
    }
    status(Guest::of(&mut caller).and_then(|mut guest| {
        let (bytes, state) = guest.bytes_mut(into, length)?;
        state.fill(bytes);
        Ok(())
    }))
}
