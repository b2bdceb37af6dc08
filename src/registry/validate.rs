//! What may stand in a registry file: ids, names and versions that are safe as paths and arguments.
//!
//! Ids and file names become paths in the cache, package names become arguments of pip: both are
//! held to letters, digits, `.`, `_` and `-`. Input: a parsed file; output: the first mistake.

use std::collections::BTreeSet;

use super::manifest::{Manifest, Model, Source, WheelSource};

/// Packages that one entry may stand for: more is a slip of the hand, and would be a list that fills the memory.
const MOST_PARTS: u32 = 1000;

/// The first thing that is wrong: (key, problem).
pub(super) fn check(manifest: &Manifest) -> Result<(), (String, String)> {
    let mut ids = BTreeSet::new();
    let mut defaults = BTreeSet::new();
    for model in &manifest.models {
        let here = format!("model `{}`", model.id);
        if !is_id(&model.id) {
            let problem = "must be lower-case letters, digits, `.`, `_` and `-`, and begin with a letter or digit";
            return Err((format!("{here}, key `id`"), problem.to_owned()));
        }
        if !ids.insert(&model.id) {
            return Err((here, "is listed twice".to_owned()));
        }
        if model.default && !defaults.insert(model.role) {
            let problem = format!("a second default {}: only one can be", model.role);
            return Err((format!("{here}, key `default`"), problem));
        }
        check_files(model).map_err(|(key, problem)| (format!("{here}, {key}"), problem))?;
    }
    Ok(())
}

fn check_files(model: &Model) -> Result<(), (String, String)> {
    if model.files.is_empty() {
        return Err((
            "key `file`".to_owned(),
            "at least one file is needed".to_owned(),
        ));
    }
    let mut names = BTreeSet::new();
    for file in &model.files {
        let here = format!("file `{}`", file.name);
        if !is_word(&file.name) {
            let problem = "must be a plain file name: letters, digits, `.`, `_` and `-`";
            return Err((format!("{here}, key `name`"), problem.to_owned()));
        }
        if !names.insert(&file.name) {
            return Err((here, "is listed twice".to_owned()));
        }
        for source in &file.sources {
            if let Some(problem) = source_problem(source) {
                return Err((format!("{here}, key `sources`"), problem));
            }
            // An archive could hold anything: the size is what stops it.
            if matches!(source, Source::Wheels(_)) && file.bytes.is_none() {
                let problem = "is missing: wheels need it as the limit of what is read";
                return Err((format!("{here}, key `bytes`"), problem.to_owned()));
            }
        }
    }
    match &model.weights {
        Some(name) if !names.contains(name) => Err((
            "key `weights`".to_owned(),
            format!("no file is named `{name}`"),
        )),
        None if model.files.len() > 1 => Err((
            "key `weights`".to_owned(),
            "is missing: say which of the files holds the weights".to_owned(),
        )),
        _ => Ok(()),
    }
}

fn source_problem(source: &Source) -> Option<String> {
    match source {
        Source::Path(path) if path.as_os_str().is_empty() => Some("`path` is empty".to_owned()),
        Source::Path(_) => None,
        Source::Hub(hub) => {
            let parts: Vec<&str> = hub.repo.split('/').collect();
            if parts.len() != 2 || !parts.iter().all(|part| is_word(part)) {
                Some(format!(
                    "hub repo `{}` is not of the form `owner/name`",
                    hub.repo
                ))
            } else if hub.file.is_empty() || hub.revision.is_empty() {
                Some("hub `file` and `revision` may not be empty".to_owned())
            } else if hub.file.split('/').any(|part| !is_word(part)) {
                Some(format!(
                    "hub file `{}` is not a path inside a repository",
                    hub.file
                ))
            } else {
                None
            }
        }
        Source::Wheels(wheels) => wheel_problem(wheels),
    }
}

fn wheel_problem(wheels: &WheelSource) -> Option<String> {
    if wheels.packages.is_empty() {
        return Some("`packages` is empty: name at least one `name==version`".to_owned());
    }
    if wheels.parts.is_some_and(|parts| parts > MOST_PARTS) {
        return Some(format!("`parts` is more than {MOST_PARTS}"));
    }
    if wheels.parts == Some(0) {
        return Some("`parts` is 0: at least one is needed".to_owned());
    }
    let numbered = wheels.packages.iter().filter(|p| p.contains("{n}")).count();
    if wheels.parts.is_some() && (numbered != 1 || wheels.packages.len() != 1) {
        return Some("`parts` needs exactly one package, whose name contains `{n}`".to_owned());
    }
    if let Some(wrong) = wheels.requirements().iter().find(|r| !is_requirement(r)) {
        return Some(format!(
            "package `{wrong}` is not of the form `name==version`"
        ));
    }
    if let Err(error) = glob::Pattern::new(&wheels.member) {
        return Some(format!("member `{}` is not a glob: {error}", wheels.member));
    }
    match &wheels.platform {
        Some(tag) if !is_word(tag) => Some(format!("platform `{tag}` is not a platform tag")),
        _ => None,
    }
}

