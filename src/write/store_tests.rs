//! What becomes of the records of several runs into one file.

use super::*;
use crate::article::Listed;
use crate::record::{Notice, NoticeCode, Provenance, SCHEMA_VERSION};
use std::path::{Path, PathBuf};

const FORMATS: [OutputFormat; 2] = [OutputFormat::Jsonl, OutputFormat::Csv];

fn run(settings: &str) -> Run {
    Run {
        provenance: Provenance {
            encoder: Some("e".into()),
            ..Provenance::made_up(settings)
        },
        settings: serde_json::json!({"n": settings}),
        overwrite: false,
    }
}

fn record(id: &str, title: &str, errors: &[NoticeCode]) -> Record {
    Record {
        schema: SCHEMA_VERSION,
        id: id.into(),
        source: format!("{id}.txt"),
        content: Some(format!("sha256:{title}")),
        date: None,
        title: Some(title.into()),
        language: None,
        topics: Vec::new(),
        summary: None,
        warnings: Vec::new(),
        errors: errors.iter().map(|code| Notice::new(*code, "x")).collect(),
        truncated: false,
        provenance: run("s").provenance,
    }
}

fn listed(ids: &[&str]) -> Vec<Listed> {
    let listed = |id: &&str| Listed {
        id: (*id).into(),
        source: format!("{id}.txt"),
    };
    ids.iter().map(listed).collect()
}

struct Folder(tempfile::TempDir, OutputFormat);

impl Folder {
    fn new(format: OutputFormat) -> Self {
        Self(tempfile::tempdir().unwrap(), format)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn open(&self, run: &Run) -> Result<Output, WriteError> {
        let topics = vec!["trade".to_owned()];
        Output::open(&Destination::File(self.path()), self.1, topics, run)
    }

    /// A run that writes these records and ends without publishing, as if it had been killed.
    fn killed(&self, records: &[Record]) {
        let mut output = self.open(&run("s")).unwrap();
        records
            .iter()
            .for_each(|record| output.write(record).unwrap());
    }

    /// A run that writes these records; the number of vanished ones.
    fn finished(&self, records: &[Record], order: &[&str]) -> usize {
        let mut output = self.open(&run("s")).unwrap();
        records
            .iter()
            .for_each(|record| output.write(record).unwrap());
        output.publish(&listed(order)).unwrap()
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.path()).unwrap()
    }

    /// The titles of the output's records, in order.
    fn titles(&self) -> Vec<String> {
        let text = self.text();
        match self.1 {
            OutputFormat::Csv => {
                let mut reader = ::csv::Reader::from_reader(text.as_bytes());
                let rows = reader.records().map(|row| row.unwrap()[3].to_owned());
                rows.collect()
            }
            _ => {
                let records = text.lines().map(serde_json::from_str::<Record>);
                records
                    .map(|record| record.unwrap().title.unwrap())
                    .collect()
            }
        }
    }

    /// Names of the files in the folder.
    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.unwrap().file_name().into_string().unwrap()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }
}

#[test]
fn the_output_is_in_the_order_of_the_input_whoever_wrote_the_records() {
    for format in FORMATS {
        let folder = Folder::new(format);
        folder.finished(
            &[record("d", "d1", &[]), record("b", "b1", &[])],
            &["d", "b"],
        );
        // A journal's record is worth more than the output's of the same article.
        folder.killed(&[record("c", "c1", &[]), record("b", "b\n2", &[])]);
        assert_eq!(folder.files(), ["out", "out.journal"]);
        let vanished = folder.finished(&[record("a", "a1", &[])], &["a", "b", "c", "d", "none"]);
        assert_eq!(folder.titles(), ["a1", "b\n2", "c1", "d1"]);
        assert_eq!((vanished, folder.files()), (0, vec!["out".to_owned()]));
    }
}

#[test]
fn what_the_input_has_no_more_is_kept_at_the_end_in_its_old_order() {
    for format in FORMATS {
        let folder = Folder::new(format);
        let made = ["z", "y", "x"].map(|id| record(id, id, &[]));
        folder.finished(&made, &["z", "y", "x"]);
        let mut gone = record("gone", "gone", &[NoticeCode::Unreadable]);
        gone.content = None;
        let broken = record("broken", "broken", &[NoticeCode::Empty]);
        folder.killed(&[gone, broken]);
        let vanished = folder.finished(&[record("n", "n", &[])], &["n", "y"]);
        // All but what says only that something could not be read.
        assert_eq!(folder.titles(), ["n", "y", "z", "x", "broken"]);
        assert_eq!(vanished, 3);
    }
}

