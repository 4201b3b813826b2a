use proptest::prelude::*;

use super::*;
use crate::Health;

const LEASE: Duration = Duration::from_mins(1);
const ILL: Health = Health::Ill(Cause::Deactivated);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_768_467_600 + second).unwrap()
}

/// Looks at a flow of that health every minute for `minutes`; returns the row, how often it was tried to be
/// mended and what people were told.
fn watched(
    breaker: Breaker,
    health: Health,
    minutes: std::ops::Range<i64>,
) -> (Breaker, u32, Vec<Notice>) {
    let (mut breaker, mut tries, mut told) = (breaker, 0, Vec::new());
    for minute in minutes {
        let now = at(minute * 60);
        breaker = match breaker.next(health, now) {
            Next::Try(cause) => {
                tries += 1;
                let trying = breaker.trying(cause, "a", now, LEASE, 0);
                trying.acted(&[Action::Start], now)
            }
            Next::GiveUp(cause) => breaker.given_up(cause, now, 0),
            Next::Heal => breaker.healed(now),
            Next::Nothing | Next::Wait => breaker,
            next @ (Next::Busy | Next::Resume(_)) => panic!("nobody else is there: {next:?}"),
        };
        if let Some(notice) = breaker.untold() {
            told.push(notice);
            breaker = breaker.having_told(notice);
        }
    }
    (breaker, tries, told)
}

#[test]
fn a_flow_that_stays_broken_is_tried_four_times_and_told_of_once() {
    let (open, tries, told) = watched(Breaker::of("a"), ILL, 0..20);
    assert_eq!((tries, told), (4, vec![Notice::Broken]));
    assert_eq!(open.state(), State::Open);
    let (_, tries, told) = watched(open, ILL, 20..200);
    assert!(
        (1..=6).contains(&tries),
        "one try each half hour, not {tries}"
    );
    assert_eq!(told, []);
}

#[test]
fn a_flow_that_was_told_of_is_told_of_again_when_it_is_well_and_leaves_nothing_behind_but_that() {
    let (open, ..) = watched(Breaker::of("a"), ILL, 0..20);
    let (well, tries, told) = watched(open, Health::Well, 20..40);
    assert_eq!((tries, told), (0, vec![Notice::WellAgain]));
    let repair = Repair {
        since: at(0),
        until: at(20 * 60),
        cause: Cause::Deactivated,
        tries: 4,
        tried: vec![Action::Start],
        told: true,
    };
    assert_eq!(well.repairs(), [repair]);
    let without = Breaker {
        version: 0,
        repairs: Vec::new(),
        ..well
    };
    assert_eq!(without, Breaker::of("a"));
}

#[test]
fn the_latest_repairs_are_remembered_and_no_others() {
    let mut breaker = Breaker::of("a");
    for day in 0..12_i64 {
        let first = day * 24 * 60;
        (breaker, ..) = watched(breaker, ILL, first..first + 1);
        assert_eq!(breaker.next_actions(), [Action::Update, Action::Start]);
        (breaker, ..) = watched(breaker, Health::Well, first + 1..first + 2);
        assert_eq!(breaker.next_actions(), []);
    }
    let since: Vec<Timestamp> = breaker.repairs().iter().map(|one| one.since).collect();
    let expected: Vec<Timestamp> = (2..12).map(|day| at(day * 24 * 3_600)).collect();
    assert_eq!(since, expected);
}

#[test]
fn a_flow_that_is_mended_in_time_is_told_of_to_nobody() {
    let (mending, tries, told) = watched(Breaker::of("a"), ILL, 0..2);
    assert_eq!((mending.state(), tries, told), (State::Mending, 2, vec![]));
    let (well, _, told) = watched(mending, Health::Well, 2..3);
    assert_eq!((well.state(), told), (State::Well, vec![]));
}

#[test]
fn what_only_people_can_mend_they_are_told_at_once() {
    let (open, tries, told) = watched(Breaker::of("a"), Health::Ill(Cause::Missing), 0..100);
    assert_eq!((tries, told), (0, vec![Notice::Broken]));
    assert_eq!(open.cause(), Some(Cause::Missing));
}

