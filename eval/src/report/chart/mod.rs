//! Charts as inline SVG, one file a kind of chart.
//!
//! Owns [`Svg`], the sheet that they draw on. Colours are CSS classes, so that light, dark and print are the style
//! sheet's business; every chart has a title and a description for those who do not see it, and the page puts its
//! numbers in a table beside it.

use minijinja::HtmlEscape;
use minijinja::value::Value;

pub(crate) mod curve;
pub(crate) mod interval;
pub(crate) mod reliability;
pub(crate) mod scale;
pub(crate) mod speed;
pub(crate) mod style;
pub(crate) mod topics;

use style::Style;

/// A point in the sheet's units: to the right and down.
pub(crate) type Point = (f64, f64);

/// Width of a character of a label, in the sheet's units (the style sheet sets labels in 11 units).
pub(crate) const CHARACTER: f64 = 6.2;

/// A drawing in the making.
#[derive(Debug)]
pub(crate) struct Svg {
    open: String,
    body: String,
}

impl Svg {
    /// An empty sheet. `id` must be unique in the page.
    pub(crate) fn new(id: &str, (width, height): Point, title: &str, description: &str) -> Svg {
        let id = HtmlEscape(id);
        let open = format!(
            r#"<svg class="chart" role="img" aria-labelledby="{id}-title {id}-desc" viewBox="0 0 {} {}" width="{0}" height="{1}"><title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc>"#,
            unit(width),
            unit(height),
            HtmlEscape(title),
            HtmlEscape(description),
        );
        Svg {
            open,
            body: String::new(),
        }
    }

    /// A sheet that says nothing that the text beside it does not say: hidden from those who listen.
    pub(crate) fn decoration(class: &str, (width, height): Point) -> Svg {
        let open = format!(
            r#"<svg class="{}" aria-hidden="true" viewBox="0 0 {} {}" width="{1}" height="{2}">"#,
            HtmlEscape(class),
            unit(width),
            unit(height),
        );
        Svg {
            open,
            body: String::new(),
        }
    }

    /// A straight line.
    pub(crate) fn line(&mut self, class: &str, from: Point, to: Point) {
        self.body += &format!(
            r#"<line class="{class}" x1="{}" y1="{}" x2="{}" y2="{}"/>"#,
            unit(from.0),
            unit(from.1),
            unit(to.0),
            unit(to.1),
        );
    }

    /// A filled rectangle from its upper left corner.
    pub(crate) fn rect(&mut self, class: &str, at: Point, (width, height): Point) {
        self.body += &format!(
            r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}"/>"#,
            unit(at.0),
            unit(at.1),
            unit(width.max(0.0)),
            unit(height.max(0.0)),
        );
    }

    /// A label; its class says where it is anchored.
    pub(crate) fn text(&mut self, class: &str, at: Point, text: &str) {
        self.body += &format!(
            r#"<text class="{class}" x="{}" y="{}">{}</text>"#,
            unit(at.0),
            unit(at.1),
            HtmlEscape(text),
        );
    }

    /// A label that reads upwards.
    pub(crate) fn upright(&mut self, class: &str, at: Point, text: &str) {
        let (x, y) = (unit(at.0), unit(at.1));
        self.body += &format!(
            r#"<text class="{class}" x="{x}" y="{y}" transform="rotate(-90 {x} {y})">{}</text>"#,
            HtmlEscape(text),
        );
    }

    /// A line through points in a system's colour and dash.
    pub(crate) fn path(&mut self, style: Style, points: &[Point]) {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{},{}", unit(*x), unit(*y)))
            .collect();
        self.body += &format!(
            r#"<polyline class="curve {}" stroke-dasharray="{}" points="{}"/>"#,
            style.class(),
            style.dash(),
            points.join(" "),
        );
    }

    /// A system's marker.
    pub(crate) fn marker(&mut self, style: Style, at: Point, radius: f64) {
        self.body += &format!(
            r#"<path class="marker {}" d="{}"/>"#,
            style.class(),
            style.outline(at, radius),
        );
    }

    /// Opens a group of shapes that tells `hint` when pointed at; [`Svg::end`] closes it.
    pub(crate) fn group(&mut self, class: &str, hint: &str) {
        self.body += &format!(r#"<g class="{class}"><title>{}</title>"#, HtmlEscape(hint));
    }

    /// Closes a group.
    pub(crate) fn end(&mut self) {
        self.body += "</g>";
    }

    /// The finished drawing, as markup that templates do not escape again.
    pub(crate) fn finish(self) -> Value {
        Value::from_safe_string(self.open + &self.body + "</svg>")
    }
}

/// A coordinate with one decimal, no sign on zero.
fn unit(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// A label cut to what fits into `width` units.
pub(crate) fn fitting(label: &str, width: f64) -> String {
    let room = (width / CHARACTER).max(2.0) as usize;
    if label.chars().count() <= room {
        return label.to_owned();
    }
    label.chars().take(room - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        let mut svg = Svg::new("x", (10.0, 10.0), "<b>", "\"&");
        svg.text("label", (0.0, -0.04), "</svg><script>");
        svg.group("g", "<i>");
        svg.end();
        let markup = svg.finish().to_string();
        assert!(
            markup.contains("&lt;&#x2f;svg&gt;&lt;script&gt;"),
            "{markup}"
        );
        assert!(markup.contains(r#"y="0""#), "{markup}");
        for tag in ["<b>", "<script", "<i>"] {
            assert!(!markup.contains(tag), "{markup}");
        }
    }

    #[test]
    fn long_labels_are_cut() {
        assert_eq!(fitting("défense", 50.0), "défense");
        assert_eq!(fitting("défense nationale", 50.0), "défense…");
    }
}
