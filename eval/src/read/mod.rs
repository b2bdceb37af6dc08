//! Files → what is scored. JSON Lines of gold and of predictions, with errors that name file, line and id.

pub mod gold;
pub mod prediction;
pub mod rows;
