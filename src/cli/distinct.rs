//! `--distinct`: a number that looks like a known one is another all the same.

use crate::acts::reception::Distinct;

#[derive(Debug, clap::Args)]
pub(super) struct DistinctArg {
    /// よく似た番号があっても別のものだと確かめた受付番号・加入者管理番号(何度でも書ける)
    #[arg(long, value_name = "NUMBER")]
    distinct: Vec<String>,
}

impl DistinctArg {
    /// The numbers given.
    pub(super) fn read(&self) -> Distinct {
        Distinct::new(&self.distinct)
    }
}

/// Says what may be done where rows were refused for their likeness.
pub(super) fn hint_at_distinct(alike: u64) {
    if alike > 0 {
        say!(
            "よく似た番号とは別のものだと確かめたときは、--distinct の後にその番号を書いて、もう一度実行してください。"
        );
    }
}
