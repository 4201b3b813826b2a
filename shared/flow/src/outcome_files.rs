//! The files of outcomes, and which of them no run has taken.
//!
//! An incremental flow takes the files that were written since its last run, each once. So whatever a
//! run left behind is taken when it is written again: the same bytes under the same key are newer then.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::Timestamp;

use crate::{Run, RunState};

/// A file that is written while a run begins may be that run's or the next one's.
const SLACK: Duration = Duration::from_secs(30);

/// An outcome's file, of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeFile {
    /// Its key: `outcomes/<record id>-event-<action>-<yyyy-mm-dd-HH_MM_SS>.csv`.
    pub key: String,
    /// Its entity tag.
    pub etag: String,
    /// When it was written last.
    pub written_at: Timestamp,
}

impl OutcomeFile {
    /// The record that it is about, and the time in its name, in whose order outcomes are.
    fn record_and_time(&self) -> Option<(&str, &str)> {
        let name = self.key.rsplit('/').next()?.strip_suffix(".csv")?;
        let (record, event) = name.split_once("-event-")?;
        let (_, time) = event.split_once('-')?;
        Some((record, time))
    }
}

/// Of each record the file that says the latest. To write an older one again would put what is
/// outdated in the place of what is not.
#[must_use]
pub fn newest_of_each<'a>(
    files: impl IntoIterator<Item = &'a OutcomeFile>,
) -> Vec<&'a OutcomeFile> {
    let mut newest: BTreeMap<&str, (&str, &OutcomeFile)> = BTreeMap::new();
    for file in files {
        let Some((record, time)) = file.record_and_time() else {
            continue;
        };
        let known = newest.entry(record).or_insert((time, file));
        if known.0 < time {
            *known = (time, file);
        }
    }
    newest.into_values().map(|(_, file)| file).collect()
}

/// The files that a run should have taken and did not, by what each run says. Runs are the oldest first;
/// `has_all_runs` says that there are none before them.
///
/// A run that took fewer rows than there were files for it owes the rest to the next one: a file that is
/// written in the second in which a run begins is either's. So a run may owe as many as were written in
/// that second, over and over; what it owes beyond that, and owed before, nobody took. Nobody can tell
/// which of the files these are: all are missed since a run last owed nothing. Of the last run only a
/// failure counts, since nothing has made up for it yet.
#[must_use]
pub fn not_taken<'a>(
    files: &'a [OutcomeFile],
    runs: &[Run],
    has_all_runs: bool,
) -> Vec<&'a OutcomeFile> {
    let (mut missed, mut suspects, mut owed) = (BTreeSet::new(), Vec::new(), 0_u64);
    for (run, window) in windows(files, runs, has_all_runs) {
        let owed_before = owed;
        owed = owed.saturating_add(count(&window));
        owed = owed.saturating_sub(run.accepted());
        if owed == 0 {
            suspects.clear();
            continue;
        }
        let at_its_beginning = count(window.iter().filter(|file| is_at_beginning(file, run)));
        suspects.extend(window.iter().map(|file| file.key.as_str()));
        // A run that failed leaves everything to the next one.
        if run.state != RunState::Failed && owed_before > 0 && owed > at_its_beginning {
            missed.extend(suspects.drain(..));
            suspects.extend(window.iter().map(|file| file.key.as_str()));
            owed = at_its_beginning;
        }
    }
    let last = runs.iter().rfind(|run| run.is_over());
    let has_failed = last.is_some_and(|run| run.state == RunState::Failed || run.failures > 0);
    // What is written again is its old run's no more, and that run's rows would then be those of a file that
    // nobody took. So what is open is written again with it.
    if owed > 0 && (has_failed || !missed.is_empty()) {
        missed.extend(suspects);
    }
    // Of a record whose later word was taken, or waits, the earlier one is of no use any more.
    let mut newest = newest_of_each(files);
    newest.retain(|file| missed.contains(file.key.as_str()));
    newest
}