/// Letters, digits, `.`, `_`, `-`, beginning with a letter or digit: safe as a file name, and never
/// an option when given to a program.
fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

fn is_id(text: &str) -> bool {
    is_word(text) && !text.chars().any(|c| c.is_ascii_uppercase())
}

fn is_requirement(text: &str) -> bool {
    text.split_once("==").is_some_and(|(name, version)| {
        is_word(name)
            && version.starts_with(|c: char| c.is_ascii_alphanumeric())
            && version
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-!+".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::path::Path;

    use super::*;
    use crate::registry::RegistryError;

    fn model(extra: &str, file: &str) -> String {
        format!(
            "schema = 1\n[[model]]\nid = \"m\"\nrole = \"generator\"\narchitecture = \"qwen2\"\n\
             licence = \"MIT\"\n{extra}\n[[model.file]]\nname = \"model.gguf\"\n{file}\n"
        )
    }

    fn parse(text: &str) -> Result<Manifest, RegistryError> {
        Manifest::parse(text, Path::new("/etc/depeche/registry.toml"))
    }

    /// The message and its causes.
    fn chain(error: &RegistryError) -> String {
        let cause = error.source().map(|cause| format!(": {cause}"));
        format!("{error}{}", cause.unwrap_or_default())
    }

    #[test]
    fn every_mistake_names_the_file_and_the_key() {
        let wheels = |inner: &str| model("", &format!("sources = [{{ wheels = {{ {inner} }} }}]"));
        let hub = |repo: &str, file: &str| {
            model(
                "",
                &format!("sources = [{{ hub = {{ repo = \"{repo}\", file = \"{file}\" }} }}]"),
            )
        };
        let cases = [
            ("schema = 2\nnews = 1".to_owned(), "key `schema`: is 2"),
            (
                model("", "").replace("\"m\"", "\"../m\""),
                "model `../m`, key `id`",
            ),
            (model("", "").replace("\"m\"", "\"M\""), "key `id`"),
            (
                model("weights = \"x\"", ""),
                "key `weights`: no file is named `x`",
            ),
            (
                model("", "[[model.file]]\nname = \"b\""),
                "key `weights`: is missing",
            ),
            (
                model("", "").replace("model.gguf", "../x"),
                "file `../x`, key `name`",
            ),
            (
                model("", "sha256 = \"CC32\""),
                "64 lower-case hexadecimal digits",
            ),
            (model("", "colour = 1"), "unknown field `colour`"),
            (model("", "bytes = -1"), "bytes"),
            (
                wheels("packages = [], member = \"a\""),
                "`packages` is empty",
            ),
            (
                wheels("packages = [\"-r==1\"], member = \"a\""),
                "package `-r==1`",
            ),
            (
                wheels("packages = [\"a>=1\"], member = \"a\""),
                "package `a>=1`",
            ),
            (
                wheels("packages = [\"a==1\"], parts = 2, member = \"a\""),
                "contains `{n}`",
            ),
            (
                wheels("packages = [\"a{n}==1\"], member = \"a\""),
                "package `a{n}==1`",
            ),
            (
                wheels("packages = [\"a{n}==1\"], parts = 0, member = \"a\""),
                "`parts` is 0",
            ),
            (
                wheels("packages = [\"a{n}==1\"], parts = 4294967295, member = \"a\""),
                "`parts` is more than 1000",
            ),
            (
                wheels("packages = [\"a==1\"], member = \"a[\""),
                "member `a[`",
            ),
            (
                wheels("packages = [\"a==1\"], member = \"a\", platform = \"--x\""),
                "platform `--x`",
            ),
            (
                wheels("packages = [\"a==1\"], member = \"a\""),
                "key `bytes`: is missing",
            ),
            (hub("one", "f"), "hub repo `one`"),
            (hub("a/b/c", "f"), "hub repo `a/b/c`"),
            (hub("a/b", "../f"), "hub file `../f`"),
            (
                format!(
                    "{0}{1}",
                    model("", ""),
                    model("", "").replace("schema = 1\n", "")
                ),
                "listed twice",
            ),
        ];
        for (text, expected) in cases {
            let error = chain(&parse(&text).expect_err(expected));
            assert!(error.contains(expected), "{error:?} lacks {expected:?}");
            assert!(error.starts_with("/etc/depeche/registry.toml: "), "{error}");
        }
    }

    #[test]
    fn two_defaults_of_a_role_are_refused() {
        let one = model("default = true", "");
        let two = one.replace("schema = 1\n", "").replace("\"m\"", "\"n\"");
        let error = parse(&format!("{one}{two}"))
            .expect_err("two defaults")
            .to_string();
        assert!(error.contains("model `n`, key `default`"), "{error}");
    }
}
