//! How pages look, in one place for whoever shows one. Nothing comes in; out go the stylesheet, which has all
//! colours in light and in dark, and the logo.

/// The stylesheet.
pub const STYLE: &str = include_str!("../style.css");

/// The logo: an SVG that stands for itself.
pub const LOGO: &str = include_str!("../logo.svg");
