//! The memory of code, as far as it points to it.

use wasmtime::{Caller, Extern};

use super::MOST_PIECES;
use crate::{outcome::Stopped, state::State};

/// Numbers of errors.
pub(super) struct Errno;

impl Errno {
    pub(super) const SUCCESS: i32 = 0;
    pub(super) const BADF: i32 = 8;
    pub(super) const FAULT: i32 = 21;
    pub(super) const INVAL: i32 = 28;
    pub(super) const SPIPE: i32 = 70;
}

/// Why a call was not done.
pub(super) enum Failed {
    /// Code is told so.
    Told(i32),
    /// Code ends.
    Ends(Stopped),
}

impl From<Stopped> for Failed {
    fn from(stopped: Stopped) -> Self {
        Self::Ends(stopped)
    }
}

pub(super) type Done<T> = Result<T, Failed>;

/// What a call returns to code.
pub(super) fn status(done: Done<()>) -> wasmtime::Result<i32> {
    match done {
        Ok(()) => Ok(Errno::SUCCESS),
        Err(Failed::Told(error)) => Ok(error),
        Err(Failed::Ends(stopped)) => Err(stopped.into()),
    }
}

/// Code's memory and its state. Pointers are numbers of code's own making: each is checked with its length.
pub(super) struct Guest<'a> {
    memory: &'a mut [u8],
    state: &'a mut State,
}

const FAULT: Failed = Failed::Told(Errno::FAULT);

/// Where a piece lies and how long it is.
type Piece = (i32, u32);

impl<'a> Guest<'a> {
    pub(super) fn of(caller: &'a mut Caller<'_, State>) -> Done<Self> {
        let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
            return Err(FAULT);
        };
        let (memory, state) = memory.data_and_store_mut(caller);
        Ok(Self { memory, state })
    }

    pub(super) fn state(&mut self) -> &mut State {
        self.state
    }

    /// What lies there, and the state.
    pub(super) fn bytes(&mut self, at: i32, length: u32) -> Done<(&[u8], &mut State)> {
        let range = range(at, length)?;
        Ok((self.memory.get(range).ok_or(FAULT)?, self.state))
    }

    /// What lies there, to be written over, and the state.
    pub(super) fn bytes_mut(&mut self, at: i32, length: u32) -> Done<(&mut [u8], &mut State)> {
        let range = range(at, length)?;
        Ok((self.memory.get_mut(range).ok_or(FAULT)?, self.state))
    }

    pub(super) fn write(&mut self, at: i32, bytes: &[u8]) -> Done<()> {
        let length = u32::try_from(bytes.len()).map_err(|_| FAULT)?;
        let (place, _) = self.bytes_mut(at, length)?;
        place.copy_from_slice(bytes);
        Ok(())
    }

    pub(super) fn write_u32(&mut self, at: i32, value: u32) -> Done<()> {
        self.write(at, &value.to_le_bytes())
    }

    pub(super) fn array<const N: usize>(&mut self, at: i32) -> Done<[u8; N]> {
        let length = u32::try_from(N).map_err(|_| FAULT)?;
        let (bytes, _) = self.bytes(at, length)?;
        bytes.try_into().map_err(|_| FAULT)
    }

    /// Where the pieces of a call lie, of which there is a list at `at`.
    pub(super) fn pieces(&mut self, at: i32, count: i32) -> Done<Vec<Piece>> {
        let count = count.cast_unsigned();
        if count > MOST_PIECES {
            return Err(Failed::Told(Errno::INVAL));
        }
        let (list, _) = self.bytes(at, count * 8)?;
        let pieces = list.as_chunks::<8>().0.iter();
        Ok(pieces
            .map(|[a, b, c, d, e, f, g, h]| {
                (
                    i32::from_le_bytes([*a, *b, *c, *d]),
                    u32::from_le_bytes([*e, *f, *g, *h]),
                )
            })
            .collect())
    }

    /// Puts the next of code's input there; says how much that was.
    pub(super) fn read_input(&mut self, into: i32, most: u32) -> Done<u32> {
        let (place, state) = self.bytes_mut(into, most)?;
        let next = state.read_input(place.len());
        let length = next.len();
        place.get_mut(..length).ok_or(FAULT)?.copy_from_slice(next);
        u32::try_from(length).map_err(|_| FAULT)
    }
}

fn range(at: i32, length: u32) -> Done<std::ops::Range<usize>> {
    let start = usize::try_from(at.cast_unsigned()).map_err(|_| FAULT)?;
    let length = usize::try_from(length).map_err(|_| FAULT)?;
    Ok(start..start.checked_add(length).ok_or(FAULT)?)
}
