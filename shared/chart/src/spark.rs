//! A few bars beside a number, which show how it came to be.

use std::fmt::Write as _;

use crate::text::escaped;

const WIDTH: u64 = 72;
const HEIGHT: u64 = 20;

/// Bars without an axis. What they show is told in figures to whoever hears the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spark {
    /// What it shows; the figures follow.
    pub title: String,
    /// Each step, from the earliest; none where there is no figure.
    pub steps: Vec<Option<u64>>,
    /// The class of the bars.
    pub class: &'static str,
}

impl Spark {
    /// The bars as SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let (title, class) = (escaped(&self.title), self.class);
        let figures: Vec<String> = self.steps.iter().map(|step| told(*step)).collect();
        let mut svg = format!(
            "<svg class=\"spark\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\"><title>{title}: {}</title>\
             <path class=\"{class}\" d=\"",
            figures.join(", "),
        );
        let most = self
            .steps
            .iter()
            .flatten()
            .copied()
            .max()
            .unwrap_or_default();
        let count = u64::try_from(self.steps.len()).unwrap_or(WIDTH).max(1);
        let width = (WIDTH / count).max(1);
        for (x, step) in (0..)
            .step_by(usize::try_from(width).unwrap_or(1))
            .zip(&self.steps)
        {
            let value = step.unwrap_or_default();
            if value > 0 {
                let height = tall(value, most);
                let (top, bar) = (HEIGHT - height, (width - 1).max(1));
                _ = write!(svg, "M{x} {top}h{bar}v{height}h-{bar}z");
            }
        }
        svg.push_str("\"/></svg>");
        svg
    }
}

/// How tall a bar is: whatever is something is seen.
fn tall(value: u64, most: u64) -> u64 {
    let part = u128::from(value) * u128::from(HEIGHT) / u128::from(most.max(1));
    u64::try_from(part).unwrap_or(HEIGHT).max(1)
}

fn told(step: Option<u64>) -> String {
    step.map_or_else(|| "\u{2013}".to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spark(steps: &[Option<u64>]) -> String {
        let spark = Spark {
            title: "Runs".to_owned(),
            steps: steps.to_vec(),
            class: "s0",
        };
        spark.svg()
    }

    #[test]
    fn its_figures_are_told_and_what_is_something_is_seen() {
        let svg = spark(&[Some(1), None, Some(0), Some(1_000_000)]);
        assert!(
            svg.contains("<title>Runs: 1, \u{2013}, 0, 1000000</title>"),
            "{svg}"
        );
        assert!(svg.contains("M0 19h17v1h-17zM54 0h17v20h-17z"), "{svg}");
    }

    #[test]
    fn whatever_there_is_fits() {
        for steps in [
            vec![],
            vec![None],
            vec![Some(u64::MAX); 24],
            vec![Some(3); 500],
        ] {
            let svg = spark(&steps);
            assert!(svg.ends_with("\"/></svg>"), "{svg}");
        }
    }

    #[test]
    fn a_hostile_title_is_a_title() {
        let spark = Spark {
            title: "</title><script>".to_owned(),
            steps: vec![],
            class: "s0",
        };
        assert!(!spark.svg().contains("<script"));
    }
}
