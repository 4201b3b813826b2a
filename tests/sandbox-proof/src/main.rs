//! Proves that tenants' own code stays where it is: modules, packages, compiled code and answers of somebody who means
//! harm are all stopped, while a neighbour's code goes on being answered; and that planted bugs are found. The last
//! line is the figure.

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    sync::Arc,
};

use extension_compile::apart;
use fairlead_sandbox_proof::{
    all,
    attack::{Attack, Room, Stopped, Tried},
    ground::Ground,
    neighbour::{self, Neighbour, is_well},
    seals,
};
use lambda_kit::planted::plant;

/// The bugs that are planted, where they are found, and what they make of the code.
const BUGS: [(&str, Room, &str); 9] = [
    (
        "sandbox-time-unbounded",
        Room::Modules,
        "code runs on when its time is up",
    ),
    (
        "sandbox-memory-unbounded",
        Room::Modules,
        "code has as much memory as it likes",
    ),
    (
        "sandbox-output-unbounded",
        Room::Modules,
        "code fills its host's memory by what it writes",
    ),
    (
        "sandbox-clock-runs",
        Room::Modules,
        "code is given a clock by which it learns of its host",
    ),
    (
        "sandbox-seal-unread",
        Room::Seals,
        "code that was compiled elsewhere is loaded",
    ),
    (
        "package-sizes-believed",
        Room::Packages,
        "an archive is as large as it says, until it is unpacked",
    ),
    (
        "package-links-followed",
        Room::Packages,
        "a link in a package leads to a file of the host",
    ),
    (
        "package-names-twice",
        Room::Packages,
        "of two files of one name, nobody knows which is meant",
    ),
    (
        "package-names-lead-out",
        Room::Packages,
        "a package writes a file beside itself",
    ),
];

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(apart::ARGUMENT) {
        return apart::serve();
    }
    panic::set_hook(Box::new(|_| {}));
    let ground = Ground::new();
    let echo = ground.prepare(&neighbour::module());
    let Ok(echo) = echo else {
        println!("not even code that means no harm is taken");
        return ExitCode::FAILURE;
    };
    let attacks = all();
    let beside = Neighbour::move_in(Arc::clone(&ground.sandbox), echo.clone());
    let mut worst = Stopped::before("");
    let (mut stopped, mut is_alive) = (0, seals::whole_is_loaded(&ground));
    for (number, attack) in attacks.iter().enumerate() {
        let answered = beside.answered();
        match carry_out(attack, &ground) {
            Ok(by) => {
                stopped += 1;
                worst.overrun = worst.overrun.max(by.overrun);
                worst.beyond = worst.beyond.max(by.beyond);
                println!("stopped {:50} {}", attack.name, by.by);
            }
            Err(how) => println!("NOT STOPPED {:46} {how}", attack.name),
        }
        if !is_well(&ground.sandbox, &echo, number) {
            println!("after {} the host answers nobody any more", attack.name);
            is_alive = false;
        }
        // The neighbour gets on: how fast is the machine's business.
        while is_alive && beside.answered() == answered {
            std::thread::yield_now();
        }
    }
    let (answered, wrong) = beside.move_out();
    let caught = BUGS
        .iter()
        .filter(|bug| is_caught(&ground, &attacks, bug))
        .count();
    let is_right = stopped == attacks.len() && is_alive && wrong == 0 && caught == BUGS.len();
    println!(
        "sandbox: attacks {}; stopped {stopped}; worst overrun {:.1} ms, {:.1} MiB; host {}; neighbour answered {answered}, wrongly {wrong}; planted bugs caught {caught}/{}",
        attacks.len(),
        worst.overrun.as_secs_f64() * 1000.0,
        mebibytes(worst.beyond),
        if is_alive { "alive" } else { "DEAD" },
        BUGS.len(),
    );
    if is_right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Carries an attack out; a panic of ours is what no attack may bring about.
fn carry_out(attack: &Attack, ground: &Ground) -> Tried {
    let tried = panic::catch_unwind(AssertUnwindSafe(|| attack.carry_out(ground)));
    tried.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned().unwrap_or_default();
        Err(format!("a panic: {text}"))
    })
}

/// Plants a bug and looks whether an attack gets through by it.
fn is_caught(
    ground: &Ground,
    attacks: &[Attack],
    (name, room, what): &(&'static str, Room, &str),
) -> bool {
    plant(Some(name));
    let mut attacks = attacks.iter().filter(|attack| attack.room == *room);
    let through = attacks.find(|attack| carry_out(attack, ground).is_err());
    plant(None);
    let verdict = match through {
        Some(attack) => format!("caught, by {}", attack.name),
        None => "NOT caught".to_owned(),
    };
    println!("planted {name:26} {verdict}: {what}");
    through.is_some()
}

#[expect(clippy::cast_precision_loss, reason = "it is printed with one decimal")]
fn mebibytes(bytes: usize) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}
