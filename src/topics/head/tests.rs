//! The head as a whole, on small made-up articles.

use super::made_up::*;
use super::*;
use ndarray::s;
use serde_json::json;

fn settings() -> Settings {
    Settings {
        folds: 4,
        inner_folds: 3,
        few: FewSettings {
            positives: 5,
            rehearsals: 1,
            ..FewSettings::default()
        },
        ..Settings::default()
    }
}

fn head() -> Head {
    train(&names(), &several(), &prototypes(), &settings()).unwrap()
}

/// An example with the labels and cues of one topic only.
fn column(example: &Example, topic: usize) -> Example {
    let mut example = example.clone();
    example.topics = vec![example.topics[topic]];
    for cues in &mut example.article.cues {
        *cues = vec![cues[topic]];
    }
    example
}

#[test]
fn planted_sentences_are_found_and_named() {
    let head = head();
    assert_eq!(head.names(), names());
    assert!(!head.is_exclusive());
    for number in 100..120 {
        let fresh = example(number, [number % 2 == 0, number % 3 == 0, false]);
        for (topic, verdict) in head.score(&fresh.article).iter().enumerate() {
            let has = fresh.topics[topic];
            assert_eq!(
                verdict.decision == Decision::Assigned,
                has,
                "{number} {topic} {verdict:?}"
            );
            match has {
                true => assert_eq!(verdict.evidence[0], planted(number, topic)),
                false if verdict.decision == Decision::Rejected => {
                    assert!(verdict.evidence.is_empty())
                }
                false => {}
            }
            let written = (verdict.probability * 1e4).round() / 1e4;
            assert_eq!(verdict.probability, written);
        }
    }
}

#[test]
fn the_order_of_examples_and_the_threads_do_not_matter() {
    let mut examples = several();
    let first = saved(&head());
    examples.reverse();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let second = pool.install(|| train(&names(), &examples, &prototypes(), &settings()).unwrap());
    assert!(first == saved(&second), "the same bytes");
}

/// Both files of a saved head.
fn saved(head: &Head) -> [Vec<u8>; 2] {
    let folder = tempfile::tempdir().unwrap();
    head.save(folder.path(), &json!({"made": "by a test"}))
        .unwrap();
    ["head.safetensors", "head.json"].map(|file| std::fs::read(folder.path().join(file)).unwrap())
}

#[test]
fn a_loaded_head_is_the_saved_one() {
    let one = train(&names(), &single(), &no_prototypes(), &settings()).unwrap();
    assert!(one.is_exclusive());
    let mut noise = Noise(7);
    let extended = head()
        .with_topic("rain", &noise.rows(&[4, 4]), &few_examples(1))
        .unwrap();
    for head in [one, extended] {
        let folder = tempfile::tempdir().unwrap();
        head.save(folder.path(), &json!({"articles": 60})).unwrap();
        let loaded = Head::load(folder.path()).unwrap();
        assert_eq!(loaded.about(), &json!({"articles": 60}));
        assert_eq!(loaded.names(), head.names());
        assert_eq!(loaded.dimension(), DIMENSION);
        for example in several() {
            assert_eq!(loaded.score(&example.article), head.score(&example.article));
        }
        let [weights, card] = saved(&loaded);
        assert_eq!(
            weights,
            std::fs::read(folder.path().join("head.safetensors")).unwrap()
        );
        assert!(weights.len() + card.len() < 100_000);
    }
}

