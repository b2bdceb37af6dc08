//! Models by name: what exists, where it comes from, and a verified copy in the cache.