#[test]
fn a_record_is_known_by_its_content_and_failure() {
    for format in FORMATS {
        let folder = Folder::new(format);
        folder.finished(&[record("a", "a", &[NoticeCode::Empty])], &["a"]);
        folder.killed(&[record("b", "b", &[])]);
        let output = folder.open(&run("s")).unwrap();
        let known = |id: &str| {
            output
                .held(id)
                .map(|held| (held.content.clone(), held.failed))
        };
        assert_eq!(known("a"), Some((Some("sha256:a".into()), true)));
        assert_eq!(known("b"), Some((Some("sha256:b".into()), false)));
        assert_eq!(known("c"), None);
    }
}

#[test]
fn an_article_that_moved_keeps_its_record_under_its_new_place() {
    for format in FORMATS {
        let folder = Folder::new(format);
        folder.finished(&[record("a", "a", &[])], &["a"]);
        folder.killed(&[record("b", "b", &[])]);
        let before = folder.text();
        let moved = |id: &str| Listed {
            id: id.into(),
            source: format!("rows.jsonl#{id}, \"{id}\""),
        };
        let output = folder.open(&run("s")).unwrap();
        output.publish(&[moved("a"), moved("b")]).unwrap();
        for id in ["a", "b"] {
            let mut expected = record(id, id, &[]);
            expected.source = moved(id).source;
            let text = folder.text();
            let writer: &dyn RecordWriter = match format {
                OutputFormat::Jsonl => &jsonl::Jsonl,
                _ => &csv::Csv::new(vec!["trade".into()]),
            };
            let row = String::from_utf8(writer.record(&expected).unwrap()).unwrap();
            assert!(text.contains(&row), "{text}");
        }
        assert_ne!(folder.text(), before);
    }
}

#[test]
fn a_file_of_an_older_version_is_taken_as_it_is() {
    for format in FORMATS {
        let folder = Folder::new(format);
        folder.finished(&[record("a", "a", &[]), record("b", "b", &[])], &["a", "b"]);
        let older = match format {
            OutputFormat::Csv => {
                let text = folder.text().replace(",content,", ",");
                text.replace(",sha256:a,", ",").replace(",sha256:b,", ",")
            }
            _ => {
                let text = folder.text().replace("\"content\":\"sha256:a\",", "");
                text.replace("\"content\":\"sha256:b\",", "")
            }
        };
        assert!(!older.contains("content"), "{older}");
        // A torn last record is left out: versions before the journal could leave one.
        std::fs::write(folder.path(), &older[..older.len() - 9]).unwrap();
        let output = folder.open(&run("s")).unwrap();
        assert_eq!(output.held("a").unwrap().content, None);
        assert!(output.held("b").is_none());
        drop(output);
        folder.finished(&[record("b", "b", &[])], &["a", "b"]);
        assert_eq!(folder.titles(), ["a", "b"]);
    }
}

#[test]
fn other_settings_formats_and_files_are_refused_and_left_alone() {
    let folder = Folder::new(OutputFormat::Jsonl);
    folder.killed(&[record("a", "a", &[])]);
    let journal = || std::fs::read(journal_path(&folder.path())).unwrap();
    let before = journal();
    let error = folder.open(&run("s2")).err().unwrap();
    let said = error.to_string();
    assert!(
        said.contains("out.journal") && said.contains("settings: s → s2"),
        "{said}"
    );
    let WriteError::OtherSettings { settings, .. } = error else {
        panic!("{said}");
    };
    assert_eq!(settings, Some(serde_json::json!({"n": "s"})));
    let destination = Destination::File(folder.path());
    let said = Output::open(&destination, OutputFormat::Csv, Vec::new(), &run("s"));
    let said = said.err().unwrap().to_string();
    assert!(said.contains("format: jsonl → csv"), "{said}");
    assert_eq!(journal(), before);
    // The output itself, once it is there.
    folder.finished(&[], &["a"]);
    let said = folder.open(&run("s2")).err().unwrap().to_string();
    assert!(said.contains("settings: s → s2"), "{said}");
    assert_eq!(folder.files(), ["out"]);
}

