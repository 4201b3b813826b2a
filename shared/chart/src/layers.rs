//! What feeds what: boxes in layers from left to right, with lines between them.

use std::fmt::Write as _;

use crate::text::{escaped, short};

const BOX_WIDTH: f64 = 210.0;
const BOX_HEIGHT: f64 = 42.0;
/// From the top of a box to that of the next one below.
const ROW: f64 = 52.0;
/// From the left of a box to that of the next one beside.
const COLUMN: f64 = 266.0;
const MARGIN: f64 = 4.0;
/// How many characters fit into a box.
const FITS: usize = 29;

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What it is called.
    pub label: String,
    /// What there is to say of it, in one line.
    pub figures: String,
    /// The classes of its shape.
    pub class: &'static str,
}

/// A place among the boxes: the layer, and the row in it.
pub type Place = (usize, usize);

/// Boxes, and what each feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layers {
    /// By which its title and description are found; different from that of any other on the page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same in a sentence.
    pub description: String,
    /// The layers, each from its top.
    pub layers: Vec<Vec<Cell>>,
    /// From which box to which others.
    pub edges: Vec<(Place, Place)>,
}

impl Layers {
    /// The picture as SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let rows = self.layers.iter().map(Vec::len).max().unwrap_or_default();
        let height = ROW * number(rows.max(1)) + 2.0 * MARGIN;
        let beside = self.layers.len().max(1) - 1;
        let width = COLUMN * number(beside) + BOX_WIDTH + 2.0 * MARGIN;
        let id = escaped(&self.id);
        let mut svg = format!(
            "<svg class=\"chart layers\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-about\">\
             <title id=\"{id}-title\">{}</title><desc id=\"{id}-about\">{}</desc>",
            escaped(&self.title),
            escaped(&self.description),
        );
        for (from, to) in &self.edges {
            self.draw_edge(&mut svg, *from, *to);
        }
        for (layer, cells) in self.layers.iter().enumerate() {
            for (row, cell) in cells.iter().enumerate() {
                draw_box(&mut svg, cell, at((layer, row)));
            }
        }
        svg.push_str("</svg>");
        svg
    }

    /// A line from the right of a box to the left of another. What is not there is connected with nothing.
    fn draw_edge(&self, svg: &mut String, from: Place, to: Place) {
        let is_there = |(layer, row): Place| {
            self.layers
                .get(layer)
                .is_some_and(|cells| row < cells.len())
        };
        if !is_there(from) || !is_there(to) {
            return;
        }
        let ((x, y), (end, bottom)) = (at(from), at(to));
        let (x, y, bottom) = (
            x + BOX_WIDTH,
            y + BOX_HEIGHT / 2.0,
            bottom + BOX_HEIGHT / 2.0,
        );
        let bend = f64::midpoint(x, end);
        _ = write!(
            svg,
            "<path class=\"edge\" d=\"M{x} {y}C{bend} {y} {bend} {bottom} {end} {bottom}\"/>"
        );
    }
}

/// The left and the top of a box.
fn at((layer, row): Place) -> (f64, f64) {
    (MARGIN + COLUMN * number(layer), MARGIN + ROW * number(row))
}

fn draw_box(svg: &mut String, cell: &Cell, (x, y): (f64, f64)) {
    let (class, whole, figures) = (cell.class, escaped(&cell.label), escaped(&cell.figures));
    let (text, first, second) = (x + 8.0, y + 17.0, y + 34.0);
    _ = write!(
        svg,
        "<g><title>{whole}: {figures}</title>\
         <rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"6\"/>\
         <text x=\"{text}\" y=\"{first}\">{}</text><text class=\"figures\" x=\"{text}\" y=\"{second}\">{}</text></g>",
        escaped(&short(&cell.label, FITS)),
        escaped(&short(&cell.figures, FITS)),
    );
}

fn number(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(label: &str) -> Cell {
        Cell {
            label: label.to_owned(),
            figures: "3 runs".to_owned(),
            class: "node",
        }
    }

    fn layers(labels: &[&[&str]], edges: &[(Place, Place)]) -> Layers {
        Layers {
            id: "house".to_owned(),
            title: "The house".to_owned(),
            description: "What feeds what".to_owned(),
            layers: labels
                .iter()
                .map(|labels| labels.iter().map(|label| cell(label)).collect())
                .collect(),
            edges: edges.to_vec(),
        }
    }

    #[test]
    fn each_box_is_there_once_with_its_whole_name_and_its_figures() {
        let long = "identity-pre-token-generation-and-more";
        let svg = layers(
            &[&["queue"], &[long, "b"]],
            &[((0, 0), (1, 0)), ((0, 0), (1, 1))],
        )
        .svg();
        assert_eq!(svg.matches("<rect").count(), 3);
        assert_eq!(svg.matches("class=\"edge\"").count(), 2);
        assert!(
            svg.contains(&format!("<title>{long}: 3 runs</title>")),
            "{svg}"
        );
        assert!(svg.contains("role=\"img\" aria-labelledby=\"house-title house-about\""));
        assert!(svg.contains("viewBox=\"0 0 484 112\""), "{svg}");
    }

    #[test]
    fn what_is_not_there_is_connected_with_nothing() {
        let svg = layers(&[&["a"], &["b"]], &[((0, 0), (1, 1)), ((2, 0), (1, 0))]).svg();
        assert!(!svg.contains("class=\"edge\""));
        assert!(layers(&[], &[]).svg().ends_with("</svg>"));
    }

    #[test]
    fn a_hostile_name_is_a_name_however_it_is_cut() {
        let mut picture = layers(&[&["<script>alert(document.cookie)</script>"]], &[]);
        picture.title = "</title><img src=x onerror=alert(1)>".to_owned();
        if let Some(cell) = picture
            .layers
            .first_mut()
            .and_then(|cells| cells.first_mut())
        {
            cell.figures = "\"><script>".to_owned();
        }
        let svg = picture.svg();
        assert!(!svg.contains("<script") && !svg.contains("<img"), "{svg}");
    }
}
