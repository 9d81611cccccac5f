//! What staff are told of where mails go.

use crate::config::Config;
use crate::office::MAILS;

/// Says that nothing is sent, where mails become files; nothing else needs to
/// be said.
pub(super) fn tell_where_they_go(config: &Config) {
    if config.mails_become_files() {
        say!(
            "注意：メールは送りません。設定の [mail] の transport が \"file\" なので、{} にファイルとして書き出すだけです(書出済)。",
            config.out.join(MAILS).display()
        );
    }
}
