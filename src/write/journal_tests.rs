//! A journal that was cut or damaged at any place.

use super::*;
use proptest::prelude::*;

fn header() -> Header {
    Header::new(
        OutputFormat::Jsonl,
        false,
        Provenance::made_up("s"),
        serde_json::json!({}),
    )
}

fn line<'a>(id: &'a str, record: &'a str) -> Line<'a> {
    Line {
        id: id.into(),
        content: Some("sha256:0123456789ab".into()),
        failed: false,
        record: record.into(),
    }
}

/// A journal with these records; its path, and where each line begins, the header's first.
fn written(folder: &Path, records: &[(String, String)]) -> (PathBuf, Vec<u64>) {
    let path = folder.join("out.journal");
    let mut journal = Journal::open(&path).unwrap();
    journal.begin(header());
    let mut starts = vec![0];
    for (id, record) in records {
        starts.push(journal.append(&line(id, record)).unwrap().start);
    }
    (path, starts)
}

/// The ids of the records that a later run finds, which can also be read again.
fn found(path: &Path) -> Result<Vec<(String, String)>, WriteError> {
    let mut journal = Journal::open(path)?;
    let mut places = Vec::new();
    journal.recover(|line, place| places.push((line.id.into_owned(), place)))?;
    let record = |(id, place)| {
        let record = journal.record(place).unwrap();
        (id, String::from_utf8(record).unwrap())
    };
    Ok(places.into_iter().map(record).collect())
}

fn records() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec(("[a-z0-9/#]{1,8}", "\\PC{0,30}\n?"), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_torn_last_line_costs_its_record_and_no_other(records in records()) {
        let folder = tempfile::tempdir().unwrap();
        let (path, starts) = written(folder.path(), &records);
        let whole = std::fs::read(&path).unwrap();
        let last = usize::try_from(*starts.last().unwrap()).unwrap();
        for cut in last..=whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let left = match cut == whole.len() {
                true => &records[..],
                false => &records[..records.len() - 1],
            };
            prop_assert_eq!(found(&path).unwrap(), left, "cut at {}", cut);
            // What was torn is gone from the file, so that the next record follows a whole one.
            let length = std::fs::metadata(&path).unwrap().len();
            prop_assert_eq!(length as usize, if cut == whole.len() { cut } else { last });
        }
    }

    #[test]
    fn a_damaged_line_is_refused_unless_it_is_the_last(
        records in records(),
        at in any::<prop::sample::Index>(),
        bit in 0u8..8,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (path, starts) = written(folder.path(), &records);
        let mut bytes = std::fs::read(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1u8 << bit;
        std::fs::write(&path, &bytes).unwrap();
        let line = starts.iter().filter(|start| **start <= at as u64).count();
        // A line end that is damaged joins two lines: the first of them is damaged, and may be the last now.
        let joins_the_last = starts.last() == Some(&(at as u64 + 1));
        match found(&path) {
            Ok(left) => {
                let last = starts.len() - usize::from(joins_the_last);
                prop_assert_eq!(line, last, "line {} was accepted", line);
                prop_assert_eq!(left, &records[..last.saturating_sub(2)]);
            }
            Err(WriteError::Damaged { line: named, .. }) => prop_assert_eq!(named, line as u64),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

#[test]
fn what_is_torn_in_the_first_line_is_ours_only_if_it_begins_like_a_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.journal");
    let table: [(&[u8], bool); 5] = [
        (b"", true),
        (b"0123abcd {\"jour", true),
        (b"01", true),
        (&[0; 100], true),
        (b"My notes, one line", false),
    ];
    for (content, ours) in table {
        std::fs::write(&path, content).unwrap();
        let found = found(&path);
        assert_eq!(found.is_ok(), ours, "{content:?}");
        let kept = std::fs::read(&path).unwrap();
        assert_eq!(kept, if ours { b"" } else { content });
    }
}

#[test]
fn nothing_is_lost_before_the_first_record_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let records = [("a".to_owned(), "1".to_owned())];
    let (path, _) = written(folder.path(), &records);
    let mut journal = Journal::open(&path).unwrap();
    journal.begin(header());
    assert!(!journal.has_records());
    journal.discard();
    assert_eq!(found(&path).unwrap(), records);
    let mut journal = Journal::open(&path).unwrap();
    journal.begin(header());
    journal.append(&line("b", "2")).unwrap();
    drop(journal);
    assert_eq!(found(&path).unwrap(), [("b".to_owned(), "2".to_owned())]);
}

#[test]
fn one_run_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.journal");
    let first = Journal::open(&path).unwrap();
    let refused = Journal::open(&path).unwrap_err();
    assert!(matches!(refused, WriteError::Locked(_)), "{refused}");
    // A journal that is taken away while another run waits for it is not that run's.
    first.remove().unwrap();
    let second = Journal::open(&path).unwrap();
    assert!(is_at(&second.file, &path));
    std::fs::remove_file(&path).unwrap();
    assert!(!is_at(&second.file, &path));
}