#[test]
fn a_column_of_ones_own_is_not_lost_in_silence() {
    let folder = Folder::new(OutputFormat::Csv);
    folder.finished(&[record("a", "a", &[])], &["a"]);
    let text = folder.text().replacen('\n', ",remarks\n", 1);
    let text = format!("{},mine\n", text.trim_end());
    std::fs::write(folder.path(), &text).unwrap();
    let said = folder.open(&run("s")).err().unwrap().to_string();
    assert!(said.contains("\"remarks\""), "{said}");
    assert_eq!(folder.text(), text);
}

#[test]
fn overwriting_replaces_the_output_at_the_end_and_not_before() {
    for format in FORMATS {
        let folder = Folder::new(format);
        folder.finished(
            &[record("a", "old", &[]), record("b", "old", &[])],
            &["a", "b"],
        );
        let before = folder.text();
        let overwrite = Run {
            overwrite: true,
            ..run("s")
        };
        // Nothing labelled: nothing changes.
        folder.open(&overwrite).unwrap().discard();
        folder.open(&overwrite).unwrap().publish_part(&[]).unwrap();
        assert_eq!(
            (folder.text(), folder.files()),
            (before.clone(), vec!["out".to_owned()])
        );
        // Killed: the next run goes on without the records that are to be replaced.
        let mut output = folder.open(&overwrite).unwrap();
        assert!(output.held("a").is_none());
        output.write(&record("a", "new", &[])).unwrap();
        drop(output);
        assert_eq!(folder.text(), before);
        let output = folder.open(&run("s")).unwrap();
        assert!(output.held("a").is_some() && output.held("b").is_none());
        drop(output);
        folder.finished(&[record("b", "new", &[])], &["a", "b"]);
        assert_eq!(folder.titles(), ["new", "new"]);
    }
}

#[test]
fn cards_are_gathered_in_the_journal_until_all_are_there() {
    let folder = Folder::new(OutputFormat::Table);
    let mut output = folder.open(&run("s")).unwrap();
    output.write(&record("b", "second", &[])).unwrap();
    output.publish_part(&listed(&["a", "b"])).unwrap();
    assert_eq!(folder.files(), ["out.journal"]);
    folder.finished(&[record("a", "first", &[])], &["a", "b"]);
    let text = folder.text();
    assert!(text.find("first") < text.find("second"), "{text}");
    assert!(text.contains("second"));
    let refused = folder.open(&run("s")).err().unwrap();
    assert!(matches!(refused, WriteError::NotOurs { .. }), "{refused}");
}

#[test]
fn a_run_that_is_killed_while_it_publishes_can_be_ended_again() {
    for format in FORMATS {
        let folder = Folder::new(format);
        folder.finished(&[record("a", "a", &[])], &["a"]);
        folder.killed(&[record("b", "b", &[]), record("a", "a2", &[])]);
        let journal = std::fs::read(journal_path(&folder.path())).unwrap();
        // Before the new output takes its place: the beginning of it lies there.
        std::fs::write(folder.0.path().join(".out.tmp"), "half of").unwrap();
        folder.finished(&[], &["b", "a"]);
        assert_eq!(folder.titles(), ["b", "a2"]);
        let published = folder.text();
        // Afterwards: the journal is still there.
        std::fs::write(journal_path(&folder.path()), journal).unwrap();
        folder.finished(&[], &["b", "a"]);
        assert_eq!(folder.text(), published);
        assert_eq!(folder.files(), ["out"]);
    }
}

#[test]
fn a_link_stays_a_link_and_modes_stay() {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new(OutputFormat::Jsonl);
        let target = folder.0.path().join("target");
        std::fs::write(&target, "").unwrap();
        std::fs::set_permissions(&target, PermissionsExt::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&target, folder.path()).unwrap();
        folder.finished(&[record("a", "a", &[])], &["a"]);
        assert!(folder.path().is_symlink());
        assert_eq!(folder.files(), ["out", "target"]);
        let mode = std::fs::metadata(&target).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
}

#[test]
fn what_is_no_file_is_a_stream_and_a_folder_is_refused() {
    let open = |path: &Path| {
        let destination = Destination::File(path.to_owned());
        Output::open(&destination, OutputFormat::Jsonl, Vec::new(), &run("s"))
    };
    let folder = tempfile::tempdir().unwrap();
    let said = open(folder.path()).err().unwrap().to_string();
    assert!(
        said.contains(&folder.path().display().to_string()),
        "{said}"
    );
    if Path::new("/dev/null").exists() {
        let output = open("/dev/null".as_ref()).unwrap();
        assert!(!output.can_be_continued());
        assert!(!Path::new("/dev/null.journal").exists());
    }
}
