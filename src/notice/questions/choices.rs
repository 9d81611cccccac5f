//! The answers the ten questions offer, with the codes they are kept under.

use super::{CONSENT, EXCEPTION, FUTURE, HELD, Kind, NO, PURPOSE, WORDING, YES};

pub(super) const ROW_KIND: Kind = Kind::Choice(&[
    (WORDING, "文言だけ。使い道は変わらない"),
    (PURPOSE, "利用目的の追加・変更"),
]);
pub(super) const ROW_USE: Kind = Kind::Choice(&[
    (HELD, "すでに持っている情報にも使う"),
    (FUTURE, "これから取得する情報だけに使う"),
]);
pub(super) const ROW_SCOPE: Kind = Kind::Choice(&[
    (YES, "予測できる。関連性がある"),
    (NO, "予測は難しい。関連性の範囲を超える"),
]);
pub(super) const REMEDY: Kind = Kind::Choice(&[
    (CONSENT, "本人一人ひとりの同意を得る(法第18条第1項)"),
    (EXCEPTION, "同意の要らない場合に当たる(法第18条第3項各号)"),
]);
/// The items of art. 18(3).
pub(in crate::notice) const EXCEPTIONS: &[(&str, &str)] = &[
    ("1", "法令(条例を含む)に基づく場合"),
    (
        "2",
        "生命・身体・財産の保護に必要で、本人の同意を得ることが困難",
    ),
    (
        "3",
        "公衆衛生の向上・児童の健全な育成に特に必要で、同意を得ることが困難",
    ),
    (
        "4",
        "国の機関等の事務への協力で、同意を得ると事務に支障のおそれ",
    ),
    ("5", "学術研究機関等が学術研究目的で取り扱う必要"),
    (
        "6",
        "学術研究機関等への提供で、その機関等が学術研究目的で取り扱う必要",
    ),
];
pub(super) const THIRD_PARTY: Kind = Kind::Choice(&[
    (NO, "新しい第三者提供はない"),
    (CONSENT, "本人の同意を得て提供する(法第27条第1項)"),
    (EXCEPTION, "同意の要らない場合に当たる(法第27条第1項各号)"),
]);
pub(super) const ABROAD: Kind = Kind::Choice(&[
    (NO, "外国にある第三者への提供はない"),
    (
        CONSENT,
        "必要な情報を示して本人の同意を得る(法第28条第1項・第2項)",
    ),
    (
        EXCEPTION,
        "同等の水準の国、基準に適合する体制、又は法第27条第1項各号",
    ),
]);
pub(super) const JOINT_USE: Kind = Kind::Choice(&[
    (NO, "共同利用は変わらない"),
    ("new", "新しく共同利用を始める(法第27条第5項第3号)"),
    (
        "manager",
        "責任者の氏名・名称・住所・代表者が変わる(法第27条第6項)",
    ),
    (
        "purpose",
        "利用する者の利用目的又は責任者そのものが変わる(法第27条第6項)",
    ),
    ("wider", "データの項目又は利用する者の範囲が広がる"),
]);
pub(super) const SENSITIVE: Kind = Kind::Choice(&[
    (NO, "新しく取得しない"),
    (CONSENT, "本人の同意を得て取得する"),
    (EXCEPTION, "同意の要らない場合に当たる(法第20条第2項各号)"),
]);
pub(super) const INDIVIDUAL_NUMBER: Kind = Kind::Choice(&[
    (NO, "個人番号(特定個人情報)には関わらない"),
    ("within", "番号法に定められた事務の範囲で使う"),
    ("beyond", "番号法に定めのない使い方をする"),
]);
pub(super) const WHETHER: Kind = Kind::Choice(&[(NO, "いいえ"), (YES, "はい")]);
pub(super) const PROCESSED: Kind = Kind::Choice(&[
    (NO, "作らない"),
    ("pseudonymised", "仮名加工情報をつくる(法第41条)"),
    ("anonymised", "匿名加工情報をつくる(法第43条)"),
]);
pub(super) const MEANS: Kind = Kind::Choice(&[
    ("publish", "公表する"),
    ("notify", "本人に通知する"),
    ("both", "本人に通知し、公表もする"),
]);
pub(super) const BODY: Kind = Kind::Choice(&[
    ("assembly", "組合会"),
    ("board", "理事会"),
    ("president", "理事長"),
]);

/// Words that tell of a regime of its own, with the question and the answer
/// they contradict.
pub(super) const TELLING: [(&str, &[&str]); 4] = [
    (
        "q7.use",
        &["個人番号", "番号法", "マイナンバー", "特定個人情報"],
    ),
    ("q5.joint_use", &["共同利用", "共同して利用"]),
    (
        "q5.third_party",
        &["第三者提供", "第三者に提供", "第三者への提供"],
    ),
    ("q5.abroad", &["外国", "海外"]),
];