#[test]
fn broken_files_are_named() {
    type Damage = fn(Vec<u8>) -> Vec<u8>;
    let table: [(&str, Damage, &str); 5] = [
        ("head.json", |_| b"{".to_vec(), "not a topic head"),
        (
            "head.json",
            |card| replaced(card, "\"format\": 1", "\"format\": 9"),
            "format 9",
        ),
        (
            "head.json",
            |card| replaced(card, "\"sky\",", ""),
            "`bands` has 3 entries, not 2",
        ),
        (
            "head.json",
            |card| replaced(card, "\"dimension\": 12", "\"dimension\": 13"),
            "not F32 [13]",
        ),
        ("head.safetensors", |weights| weights[..99].to_vec(), "hash"),
    ];
    let head = head();
    for (file, damage, expected) in table {
        let folder = tempfile::tempdir().unwrap();
        head.save(folder.path(), &json!(null)).unwrap();
        let path = folder.path().join(file);
        std::fs::write(&path, damage(std::fs::read(&path).unwrap())).unwrap();
        let message = Head::load(folder.path()).unwrap_err().to_string();
        assert!(
            message.contains(expected) && message.contains("depeche train"),
            "{message}"
        );
        std::fs::remove_file(&path).unwrap();
        let message = Head::load(folder.path()).unwrap_err().to_string();
        assert!(message.contains(file), "{message}");
    }
}

fn replaced(card: Vec<u8>, old: &str, new: &str) -> Vec<u8> {
    let card = String::from_utf8(card).unwrap();
    assert!(card.contains(old), "{card}");
    card.replace(old, new).into_bytes()
}

#[test]
fn what_cannot_be_learnt_from_is_named() {
    let message = |examples: &[Example], prototypes: &Prototypes| {
        train(&names(), examples, prototypes, &settings())
            .unwrap_err()
            .to_string()
    };
    let mut rare = several();
    for (number, example) in rare.iter_mut().enumerate() {
        example.topics[1] = number < 7;
    }
    assert!(message(&rare, &prototypes()).contains("\"sky\" has 7 examples and needs 8"));
    let mut common = several();
    common
        .iter_mut()
        .for_each(|example| example.topics[2] = true);
    assert!(message(&common, &prototypes()).contains("\"soil\" has 0 examples without it"));
    let mut empty = several();
    empty[3].article.vectors = Array2::zeros((0, DIMENSION));
    assert!(message(&empty, &prototypes()).contains("\"article-3\": has no sentences"));
    let mut cues = several();
    cues[4].article.cues.pop();
    assert!(message(&cues, &prototypes()).contains("\"article-4\": has cues"));
    assert!(message(&[], &prototypes()).contains("nothing to learn from"));
    let mut narrow = prototypes();
    narrow.topics[0] = narrow.topics[0].slice(s![.., ..3]).to_owned();
    assert!(message(&several(), &narrow).contains("\"sea\" have length 3, not 12"));
    let doubled = ["sea", "sky", "sea"].map(str::to_owned);
    let error = train(&doubled, &several(), &prototypes(), &settings()).unwrap_err();
    assert!(error.to_string().contains("\"sea\" is there already"));
}

#[test]
fn cross_validation_scores_every_example_unseen() {
    for (examples, prototypes) in [(several(), prototypes()), (single(), no_prototypes())] {
        let probabilities = cross_validate(&names(), &examples, &prototypes, &settings()).unwrap();
        assert_eq!(probabilities.dim(), (examples.len(), TOPICS));
        for ((at, topic), p) in probabilities.indexed_iter() {
            assert_eq!(*p >= 0.5, examples[at].topics[topic], "{at} {topic} {p}");
        }
    }
}

#[test]
fn exactly_one_topic_is_never_two() {
    let head = train(&names(), &single(), &no_prototypes(), &settings()).unwrap();
    for number in 100..110 {
        let fresh = exclusive(number);
        let verdicts = head.score(&fresh.article);
        let sum: f64 = verdicts.iter().map(|verdict| verdict.probability).sum();
        assert!((sum - 1.0).abs() < 1e-3);
        let open: Vec<_> = (0..TOPICS)
            .filter(|at| verdicts[*at].decision != Decision::Rejected)
            .collect();
        assert_eq!(open, [number % TOPICS]);
        let (own, evidence) = (own_sentences(number), &verdicts[open[0]].evidence);
        assert!(!evidence.is_empty() && evidence.iter().all(|at| own.contains(at)));
    }
    let error = head
        .with_topic("rain", &Array2::zeros((0, 0)), &few_examples(1))
        .unwrap_err();
    assert!(error.to_string().contains("exactly one topic"));
}

