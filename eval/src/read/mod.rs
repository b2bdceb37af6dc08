//! Files → what is scored. Rows of gold and of predictions, with errors that name file, line and id.

pub mod fields;
pub mod gold;
pub mod prediction;
pub mod rows;
pub mod run_report;
