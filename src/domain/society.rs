//! The society itself: everything a letter says about its sender.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::{NumberRule, Window};

/// The society's own data, from `society/profile.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Society {
    /// Registered name (名称).
    pub name: String,
    /// Title of the representative (役職), for instance 理事長.
    pub representative_title: String,
    /// Name of the representative, printed only if given.
    pub representative_name: Option<String>,
    /// Postal code, `379-2147`.
    pub postal_code: String,
    /// Address, a line an entry.
    pub address: Vec<String>,
    /// Telephone number.
    pub telephone: String,
    /// Address of the website.
    pub website: String,
    /// Address of the page the notice's QR code leads to.
    pub privacy_page: String,
    /// How the seal is shown on letters.
    pub seal_mode: SealMode,
    /// Image of the seal, a file name in the society's folder.
    pub seal_image: Option<String>,
    /// The window of the society's envelopes.
    #[serde(default)]
    pub envelope: Window,
    /// Where questions about a letter go.
    pub contact: Contact,
    /// Where complaints go (art. 40; Cabinet Order art. 10).
    pub complaint: Contact,
    /// How letters show names.
    #[serde(default)]
    pub names: Names,
    /// Sender of mails.
    pub mail: MailSender,
    /// Document-number rules by series.
    pub numbering: BTreeMap<String, NumberRule>,
    /// Fees the society has set (art. 38).
    #[serde(default)]
    pub fees: Fees,
    /// What letters that refuse say beside the refusal.
    #[serde(default)]
    pub refusals: Refusals,
    /// What becomes of papers that prove who somebody is.
    #[serde(default)]
    pub identity_papers: IdentityPapers,
    /// How the society means to treat requests.
    #[serde(default)]
    pub requests: RequestAims,
    /// Which kinds of letter it uses beside those everybody does.
    #[serde(default)]
    pub kinds: Kinds,
    /// How the society writes to members.
    #[serde(default)]
    pub members: MemberRules,
    /// Who may read restricted notes; without it none can be written.
    pub restricted: Option<Restricted>,
    /// What decides which publication duties the society has.
    #[serde(default)]
    pub publication_facts: PublicationFacts,
}

impl Society {
    /// The society as samples are shown with: with the fees the samples
    /// charge, which are the sample edition's and not the society's.
    #[must_use]
    pub fn for_samples(mut self) -> Self {
        let fees = &mut self.fees;
        fees.notification_of_purposes = Some(SAMPLE_FEE);
        fees.disclosure = Some(SAMPLE_FEE);
        self.kinds.all = true;
        self
    }
}

/// Kinds of letter that are used only where the society says so, because what
/// they rest on is to be confirmed first.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kinds {
    /// Their codes.
    #[serde(default)]
    enabled: Vec<String>,
    /// All of them, as for samples.
    #[serde(skip)]
    all: bool,
}

impl Kinds {
    /// Whether the society uses the kind with this code.
    pub fn has(&self, code: &str) -> bool {
        self.all || self.enabled.iter().any(|enabled| enabled == code)
    }
}

/// Fee of samples in yen, which the sample edition of the notice names.
const SAMPLE_FEE: u32 = 500;

/// A desk a person can turn to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name of the desk.
    pub desk: String,
    /// Telephone number.
    pub telephone: String,
    /// Office hours, if published.
    pub hours: Option<String>,
    /// Mail address, if published.
    pub mail: Option<String>,
    /// Postal code, if it is to be printed.
    pub postal_code: Option<String>,
    /// Address, a line an entry, if it is to be printed.
    pub address: Option<Vec<String>>,
}

/// How letters and mails show names and addresses.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// The policy.
    #[serde(default)]
    pub policy: NamePolicy,
}

/// Whether characters of names are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NamePolicy {
    /// Names are shown as they are registered.
    #[default]
    AsRegistered,
    /// Characters are shown as the society's map says.
    Substitute,
}

/// Who mails come from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSender {
    /// The sender's mail address.
    pub sender: String,
}

/// To whom restricted notes are encrypted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restricted {
    /// Public key of the person in charge (個人情報保護管理者), `age1…`.
    pub recipient: String,
}

/// How the seal (公印) is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SealMode {
    /// （公印省略） is printed instead.
    Omitted,
    /// The image of the profile is printed.
    Image,
}

impl SealMode {
    /// The word templates see.
    pub fn as_str(self) -> &'static str {
        match self {
            SealMode::Omitted => "omitted",
            SealMode::Image => "image",
        }
    }
}

/// Fees in yen, only where the society has set one (art. 38).
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fees {
    /// For a notification of purposes (art. 32(2)).
    pub notification_of_purposes: Option<u32>,
    /// For a disclosure (art. 33(1), also 33(5)).
    pub disclosure: Option<u32>,
    /// Whether the society has published that it charges them for requests it
    /// refuses as well.
    #[serde(default)]
    pub when_refused: bool,
}

/// What letters that refuse a request say of other ways. The Act asks for
/// neither.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Refusals {
    /// Whether they tell that a suit need not wait for two weeks (art. 39(1),
    /// proviso).
    pub suit: bool,
    /// Desks outside of the society, a line each.
    pub desks: Vec<String>,
}

/// What becomes of copies of papers that prove who somebody is.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdentityPapers {
    /// Whether letters promise that they are destroyed when the procedure has
    /// ended.
    pub discard_copies: bool,
}

/// Facts only the society knows, on which some publication duties depend.
/// Absent means that nobody has answered yet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationFacts {
    /// Whether personal data is handled abroad (Cabinet Order art. 10(i)).
    pub handled_abroad: Option<bool>,
    /// Whether personal data is provided to third parties abroad (art. 28).
    pub provided_abroad: Option<bool>,
    /// Whether personal data is used jointly (art. 27(5)(iii)).
    pub joint_use: Option<bool>,
    /// Whether data is provided on implicit consent (art. 27(1)).
    pub implicit_consent: Option<bool>,
    /// Whether data is provided until the principal objects (art. 27(2)).
    pub opt_out: Option<bool>,
    /// Whether pseudonymised information is handled (art. 41(4)).
    pub pseudonymised: Option<bool>,
    /// Whether anonymised information is made or provided (arts. 43(3), 44).
    pub anonymised: Option<bool>,
    /// Accredited organisations (認定個人情報保護団体) the society is with;
    /// an empty list says that there are none (Cabinet Order art. 10(iii)).
    pub accredited_organisations: Option<Vec<String>>,
}

/// How the society writes to members.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MemberRules {
    /// From which age in years a dependant is written to in person, even
    /// where the roster says otherwise.
    pub own_letter_age: u8,
}

impl Default for MemberRules {
    fn default() -> Self {
        MemberRules { own_letter_age: 16 }
    }
}

/// What the society aims at with every request. The Act says "without delay"
/// and names no number of days.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RequestAims {
    /// Days from arrival to the society's own target, 1–365.
    pub target_days: u16,
}

impl Default for RequestAims {
    fn default() -> Self {
        RequestAims { target_days: 30 }
    }
}

impl RequestAims {
    /// The target of a request that arrived on this day.
    pub fn target_for(self, arrival: NaiveDate) -> NaiveDate {
        arrival
            .checked_add_days(Days::new(self.target_days.into()))
            .unwrap_or(arrival)
    }
}
