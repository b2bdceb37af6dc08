//! The report as a page: self-contained, well formed, and deaf to what articles say.

use std::collections::HashSet;

use depeche_eval::report::{Report, html};
use regex::Regex;
use serde_json::Value;

use crate::{sample, tiny};

/// Elements without an end tag.
const VOID: [&str; 4] = ["input", "meta", "br", "hr"];

/// What stands in the page's JSON element.
fn data(page: &str) -> &str {
    let open = r#"<script type="application/json" id="report-data">"#;
    let from = page.find(open).expect("the page has data") + open.len();
    let until = page[from..].find("</script>").expect("the data ends");
    &page[from..from + until]
}

/// The page without style, script and data.
fn markup(page: &str) -> String {
    let foreign = Regex::new(r"(?s)<(script|style)\b[^>]*>.*?</(script|style)>").unwrap();
    foreign.replace_all(page, "").into_owned()
}

#[test]
fn ids_are_unique_and_references_arrive() {
    let page = markup(&html::render(&sample::report()).unwrap());
    let mut ids = HashSet::new();
    for id in Regex::new(r#"\sid="([^"]*)""#)
        .unwrap()
        .captures_iter(&page)
    {
        assert!(ids.insert(id[1].to_owned()), "{} is there twice", &id[1]);
    }
    let references = Regex::new(r##"(?:href="#|aria-labelledby=")([^"]+)""##).unwrap();
    let targets = references.captures_iter(&page).flat_map(|found| {
        let list = found[1].to_owned();
        list.split(' ').map(str::to_owned).collect::<Vec<_>>()
    });
    let mut seen = 0;
    for target in targets {
        assert!(ids.contains(&target), "#{target} leads nowhere");
        seen += 1;
    }
    assert!(seen > 30);
}

#[test]
fn nothing_is_loaded() {
    let page = html::render(&sample::report()).unwrap();
    let loads = Regex::new(r#"(?i)https?://|\bsrc=|<link|@import|url\(|<iframe|<object"#).unwrap();
    let own = page.replace(data(&page), "");
    assert_eq!(loads.find(&own).map(|found| found.as_str()), None);
}

#[test]
fn elements_are_nested_well() {
    let tag =
        Regex::new(r#"<(/?)([a-z0-9]+)((?:\s+[a-zA-Z0-9-]+(?:="[^"<]*")?)*)\s*(/?)>"#).unwrap();
    for report in [tiny(), sample::report()] {
        let page = markup(&html::render(&report).unwrap());
        let mut open = Vec::new();
        for found in tag.captures_iter(&page) {
            let name = found[2].to_owned();
            match (&found[1], &found[4]) {
                ("/", _) => assert_eq!(
                    open.pop(),
                    Some(name),
                    "at byte {}",
                    found.get(0).unwrap().start()
                ),
                ("", "/") => {}
                _ if VOID.contains(&name.as_str()) => {}
                _ => open.push(name),
            }
        }
        assert!(open.is_empty(), "{open:?} is not closed");
        let rest = tag.replace_all(&page, "").replace("<!doctype html>", "");
        assert!(
            !rest.contains('<'),
            "{:?}",
            &rest[rest.find('<').unwrap()..][..80]
        );
    }
}

#[test]
fn every_chart_has_a_title_and_every_table_headers() {
    let page = markup(&html::render(&sample::report()).unwrap());
    let charts = page
        .matches(r#"class="chart" role="img" aria-labelledby="#)
        .count();
    assert_eq!(
        charts,
        3 + 12 + 2 + 1 + 1,
        "bars, curves, reliability, speed of both tasks"
    );
    assert_eq!(page.matches("<desc ").count(), charts);
    for table in page.split("<table").skip(1) {
        assert!(table.contains(r#"<th scope="col""#) && table.contains(r#"<th scope="row""#));
    }
}

/// A text that would start a script in every place where a page can be broken out of.
const HOSTILE: &str =
    "</script><img src=x onerror=alert(1)>\"' onload=x ]]>--> {{ 7001 * 7 }} </style></svg>";

/// Every free text of the report made hostile, each in its own way, so that ids stay different.
fn poison(value: &mut Value, count: &mut usize) {
    match value {
        Value::String(text) => {
            *count += 1;
            *text = format!("{HOSTILE}{count}");
        }
        Value::Array(items) => items.iter_mut().for_each(|item| poison(item, count)),
        Value::Object(fields) => {
            for (name, field) in fields {
                if !["kind", "direction"].contains(&name.as_str()) || field.get("kind").is_some() {
                    poison(field, count);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn no_text_becomes_markup() {
    let mut value = serde_json::to_value(sample::report()).unwrap();
    let mut count = 0;
    poison(&mut value, &mut count);
    assert!(count > 1000);
    let report: Report = serde_json::from_value(value).unwrap();
    let page = html::render(&report).unwrap();
    let lower = page.to_lowercase();
    assert!(!lower.contains("<img"), "an element got in");
    assert!(!lower.contains("\" onload"), "an attribute got in");
    assert!(!lower.contains("49007"), "a template got in");
    assert_eq!(lower.matches("<script").count(), 2);
    assert_eq!(lower.matches("</script").count(), 2);
    assert_eq!(lower.matches("</style").count(), 1);
    assert!(!data(&page).contains('<'));
    let read: Value = serde_json::from_str(data(&page)).unwrap();
    let text = read["texts"][0].as_str().unwrap();
    assert_eq!(
        text, report.tasks[0].articles[0].text,
        "the text itself is kept"
    );
}

#[test]
fn evidence_is_counted_in_the_browsers_units() {
    let report = sample::report();
    let read: Value = serde_json::from_str(data(&html::render(&report).unwrap())).unwrap();
    let (mut spans, mut beyond_ascii) = (0, 0);
    for (at, task) in report.tasks[0].systems.iter().enumerate() {
        for (n, (article, said)) in report.tasks[0]
            .articles
            .iter()
            .zip(&task.predictions)
            .enumerate()
        {
            let units: Vec<u16> = article.text.encode_utf16().collect();
            for (topic, view) in said.topics.iter().enumerate() {
                let shown = &read["tasks"][0]["systems"][at]["predictions"][n]["topics"][topic];
                for (span, bytes) in view.evidence.iter().enumerate() {
                    let unit = |end: usize| shown["evidence"][span][end].as_u64().unwrap() as usize;
                    let text = String::from_utf16(&units[unit(0)..unit(1)]).unwrap();
                    assert_eq!(text, article.text[bytes.0..bytes.1]);
                    spans += 1;
                    beyond_ascii += usize::from(unit(0) != bytes.0);
                }
            }
        }
    }
    assert!(spans > 100 && beyond_ascii > 50, "{spans} {beyond_ascii}");
}

#[test]
fn evidence_outside_the_text_is_counted_and_not_shown() {
    let mut report = sample::report();
    let topic = &mut report.tasks[0].systems[0].predictions[0].topics[0];
    topic.evidence = vec![(5, 3), (0, 4), (9_000, 9_001)];
    let read: Value = serde_json::from_str(data(&html::render(&report).unwrap())).unwrap();
    let said = &read["tasks"][0]["systems"][0]["predictions"][0];
    assert_eq!(said["lost_evidence"], 2);
    assert_eq!(said["topics"][0]["evidence"], serde_json::json!([[0, 4]]));
}

#[test]
fn what_is_missing_is_a_dash() {
    let mut report = sample::report();
    for system in report.tasks.iter_mut().flat_map(|task| &mut task.systems) {
        for figure in &mut system.figures {
            figure.estimate.value = None;
            figure.estimate.low = Some(f64::NAN);
        }
        for topic in &mut system.topics {
            (topic.f1, topic.precision) = Default::default();
            topic.recall.value = Some(f64::NAN);
            topic.curve = vec![(f64::NAN, 1.0), (0.5, f64::INFINITY)];
        }
        for bin in &mut system.reliability {
            bin.confidence = f64::NAN;
        }
        system.speed = None;
    }
    let wrong = Regex::new(r"\bNaN\b|\binf\b|\bnone\b|\bNone\b|\bnull\b").unwrap();
    for report in [tiny(), report] {
        let page = markup(&html::render(&report).unwrap());
        let shown = page.replace(r#"stroke-dasharray="none""#, "");
        assert_eq!(wrong.find(&shown).map(|found| found.as_str()), None);
        assert!(page.contains('–'));
    }
}

/// Relative luminance and contrast: WCAG 2.2, <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>.
fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |colour: &str| {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            match value <= 0.04045 {
                true => value / 12.92,
                false => ((value + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn colours_stand_out_in_light_and_dark() {
    let style = include_str!("../../assets/report.css");
    let blocks = Regex::new(r"(?s):root \{(.*?)\}").unwrap();
    let variable = Regex::new(r"--([a-z0-9-]+): (#[0-9a-f]{6});").unwrap();
    let mut schemes = 0;
    for block in blocks.captures_iter(style) {
        let colours: Vec<(String, String)> = variable
            .captures_iter(&block[1])
            .map(|found| (found[1].to_owned(), found[2].to_owned()))
            .collect();
        let of = |name: &str| &colours.iter().find(|colour| colour.0 == name).unwrap().1;
        for at in 0..8 {
            let found = contrast(of(&format!("s{at}")), of("page"));
            assert!(found >= 3.0, "s{at}: {found:.2}");
        }
        for (text, ground) in [
            ("text", "page"),
            ("quiet", "page"),
            ("quiet", "shade"),
            ("link", "page"),
            ("good", "page"),
            ("bad", "page"),
            ("unsure", "page"),
            ("text", "mark"),
            ("text", "mark-weak"),
        ] {
            let found = contrast(of(text), of(ground));
            assert!(found >= 4.5, "{text} on {ground}: {found:.2}");
        }
        schemes += 1;
    }
    assert_eq!(schemes, 2);
}