/// Labelled articles for a topic that lies on the fifth axis.
fn few_examples(from: usize) -> Vec<Example> {
    (from..from + 24)
        .map(|number| {
            let mut example = column(&example(500 + number, [false, number % 3 == 0, false]), 0);
            example.topics[0] = number % 2 == 0;
            if example.topics[0] {
                let row = Noise(number as u64).near(4);
                example
                    .article
                    .vectors
                    .row_mut(planted(number, 0))
                    .assign(&row);
            }
            example
        })
        .collect()
}

#[test]
fn a_new_topic_is_scored_from_prototypes_and_learnt_from_few() {
    let head = head();
    let rows = Noise(7).rows(&[4, 4]);
    let untrained = head.untrained("rain", &rows);
    assert_eq!(untrained.name(), "rain");
    let extended = head.with_topic("rain", &rows, &few_examples(0)).unwrap();
    assert_eq!(extended.names()[TOPICS], "rain");
    let tests = few_examples(100);
    let zero = tests.iter().map(|test| untrained.score(&test.article));
    let few = tests
        .iter()
        .filter_map(|test| extended.score(&test.article).pop());
    for verdicts in [zero.collect::<Vec<_>>(), few.collect()] {
        let (mut lowest, mut highest) = (1.0, 0.0);
        for (verdict, test) in verdicts.iter().zip(&tests) {
            if test.topics[0] {
                let number: usize = test.id["article-".len()..].parse().unwrap();
                assert_eq!(verdict.decision, Decision::Assigned);
                assert_eq!(verdict.evidence[0], planted(number - 500, 0));
                lowest = f64::min(lowest, verdict.probability);
            } else {
                highest = f64::max(highest, verdict.probability);
            }
        }
        assert!(lowest > highest, "{lowest} {highest}");
    }
    for example in several() {
        let (old, new) = (
            head.score(&example.article),
            extended.score(&example.article),
        );
        assert_eq!(old, new[..TOPICS], "the other topics stay as they are");
    }
    let too_few = &few_examples(0)[..10];
    let error = head.with_topic("rain", &rows, too_few).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("\"rain\" has 5 examples and needs 8")
    );
    let error = head.with_topic("sky", &rows, &few_examples(0)).unwrap_err();
    assert!(error.to_string().contains("\"sky\" is there already"));
}

#[test]
fn nothing_is_said_of_an_article_without_sentences() {
    let head = head();
    let empty = Article {
        vectors: Array2::zeros((0, DIMENSION)),
        clause_of: Vec::new(),
        has_title: false,
        cues: Vec::new(),
    };
    assert!(
        head.score(&empty)
            .iter()
            .all(|verdict| *verdict == Verdict::none())
    );
    let untrained = head.untrained("rain", &Array2::zeros((0, 0)));
    assert_eq!(untrained.score(&empty), Verdict::none());
}

#[test]
fn background_teaches_where_not_to_see_a_topic() {
    let article = |number: u64| Background {
        vectors: Noise(number).rows(&[5; SENTENCES]),
        lacks: vec![true, false, false],
    };
    let background: Vec<_> = (0..20).map(article).collect();
    let with = train_with(
        &names(),
        &several(),
        &background,
        &prototypes(),
        &settings(),
    )
    .unwrap();
    let odd = Article {
        vectors: Noise(77).rows(&[5; SENTENCES]),
        clause_of: Vec::new(),
        has_title: false,
        cues: Vec::new(),
    };
    let probability = |head: &Head| head.score(&odd)[0].probability;
    assert!(probability(&with) <= probability(&head()));
    let mut wrong = background;
    wrong[3].lacks.pop();
    let error = train_with(&names(), &several(), &wrong, &prototypes(), &settings()).unwrap_err();
    assert!(error.to_string().contains("background article 3"));
}
