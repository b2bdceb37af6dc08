//! Tasks, systems and the run that brings them together.
