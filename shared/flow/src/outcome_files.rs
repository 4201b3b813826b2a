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
/// A run that took fewer rows than there were files for it is short, unless the next one made up for it:
/// which took them is then a matter of a second. Of the last run only a failure counts, since nothing
/// has made up for it yet.
#[must_use]
pub fn not_taken<'a>(
    files: &'a [OutcomeFile],
    runs: &[Run],
    has_all_runs: bool,
) -> Vec<&'a OutcomeFile> {
    let over: Vec<&Run> = runs.iter().filter(|run| run.is_over()).collect();
    let windows: Vec<(&Run, Vec<&OutcomeFile>)> = over
        .iter()
        .enumerate()
        .map(|(place, run)| {
            let from = place.checked_sub(1).and_then(|before| over.get(before));
            let from = from.map(|run| run.started_at);
            // What was written before the first run that is known, others took.
            let is_known = from.is_some() || has_all_runs;
            let is_its = |file: &&OutcomeFile| {
                is_known
                    && file.written_at <= run.started_at
                    && from.is_none_or(|from| file.written_at > from)
            };
            (*run, files.iter().filter(is_its).collect())
        })
        .collect();
    let balance = |(run, files): &(&Run, Vec<&OutcomeFile>)| {
        i128::from(run.accepted()) - i128::try_from(files.len()).unwrap_or(i128::MAX)
    };
    let mut missed = Vec::new();
    for (place, window) in windows.iter().enumerate() {
        let (run, files) = window;
        let short = -balance(window);
        let is_short = match windows.get(place + 1) {
            Some(next) => short > balance(next).max(0),
            None => short > 0 && (run.state == RunState::Failed || run.failures > 0),
        };
        if is_short {
            missed.extend(files.iter().copied());
        }
    }
    // Of a record whose later word was taken, or waits, the earlier one is of no use any more.
    let newest = newest_of_each(files).into_iter();
    let newest: BTreeSet<&str> = newest.map(|file| file.key.as_str()).collect();
    missed.retain(|file| newest.contains(file.key.as_str()));
    missed
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
    u64::try_from(files.iter().filter(is_waiting).count()).unwrap_or(u64::MAX)
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
        assert_eq!(keys(&not_taken(&files, &runs, true)), [70]);
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
