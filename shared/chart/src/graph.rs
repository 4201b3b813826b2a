//! What is connected with what: one in the middle, and others around it.

use std::fmt::Write as _;

use crate::text::{escaped, short};

const WIDTH: f64 = 720.0;
const ROW: f64 = 64.0;
const BOX_WIDTH: f64 = 210.0;
const BOX_HEIGHT: f64 = 40.0;
/// How many characters fit into a box.
const FITS: usize = 26;

/// What something is connected with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is called.
    pub label: String,
    /// How it is connected.
    pub by: String,
}

/// One thing, and what is connected with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// By which its title and description are found; different from that of any other on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same in a sentence.
    pub description: String,
    /// What everything is connected with.
    pub centre: String,
    /// The others.
    pub nodes: Vec<Node>,
}

impl Graph {
    /// The graph as SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let rows = u32::try_from(self.nodes.len().max(1)).unwrap_or(u32::MAX);
        let height = ROW * f64::from(rows) + 16.0;
        let id = escaped(&self.id);
        let mut svg = format!(
            "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-about\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-about\">{}</desc>",
            escaped(&self.title),
            escaped(&self.description),
        );
        let (x, middle) = (WIDTH - BOX_WIDTH - 4.0, height / 2.0);
        for (row, node) in (0_u32..).zip(&self.nodes) {
            let y = 8.0 + ROW * (f64::from(row) + 0.5);
            let (from, to, bend) = (4.0 + BOX_WIDTH, x, WIDTH / 2.0);
            let by = escaped(&node.by);
            _ = write!(
                svg,
                "<path class=\"edge\" d=\"M{from} {y:.1}C{bend} {y:.1} {bend} {middle:.1} {to} {middle:.1}\"/>\
                 <text x=\"{}\" y=\"{:.1}\">{by}</text>",
                from + 8.0,
                y - 6.0,
            );
            draw_box(&mut svg, "node", &node.label, (4.0, y));
        }
        draw_box(&mut svg, "node survivor", &self.centre, (x, middle));
        svg.push_str("</svg>");
        svg
    }
}

fn draw_box(svg: &mut String, class: &str, label: &str, (x, middle): (f64, f64)) {
    let (shown, whole) = (short(label, FITS), escaped(label));
    let (y, text_x, text_y) = (middle - BOX_HEIGHT / 2.0, x + 10.0, middle + 4.0);
    _ = write!(
        svg,
        "<g><title>{whole}</title><rect class=\"{class}\" x=\"{x}\" y=\"{y:.1}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"6\"/>\
         <text x=\"{text_x}\" y=\"{text_y:.1}\">{}</text></g>",
        escaped(&shown),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(labels: &[&str]) -> Graph {
        Graph {
            id: "merges".to_owned(),
            title: "Who became one".to_owned(),
            description: "Two became one".to_owned(),
            centre: "prf_01".to_owned(),
            nodes: labels
                .iter()
                .map(|label| Node {
                    label: (*label).to_owned(),
                    by: "email".to_owned(),
                })
                .collect(),
        }
    }

    #[test]
    fn each_is_there_once_with_its_whole_name() {
        let long = "prf_0198f2a1d2e37f408b5c6d7e8f901223";
        let svg = graph(&["prf_02", long]).svg();
        assert_eq!(svg.matches("class=\"edge\"").count(), 2);
        assert_eq!(svg.matches("<rect").count(), 3);
        assert!(svg.contains(&format!("<title>{long}</title>")));
    }

    #[test]
    fn a_hostile_name_is_a_name_however_it_is_cut() {
        let svg = graph(&["<script>alert(document.cookie)</script>"]).svg();
        assert!(!svg.contains("<script"), "{svg}");
    }

    #[test]
    fn nobody_is_connected_with_nobody() {
        assert!(graph(&[]).svg().contains("prf_01"));
    }
}
