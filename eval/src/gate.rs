//! Accepted figures, and whether the present ones fell.