/// The files that any of `runs` may have left, of those that were written up to `until`: when some were
/// written again since then, no run's count tells of the others.
#[must_use]
pub fn perhaps_not_taken<'a>(
    files: &'a [OutcomeFile],
    runs: &[Run],
    has_all_runs: bool,
    until: Timestamp,
) -> Vec<&'a OutcomeFile> {
    let first = runs.first().filter(|_| !has_all_runs);
    let mut newest = newest_of_each(files);
    newest.retain(|file| {
        file.written_at <= until && first.is_none_or(|first| file.written_at > first.started_at)
    });
    newest
}

/// The runs that are over, each with the files that were written up to its beginning and after that of the
/// one before.
fn windows<'a, 'b>(
    files: &'a [OutcomeFile],
    runs: &'b [Run],
    has_all_runs: bool,
) -> Vec<(&'b Run, Vec<&'a OutcomeFile>)> {
    let mut from = None;
    let over = runs.iter().filter(|run| run.is_over());
    over.map(|run| {
        // What was written before the first run that is known, others took.
        let is_known = from.is_some() || has_all_runs;
        let is_its = |file: &&OutcomeFile| {
            is_known
                && file.written_at <= run.started_at
                && from.is_none_or(|from| file.written_at > from)
        };
        let window = files.iter().filter(is_its).collect();
        from = Some(run.started_at);
        (run, window)
    })
    .collect()
}

/// S3 tells when a file was written in whole seconds, so that one of the second in which a run begins may
/// have come before it or after.
fn is_at_beginning(file: &OutcomeFile, run: &Run) -> bool {
    file.written_at.as_second() == run.started_at.as_second()
}

fn count(files: impl IntoIterator) -> u64 {
    u64::try_from(files.into_iter().count()).unwrap_or(u64::MAX)
}

