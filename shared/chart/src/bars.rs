//! Stacked bars over time.

use std::fmt::Write as _;

use crate::text::{escaped, short};

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 52.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 30.0;
/// How many lines there are above the axis.
const LINES: u32 = 4;
/// Labels below the axis stand at least so far apart.
const LABEL_WIDTH: f64 = 64.0;

/// One bar: a day, or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands below it.
    pub label: String,
    /// The number of each series, in their order.
    pub values: Vec<u64>,
}

/// A chart of stacked bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// By which its title and description are found; different from that of any other on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same in a sentence with its most important number.
    pub description: String,
    /// The class of each series' shapes.
    pub classes: Vec<&'static str>,
    /// The names of the series, which are told when one points at a shape.
    pub series: Vec<String>,
    /// The bars, from the earliest to the latest.
    pub columns: Vec<Column>,
}

impl Bars {
    /// The chart as SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let id = escaped(&self.id);
        let mut svg = format!(
            "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}-title {id}-about\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-about\">{}</desc>",
            escaped(&self.title),
            escaped(&self.description),
        );
        let top = self.top();
        draw_lines(&mut svg, top);
        let (width, every) = self.spacing();
        for (n, column) in self.columns.iter().enumerate() {
            let x = LEFT + width * number(n);
            self.draw_column(&mut svg, column, (x, width), top);
            if n % every == 0 {
                let label = escaped(&column.label);
                let y = HEIGHT - 8.0;
                _ = write!(svg, "<text x=\"{x:.1}\" y=\"{y}\">{label}</text>");
            }
        }
        svg.push_str("</svg>");
        svg
    }

    /// The number at the top: round, and no less than any bar.
    fn top(&self) -> u64 {
        let sums = self.columns.iter().map(|column| column.values.iter().sum());
        let most: u64 = sums.max().unwrap_or_default();
        let lines = u64::from(LINES);
        let mut step = 1;
        while step * lines < most {
            // 1, 2, 5, 10, 20, 50, …
            step = if step.to_string().starts_with('2') {
                step / 2 * 5
            } else {
                step * 2
            };
        }
        step * lines
    }

    /// How wide a column is, and every how manieth has a label.
    fn spacing(&self) -> (f64, usize) {
        let count = self.columns.len().max(1);
        let width = (WIDTH - LEFT) / number(count);
        let fit = (1..count).find(|every| width * number(*every) >= LABEL_WIDTH);
        (width, fit.unwrap_or(count))
    }

    fn draw_column(&self, svg: &mut String, column: &Column, (x, width): (f64, f64), top: u64) {
        let mut sum = 0;
        for ((value, class), name) in column.values.iter().zip(&self.classes).zip(&self.series) {
            if *value == 0 {
                continue;
            }
            let upper = y_of(sum + value, top);
            let height = y_of(sum, top) - upper;
            sum += value;
            let (x, width) = (x + width * 0.1, width * 0.8);
            let (label, name) = (escaped(&column.label), escaped(name));
            _ = write!(
                svg,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{upper:.1}\" width=\"{width:.1}\" height=\"{height:.1}\">\
                 <title>{label}, {name}: {value}</title></rect>",
            );
        }
    }
}

fn draw_lines(svg: &mut String, top: u64) {
    for line in 0..=LINES {
        let value = top / u64::from(LINES) * u64::from(line);
        let y = y_of(value, top);
        let class = if line == 0 { "axis" } else { "grid" };
        let label = short(&value.to_string(), 7);
        let (end, below) = (LEFT - 8.0, y + 4.0);
        _ = write!(
            svg,
            "<line class=\"{class}\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text x=\"{end}\" y=\"{below:.1}\" text-anchor=\"end\">{label}</text>",
        );
    }
}

fn y_of(value: u64, top: u64) -> f64 {
    let height = HEIGHT - TOP - BOTTOM;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a picture has fewer pixels than a float has digits"
    )]
    let part = value as f64 / top.max(1) as f64;
    HEIGHT - BOTTOM - height * part
}

fn number(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(columns: &[(&str, [u64; 2])]) -> Bars {
        Bars {
            id: "by-partner".to_owned(),
            title: "Requests by partner".to_owned(),
            description: "Three requests".to_owned(),
            classes: vec!["s0", "refused"],
            series: vec!["chandlery".to_owned(), "refused".to_owned()],
            columns: columns
                .iter()
                .map(|(label, values)| Column {
                    label: (*label).to_owned(),
                    values: values.to_vec(),
                })
                .collect(),
        }
    }

    #[test]
    fn it_is_named_described_and_dressed_by_classes_alone() {
        let svg = chart(&[("1 Jan", [2, 1])]).svg();
        assert!(svg.contains("role=\"img\" aria-labelledby=\"by-partner-title by-partner-about\""));
        assert!(svg.contains("<title id=\"by-partner-title\">Requests by partner</title>"));
        assert!(svg.contains("<desc id=\"by-partner-about\">Three requests</desc>"));
        assert!(svg.contains("<title>1 Jan, refused: 1</title>"));
        for never in ["style", "<script", "fill=", "stroke=", "font-", "href"] {
            assert!(!svg.contains(never), "{never}");
        }
    }

    #[test]
    fn a_hostile_name_is_a_name() {
        let mut chart = chart(&[("<b>", [1, 0])]);
        chart.title = "</title><script>alert(1)</script>".to_owned();
        chart.series = vec!["\"><img src=x onerror=alert(1)>".to_owned(), String::new()];
        let svg = chart.svg();
        assert!(
            !svg.contains("<script") && !svg.contains("<img") && !svg.contains("<b>"),
            "{svg}"
        );
    }

    #[test]
    fn no_bar_is_higher_than_the_top_which_is_a_round_number() {
        for (most, top) in [
            (0, 4),
            (1, 4),
            (4, 4),
            (5, 8),
            (9, 20),
            (21, 40),
            (41, 80),
            (1_001, 2_000),
        ] {
            assert_eq!(chart(&[("a", [most, 0])]).top(), top, "{most}");
        }
    }

    #[test]
    fn what_is_nothing_is_not_drawn() {
        let svg = chart(&[("a", [0, 0])]).svg();
        assert!(!svg.contains("<rect"));
        assert!(chart(&[]).svg().ends_with("</svg>"));
    }

    #[test]
    fn labels_do_not_stand_upon_each_other() {
        let columns: Vec<(&str, [u64; 2])> = (0..62).map(|_| ("31 Dec", [1, 0])).collect();
        let labels = chart(&columns).svg().matches(">31 Dec</text>").count();
        assert!((8..=15).contains(&labels), "{labels}");
    }
}
