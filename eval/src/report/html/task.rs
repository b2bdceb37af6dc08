//! What the page shows of one task.
//!
//! Owns [`view`], which brings together what `board`, `figures` and `notes` prepare.

use minijinja::context;
use minijinja::value::Value;

use super::{board, figures, notes};
use crate::report::chart::style::Palette;
use crate::report::{TaskKind, TaskReport, number};

/// The task for `task.html`; `slug` begins the ids of everything in it.
pub(super) fn view(task: &TaskReport, slug: &str, palette: &Palette) -> Value {
    let head = context! {
        slug => slug,
        name => &task.name,
        version => task.version,
        title => &task.title,
        kind => kind(task.kind),
        data => &task.data,
        skipped => task.skipped.as_deref(),
        articles => number::count(task.articles.len(), "article", "articles"),
        topics => number::count(task.topics.len(), "topic", "topics"),
        has_topics => !task.topics.is_empty(),
        has_systems => !task.systems.is_empty(),
        not_run => notes::not_run(task),
    };
    if task.skipped.is_some() {
        return head;
    }
    context! {
        legend => legend(task, palette),
        board => board::leaderboard(task, palette),
        all_figures => board::all_figures(task),
        comparisons => board::comparisons(task),
        topic_charts => figures::topics(task, slug, palette),
        curves => figures::curves(task, slug, palette),
        reliability => figures::reliability(task, slug, palette),
        speed => figures::speed(task, slug, palette),
        alignment => notes::alignment(task),
        signatures => notes::signatures(task),
        faults => notes::faults(task),
        ..head
    }
}

fn kind(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Topics => "topics",
        TaskKind::Abstracts => "abstracts",
        TaskKind::Labels => "labels",
    }
}

/// The systems with the sign that stands for them in charts.
fn legend(task: &TaskReport, palette: &Palette) -> Vec<Value> {
    task.systems
        .iter()
        .map(|system| {
            context! {
                swatch => palette.style(&system.name).swatch(),
                title => &system.title,
            }
        })
        .collect()
}
