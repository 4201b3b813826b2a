//! Code that wants to know of the world, of others, or of its own past.

use sandbox::{End, Outcome};

use super::{ends, module};
use crate::{
    attack::{Attack, Room, Stopped, Tried},
    ground::{Ground, LONG},
};

const NO_SUCH_FILE: i32 = 8;
const NO_PLACE_IN_A_PIPE: i32 = 70;

pub(super) fn all() -> Vec<Attack> {
    let mut all = files();
    all.extend([
        puts_out("the environment", "(drop (call $environ_sizes (i32.const 64) (i32.const 68)))", [0; 8]),
        puts_out("its arguments", "(drop (call $args_sizes (i32.const 64) (i32.const 68)))", [0; 8]),
        puts_out(
            "the time, which stands at its event's",
            "(drop (call $clock (i32.const 0) (i64.const 1) (i32.const 64)))",
            1_768_467_600_000_000_000_u64.to_le_bytes(),
        ),
        puts_out(
            "how long something takes",
            "(local $n i32) (loop $again (local.set $n (i32.add (local.get $n) (i32.const 1))) (br_if $again (i32.lt_u (local.get $n) (i32.const 100000))))
             (drop (call $clock (i32.const 1) (i64.const 1) (i32.const 64)))",
            [0; 8],
        ),
        same_again("randomness that is another each time", "(drop (call $random (i32.const 64) (i32.const 8)))"),
        same_again("what it left in its memory", "(i64.store (i32.const 64) (i64.add (i64.load (i32.const 64)) (i64.const 1)))"),
        same_again("what it left in all of its memory", "(drop (memory.grow (i32.const 15))) (i64.store (i32.const 64) (i64.load (i32.const 900000))) (memory.fill (i32.const 512) (i32.const 0x5a) (i32.const 999000))"),
        Attack::new("what a neighbour left in memory", Room::Modules, left_by_another),
    ]);
    all
}

fn files() -> Vec<Attack> {
    let is_told = |name, status, call: &str| {
        ends(
            name,
            End::Failed(status),
            module("1", "", &format!("(call $exit {call})")),
        )
    };
    vec![
        is_told(
            "a directory that it was given",
            NO_SUCH_FILE,
            "(call $prestat (i32.const 3) (i32.const 0))",
        ),
        is_told(
            "the name of a directory",
            NO_SUCH_FILE,
            "(call $prestat_name (i32.const 3) (i32.const 0) (i32.const 100))",
        ),
        is_told(
            "a file of its host, by its number",
            NO_SUCH_FILE,
            "(call $read (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 8))",
        ),
        is_told(
            "a connection of its host, by its number",
            NO_SUCH_FILE,
            "(call $write (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 8))",
        ),
        is_told(
            "an end to a connection of its host",
            NO_SUCH_FILE,
            "(call $close (i32.const 4))",
        ),
        is_told(
            "what kind of thing its host has open",
            NO_SUCH_FILE,
            "(call $fdstat (i32.const 3) (i32.const 0))",
        ),
        is_told(
            "its output, to be read",
            NO_SUCH_FILE,
            "(call $read (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 8))",
        ),
        is_told(
            "its input, from the beginning again",
            NO_PLACE_IN_A_PIPE,
            "(call $seek (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0))",
        ),
    ]
}

/// Puts out the eight bytes at 64.
const PUT_OUT: &str =
    "(i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 8))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))";

fn outcome(ground: &Ground, start: &str) -> Result<impl Fn(&Ground) -> Outcome, String> {
    let module = module("1", "", &format!("{start} {PUT_OUT}"));
    let code = ground
        .prepare(&module)
        .map_err(|refusal| refusal.to_string())?;
    Ok(move |ground: &Ground| ground.run(&code, LONG).outcome)
}

/// Code that asks for something and learns no more than `told`.
fn puts_out(name: &'static str, start: &'static str, told: [u8; 8]) -> Attack {
    Attack::new(name, Room::Modules, move |ground| {
        let outcome = outcome(ground, start)?(ground);
        if outcome.end == End::Answered && outcome.output == told {
            Ok(Stopped::before("it learns nothing by it"))
        } else {
            Err(format!("{}: it was told {:?}", outcome.end, outcome.output))
        }
    })
}

/// Code that would learn something if a second run of it differed from the first.
fn same_again(name: &'static str, start: &'static str) -> Attack {
    Attack::new(name, Room::Modules, move |ground| {
        let run = outcome(ground, start)?;
        let (one, other) = (run(ground), run(ground));
        let is_same =
            one.output == other.output && one.fuel == other.fuel && one.end == End::Answered;
        if is_same {
            Ok(Stopped::before("each run is the first"))
        } else {
            Err(format!("{:?}, and then {:?}", one.output, other.output))
        }
    })
}

/// One tenant's code fills all the memory that it may have with a mark; another one's looks through all of its own.
fn left_by_another(ground: &Ground) -> Tried {
    let mark = "(drop (memory.grow (i32.const 240))) (memory.fill (i32.const 0) (i32.const 0xa5) (i32.const 16777216)) (call $exit (i32.const 1))";
    let search = "(local $at i32) (drop (memory.grow (i32.const 240)))
        (loop $next
          (i64.store (i32.const 64) (i64.or (i64.load (i32.const 64)) (i64.load offset=128 (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br_if $next (i32.lt_u (local.get $at) (i32.const 16777080))))";
    let marking = ground
        .prepare(&module("16", "", mark))
        .map_err(|refusal| refusal.to_string())?;
    let searching = ground
        .prepare(&module("16", "", &format!("{search} {PUT_OUT}")))
        .map_err(|refusal| refusal.to_string())?;
    for _ in 0..20 {
        if ground.run(&marking, LONG).outcome.end != End::Failed(1) {
            return Err("the mark was not made".to_owned());
        }
        let found = ground.run(&searching, LONG).outcome;
        if found.end != End::Answered || found.output != [0; 8] {
            return Err(format!("{}: it found {:?}", found.end, found.output));
        }
    }
    Ok(Stopped::before("memory is empty, whoever had it"))
}
