//! Counting tests from what the runners print.

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::job::Finished;

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Count {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Count {
    /// A stage that is no test runner, or whose runner did not get as far as to run tests.
    pub(super) const fn failure() -> Self {
        Self {
            passed: 0,
            failed: 1,
        }
    }

    pub(super) const fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// From nextest's summary line, such as
    /// `Summary [   1.2s] 10 tests run: 8 passed (1 slow), 1 failed, 1 timed out, 2 skipped`.
    pub(super) fn from_nextest(lines: &[String]) -> Option<Self> {
        let summary = lines.iter().rev().find(|line| line.contains("Summary ["))?;
        let (_, counts) = summary.split_once("run: ")?;
        let mut count = Self::default();
        for part in counts.split(", ") {
            let (number, what) = part.trim().split_once(' ')?;
            // A remark in parentheses, such as `(1 slow, 2 leaky)`, may be split too; its parts are no counts.
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match what.split(" (").next()? {
                "passed" => count.passed += number,
                "failed" | "timed out" | "exec failed" => count.failed += number,
                _ => {}
            }
        }
        Some(count)
    }

    /// From all of libtest's summary lines, such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(super) fn from_libtest(lines: &[String]) -> Self {
        let mut count = Self::default();
        for summary in lines
            .iter()
            .filter_map(|line| line.strip_prefix("test result: "))
        {
            for part in summary.split(['.', ';']) {
                match part.trim().split_once(' ') {
                    Some((number, "passed")) => count.passed += number.parse().unwrap_or(0),
                    Some((number, "failed")) => count.failed += number.parse().unwrap_or(0),
                    _ => {}
                }
            }
        }
        count
    }

    /// From vitest's JSON report.
    pub(super) fn from_vitest(report: &[u8]) -> Result<Self> {
        let report: Value = serde_json::from_slice(report).context("vitest's report is JSON")?;
        let number = |name: &str| {
            report
                .get(name)
                .and_then(Value::as_u64)
                .with_context(|| format!("vitest counts {name}"))
        };
        Ok(Self {
            passed: number("numPassedTests")?,
            failed: number("numFailedTests")?,
        })
    }

    /// This count, if it tells of a failure just when its runner does. A runner that failed without
    /// counting one (it did not compile, say) is an error; one that failed with a count has its
    /// output shown.
    pub(super) fn of(self, finished: &Finished, show: impl FnOnce(String)) -> Self {
        match (finished.succeeded(), self.failed) {
            (true, _) => self,
            (false, failed) => {
                show(finished.failure());
                Self {
                    failed: failed.max(1),
                    ..self
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn nextest_is_counted_by_its_summary() {
        let output = "    PASS [   0.005s] a b\n     Summary [   1.204s] 10 tests run: 7 passed (1 slow, 2 leaky), 2 failed, 1 timed out, 4 skipped\n   FAIL a b";
        assert_eq!(
            Count::from_nextest(&lines(output)),
            Some(Count {
                passed: 7,
                failed: 3
            })
        );
        let output = "     Summary [   0.033s] 8/9 tests run: 8 passed, 0 skipped";
        assert_eq!(
            Count::from_nextest(&lines(output)),
            Some(Count {
                passed: 8,
                failed: 0
            })
        );
        assert_eq!(
            Count::from_nextest(&lines("error: could not compile")),
            None
        );
    }

    #[test]
    fn libtest_is_counted_over_all_its_summaries() {
        let output = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\ntest result: FAILED. 1 passed; 2 failed; 0 ignored";
        assert_eq!(
            Count::from_libtest(&lines(output)),
            Count {
                passed: 4,
                failed: 2
            }
        );
    }

    #[test]
    fn vitest_is_counted_by_its_report() {
        let count =
            Count::from_vitest(br#"{"numPassedTests":12,"numFailedTests":1,"success":false}"#);
        assert_eq!(
            count.unwrap(),
            Count {
                passed: 12,
                failed: 1
            }
        );
    }
}