#[test]
fn what_nothing_has_proven_for_ten_minutes_is_tried_again() {
    let (mending, ..) = watched(Breaker::of("a"), Health::Ill(Cause::Rejected), 0..1);
    assert_eq!(mending.next(Health::Unproven, at(10)), Next::Wait);
    assert_eq!(mending.next(Health::Unproven, at(599)), Next::Wait);
    let due = at(600);
    assert_eq!(
        mending.next(Health::Unproven, due),
        Next::Try(Cause::Rejected)
    );
}

#[test]
fn a_try_is_one_runs_until_its_lease_is_over_and_then_the_same_try_is_taken_up() {
    let trying = Breaker::of("a").trying(Cause::Errored, "one", at(0), LEASE, 0);
    assert_eq!(trying.next(ILL, at(59)), Next::Busy);
    assert_eq!(trying.next(ILL, at(60)), Next::Resume(Cause::Errored));
    let resumed = trying.resuming("two", at(60), LEASE, 0);
    assert_eq!(resumed.token(), trying.token());
    assert_eq!(resumed.tries(), 1);
    assert_eq!(trying.next(Health::Well, at(1)), Next::Heal);
}

#[test]
fn a_try_that_writes_files_again_is_made_to_its_end_even_if_the_flow_seems_to_be_well() {
    let trying = Breaker::of("a").trying(Cause::Idle, "one", at(0), LEASE, 0);
    assert_eq!(trying.cut_off(), None);
    assert_eq!(trying.next(Health::Well, at(59)), Next::Busy);
    assert_eq!(trying.next(Health::Well, at(60)), Next::Resume(Cause::Idle));
    let resumed = trying.resuming("two", at(70), LEASE, 0);
    assert_eq!(resumed.cut_off(), Some(at(60)));
    let once_more = resumed.resuming("three", at(200), LEASE, 0);
    assert_eq!(once_more.cut_off(), Some(at(60)));
    let acted = once_more.acted(&[Action::Redrive], at(210));
    assert_eq!(acted.next(Health::Well, at(211)), Next::Heal);
}

#[test]
fn each_try_has_a_token_of_its_own_and_each_illness_too() {
    let first = Breaker::of("a").trying(Cause::Errored, "a", at(0), LEASE, 0);
    let second = first
        .acted(&[], at(1))
        .trying(Cause::Errored, "a", at(60), LEASE, 0);
    let later = second
        .healed(at(300))
        .trying(Cause::Errored, "a", at(600), LEASE, 0);
    let tokens = [first.token(), second.token(), later.token()];
    assert_eq!(
        tokens
            .iter()
            .collect::<std::collections::BTreeSet<_>>()
            .len(),
        3
    );
}

#[test]
fn a_row_reads_back_as_it_was_written() {
    let (open, ..) = watched(Breaker::of("a"), ILL, 0..20);
    let written = serde_json::to_value(&open).unwrap();
    assert_eq!(written.get("state").unwrap(), "open");
    assert_eq!(serde_json::from_value::<Breaker>(written).unwrap(), open);
}

proptest! {
    #[test]
    fn a_wait_is_half_for_certain_and_never_longer_than_the_whole(tries in 1..40_u32, chance: u64) {
        let whole = FIRST_WAIT * (1 << (tries - 1).min(MOST_TRIES));
        let wait = wait_after(tries, chance);
        prop_assert!(wait >= whole / 2 && wait <= whole);
    }

    #[test]
    fn whatever_health_comes_a_version_never_goes_back_and_messages_alternate(
        healths in proptest::collection::vec(0..4_u8, 1..120),
    ) {
        let mut breaker = Breaker::of("a");
        let mut told: Vec<Notice> = Vec::new();
        for (minute, health) in healths.into_iter().enumerate() {
            let health = match health {
                0 => Health::Well,
                1 => Health::Unproven,
                2 => ILL,
                _ => Health::Ill(Cause::Missing),
            };
            let minute = i64::try_from(minute).unwrap();
            let version = breaker.version;
            let (next, _, notices) = watched(breaker, health, minute..minute + 1);
            prop_assert!(next.version >= version);
            told.extend(notices);
            breaker = next;
        }
        for pair in told.windows(2) {
            prop_assert_ne!(pair[0], pair[1]);
        }
        prop_assert!(told.first().is_none_or(|first| *first == Notice::Broken));
    }
}
