//! Whether a member is written to, where, and why not.

use chrono::NaiveDate;

use crate::domain::{Delivery, Member, MemberFlag, PostalPlace};
use crate::store::StagedMember;

/// Why a member of the roster gets no letter now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// Nothing that changed concerns them.
    NotConcerned,
    /// Only words changed for them, or a purpose was given up, or it is about
    /// information yet to be acquired.
    NoPurpose,
    /// Their letter was queued before.
    Before,
    /// The roster has them in another row, whose letter goes or went.
    SamePerson,
    /// The roster has them in another row, under whose number something is
    /// against letters.
    SamePersonKept,
    /// Protective measures, and no address was given for them.
    Protected,
    /// Nobody is found at the address.
    Undeliverable,
    /// Letters are withheld.
    Withheld,
    /// The roster has no address.
    NoAddress,
    /// The insured person in whose care they are is not in the roster.
    InsuredMissing,
    /// The insured person in whose care they are cannot be written to.
    InsuredUnreachable,
    /// The letter would come to a counterpart of protective measures: one about
    /// somebody else, or one to whom the measures protect.
    Counterpart,
}

impl LeftOut {
    /// The words staff read.
    pub fn label(self) -> &'static str {
        match self {
            LeftOut::NotConcerned => "変更が関係しない",
            LeftOut::NoPurpose => "利用目的の変更に当たらない変更だけ",
            LeftOut::Before => "前に受け付けた",
            LeftOut::SamePerson => "同じ方と思われる行がほかにある",
            LeftOut::SamePersonKept => "同じ方と思われる行に、送れない登録がある",
            LeftOut::Protected => "支援措置(送付先の指定なし)",
            LeftOut::Undeliverable => "宛先不明",
            LeftOut::Withheld => "送付停止",
            LeftOut::NoAddress => "郵便番号か住所がない",
            LeftOut::InsuredMissing => "被保険者が名簿にない",
            LeftOut::InsuredUnreachable => "被保険者に送れない",
            LeftOut::Counterpart => "支援措置の相手方に届くおそれ",
        }
    }

    /// Whether somebody has to see to the member in another way.
    pub fn needs_person(self) -> bool {
        match self {
            LeftOut::NotConcerned | LeftOut::NoPurpose | LeftOut::Before => false,
            LeftOut::SamePerson
            | LeftOut::SamePersonKept
            | LeftOut::Protected
            | LeftOut::Undeliverable
            | LeftOut::Withheld
            | LeftOut::NoAddress
            | LeftOut::InsuredMissing
            | LeftOut::InsuredUnreachable
            | LeftOut::Counterpart => true,
        }
    }
}

impl LeftOut {
    /// Whether the member has to be told in another way: one whose other row
    /// has its letter has only to be looked at.
    pub fn needs_other_means(self) -> bool {
        self.needs_person() && self != LeftOut::SamePerson
    }
}

/// To whom and how a letter goes.
pub(super) struct Addressed {
    /// The member it is addressed to.
    pub to: Member,
    /// Where it goes.
    pub place: PostalPlace,
    /// How.
    pub delivery: Delivery,
}

impl Addressed {
    /// Where a letter to this member goes.
    ///
    /// Under protective measures that is the address given for them and no
    /// other, and by post: who else reads a mailbox nobody here can know.
    pub(super) fn at_own(member: Member, flags: &[MemberFlag]) -> Result<Self, LeftOut> {
        if flags.contains(&MemberFlag::Withheld) {
            return Err(LeftOut::Withheld);
        }
        if flags.contains(&MemberFlag::Protected) {
            let place = member.protected_place.clone().ok_or(LeftOut::Protected)?;
            return Ok(Addressed {
                to: member,
                place,
                delivery: Delivery::Post,
            });
        }
        if flags.contains(&MemberFlag::Undeliverable) {
            return Err(LeftOut::Undeliverable);
        }
        let place = member.place.clone().ok_or(LeftOut::NoAddress)?;
        let delivery = member.delivery.unwrap_or(Delivery::Post);
        Ok(Addressed {
            to: member,
            place,
            delivery,
        })
    }

    /// Where a letter about a member goes to the insured person who has
    /// charge of them.
    pub(super) fn at_insured(insured: Option<StagedMember>) -> Result<Self, LeftOut> {
        let insured = insured.ok_or(LeftOut::InsuredMissing)?;
        let (to, _) = Member::read(&insured.record);
        Addressed::at_own(to, &insured.flags).map_err(|_| LeftOut::InsuredUnreachable)
    }
}

/// Whether a letter about the member goes to the insured person. What is
/// against letters to the member comes first: a protected child's letter goes
/// to the child's own shelter or nowhere.
pub(super) fn is_represented(
    member: &Member,
    flags: &[MemberFlag],
    own_letter_age: u8,
    today: NaiveDate,
) -> bool {
    let kept_back = flags.contains(&MemberFlag::Protected) || flags.contains(&MemberFlag::Withheld);
    !kept_back && member.is_represented(own_letter_age, today)
}