/// How many files no run that ended well can have taken yet.
#[must_use]
pub fn waiting(files: &[OutcomeFile], runs: &[Run]) -> u64 {
    let is_well = |run: &&Run| run.state == RunState::Successful;
    let last = runs.iter().rev().find(is_well);
    let is_waiting = |file: &&OutcomeFile| {
        last.is_none_or(|run| {
            let begun = run.started_at.checked_sub(SLACK).unwrap_or(run.started_at);
            file.written_at > begun
        })
    };
    count(files.iter().filter(is_waiting))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_768_467_600 + second).unwrap()
    }

    fn file(record: &str, time: &str, written: i64) -> OutcomeFile {
        OutcomeFile {
            key: format!("outcomes/{record}-event-updated-2026-01-15-{time}.csv"),
            etag: "\"1\"".to_owned(),
            written_at: at(written),
        }
    }

    fn run(started: i64, state: RunState, processed: u64, failures: u64) -> Run {
        Run {
            started_at: at(started),
            state,
            processed,
            failures,
            said: None,
        }
    }

    fn keys(files: &[&OutcomeFile]) -> Vec<i64> {
        let base = at(0);
        files
            .iter()
            .map(|file| file.written_at.duration_since(base).as_secs())
            .collect()
    }

    #[test]
    fn of_each_record_the_latest_word_is_written_again_and_no_older_one() {
        let files = [
            file("a0x", "09_00_00", 50),
            file("a0x", "09_00_05", 40),
            file("a0y", "08_00_00", 60),
        ];
        let newest = newest_of_each(&files);
        assert_eq!(keys(&newest), [40, 60]);
    }

    #[test]
    fn what_lies_there_under_another_name_is_left_alone() {
        let mut stranger = file("a0x", "09_00_00", 50);
        stranger.key = "outcomes/readme.txt".to_owned();
        assert_eq!(newest_of_each([&stranger]), Vec::<&OutcomeFile>::new());
    }

    #[test]
    fn files_of_a_run_that_took_nothing_are_not_taken() {
        let files = [file("a0x", "09_00_00", 70), file("a0y", "09_00_01", 130)];
        let runs = [
            run(60, RunState::Successful, 0, 0),
            run(120, RunState::Successful, 0, 0),
            run(180, RunState::Successful, 1, 0),
        ];
        assert_eq!(keys(&not_taken(&files, &runs, true)), [70, 130]);
    }

    #[test]
    fn what_the_next_run_made_up_for_is_taken() {
        let files = [file("a0x", "09_00_00", 60), file("a0y", "09_00_01", 90)];
        let runs = [
            run(60, RunState::Successful, 0, 0),
            run(120, RunState::Successful, 2, 0),
        ];
        assert_eq!(not_taken(&files, &runs, true), Vec::<&OutcomeFile>::new());
    }

    #[test]
    fn what_a_run_took_of_the_one_before_does_not_stand_for_what_it_left_itself() {
        let files = [
            file("a0u", "09_00_00", 60),
            file("a0v", "09_00_00", 60),
            file("a0x", "09_01_00", 120),
            file("a0y", "09_01_00", 120),
        ];
        let mut runs = vec![
            run(60, RunState::Successful, 0, 0),
            run(120, RunState::Successful, 2, 0),
        ];
        assert_eq!(not_taken(&files, &runs, true), Vec::<&OutcomeFile>::new());
        runs.push(run(180, RunState::Successful, 1, 0));
        assert_eq!(keys(&not_taken(&files, &runs, true)), [60, 60, 120, 120]);
        runs[2].processed = 2;
        assert_eq!(not_taken(&files, &runs, true), Vec::<&OutcomeFile>::new());
    }

    #[test]
    fn what_is_open_is_written_again_with_what_nobody_took() {
        let files = [file("a0x", "09_00_00", 70), file("a0y", "09_03_00", 240)];
        let runs = [
            run(60, RunState::Successful, 0, 0),
            run(120, RunState::Successful, 0, 0),
            run(180, RunState::Successful, 0, 0),
            run(240, RunState::Successful, 0, 0),
        ];
        assert_eq!(keys(&not_taken(&files, &runs, true)), [70, 240]);
    }

    #[test]
    fn a_last_run_that_failed_took_nothing_and_one_that_took_too_little_may_be_made_up_for() {
        let files = [file("a0x", "09_00_00", 70)];
        let before = run(60, RunState::Successful, 0, 0);
        let failed = [before.clone(), run(120, RunState::Failed, 1, 1)];
        assert_eq!(keys(&not_taken(&files, &failed, true)), [70]);
        let rejected = [before.clone(), run(120, RunState::Successful, 1, 1)];
        assert_eq!(keys(&not_taken(&files, &rejected, true)), [70]);
        let idle = [before, run(120, RunState::Successful, 0, 0)];
        assert_eq!(not_taken(&files, &idle, true), Vec::<&OutcomeFile>::new());
    }

    #[test]
    fn what_a_later_word_made_outdated_is_missed_by_nobody() {
        let files = [file("a0x", "09_00_00", 30), file("a0x", "09_00_05", 130)];
        let runs = [
            run(60, RunState::Successful, 0, 0),
            run(120, RunState::Successful, 0, 0),
            run(180, RunState::Successful, 1, 0),
        ];
        assert_eq!(not_taken(&files, &runs, true), Vec::<&OutcomeFile>::new());
    }

    #[test]
    fn what_was_written_before_the_runs_that_are_known_is_others_business() {
        let files = [file("a0x", "09_00_00", 10)];
        let runs = [
            run(60, RunState::Failed, 0, 0),
            run(120, RunState::Successful, 0, 0),
        ];
        assert_eq!(not_taken(&files, &runs, false), Vec::<&OutcomeFile>::new());
        assert_eq!(keys(&not_taken(&files, &runs, true)), [10]);
    }

    #[test]
    fn where_some_were_written_again_all_others_of_the_runs_that_are_known_are_too() {
        let files = [
            file("a0x", "09_00_00", 50),
            file("a0y", "09_00_00", 70),
            file("a0z", "09_00_00", 190),
        ];
        let runs = [run(60, RunState::Successful, 1, 0)];
        let left = perhaps_not_taken(&files, &runs, true, at(180));
        assert_eq!(keys(&left), [50, 70]);
        let left = perhaps_not_taken(&files, &runs, false, at(180));
        assert_eq!(keys(&left), [70]);
    }

    #[test]
    fn what_is_written_again_is_the_next_runs_business() {
        let files = [file("a0x", "09_00_00", 150)];
        let runs = [
            run(60, RunState::Successful, 0, 0),
            run(120, RunState::Successful, 0, 0),
        ];
        assert_eq!(not_taken(&files, &runs, true), Vec::<&OutcomeFile>::new());
        assert_eq!(waiting(&files, &runs), 1);
    }
}
