//! Writing again what was not taken.

use flow::{Breaker, OutcomeFile, newest_of_each, not_taken, perhaps_not_taken};
use lambda_kit::error::ServiceError;

use crate::{App, looking::Look};

/// Writes the files again that runs should have taken and did not; whether there was time for all.
pub(crate) async fn missed(
    app: &App,
    look: &Look,
    trying: &Breaker,
    has_time: impl Fn() -> bool,
) -> Result<bool, ServiceError> {
    let Some(seen) = &look.seen else {
        return Ok(true);
    };
    let (files, runs) = (&look.files, &seen.runs);
    let missed = match trying.cut_off() {
        None => not_taken(files, runs, seen.has_all_runs),
        // Whoever was cut off may have written some of them.
        Some(until) => perhaps_not_taken(files, runs, seen.has_all_runs, until),
    };
    write_again(app, &missed, has_time).await
}

/// Writes the latest word of each record again; whether there was time for all.
pub(crate) async fn everything(
    app: &App,
    files: &[OutcomeFile],
    trying: &Breaker,
    has_time: impl Fn() -> bool,
) -> Result<bool, ServiceError> {
    let newest = match trying.cut_off() {
        None => newest_of_each(files),
        // Whichever runs there were, since none of them tells of the gap.
        Some(until) => perhaps_not_taken(files, &[], true, until),
    };
    write_again(app, &newest, has_time).await
}

/// As many as there is time for.
async fn write_again(
    app: &App,
    files: &[&OutcomeFile],
    has_time: impl Fn() -> bool,
) -> Result<bool, ServiceError> {
    let mut written = 0;
    for file in files {
        if !has_time() {
            break;
        }
        app.outcomes.write_again(file).await?;
        written += 1;
    }
    if written > 0 {
        let count = u64::try_from(written).unwrap_or(u64::MAX);
        app.metrics.count("outcomes_written_again", count);
    }
    Ok(written == files.len())
}
