//! Writing again what was not taken.

use flow::{OutcomeFile, newest_of_each, not_taken};
use lambda_kit::error::ServiceError;

use crate::{App, looking::Look};

/// Writes the files again that runs should have taken and did not.
pub(crate) async fn missed(
    app: &App,
    look: &Look,
    has_time: impl Fn() -> bool,
) -> Result<(), ServiceError> {
    let Some(seen) = &look.seen else {
        return Ok(());
    };
    let missed = not_taken(&look.files, &seen.runs, seen.has_all_runs);
    let missed = missed.into_iter();
    write_again(app, missed, has_time).await
}

/// Writes the latest word of each record again.
pub(crate) async fn everything(
    app: &App,
    files: &[OutcomeFile],
    has_time: impl Fn() -> bool,
) -> Result<(), ServiceError> {
    write_again(app, newest_of_each(files).into_iter(), has_time).await
}

/// As many as there is time for: the next try does the rest.
async fn write_again<'a>(
    app: &App,
    files: impl Iterator<Item = &'a OutcomeFile>,
    has_time: impl Fn() -> bool,
) -> Result<(), ServiceError> {
    let mut written = 0;
    for file in files {
        if !has_time() {
            break;
        }
        app.outcomes.write_again(file).await?;
        written += 1;
    }
    if written > 0 {
        app.metrics.count("outcomes_written_again", written);
    }
    Ok(())
}
