//! What staff read when the settings cannot be used.

use super::StaffMessage;
use crate::config::ConfigError;

impl StaffMessage for ConfigError {
    fn staff_message(&self) -> String {
        match self {
            ConfigError::Unreadable { path, error } => format!(
                "設定 {}：読めません({error})。--config に正しいファイル名を書いてください。",
                path.display()
            ),
            ConfigError::Unusable { .. } => self.to_string(),
        }
    }
}
