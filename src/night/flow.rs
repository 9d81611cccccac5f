//! One letter's way through the night.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use serde_json::{Map, Value};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use super::looks::Lookout;
use super::outcome::Settled;
use super::probe::{Point, Probe};
use super::{NightError, stopping};
use crate::acts::proof::{self, ProofError};
use crate::archive::{self, Archive, ArchiveError, Holding, Stored};
use crate::domain::{Delivery, Envelope, HandedTo, Persons, Reason, State, Whereabouts};
use crate::law::Matter;
use crate::mail::{
    Attachment, AttachmentName, Composed, Composer, Draft, EmailAddress, Field, Handover,
    MailError, MessageId, SocietyContact, Transport,
};
use crate::office::Office;
use crate::record::{LetterHead, Naming, letter_data, record_sha256};
use crate::render::{ENGINE, FontError, Job, Output, Pool, RenderFailure, Rendered};
use crate::store::{Claimed, Part, RenderedFacts, Step, StepError, Writer};

/// Claims after which a letter whose setting never came to an end is parked:
/// it may be the one that brings the program down.
const RENDER_TRIES: i64 = 2;

/// What every letter of a run shares.
pub(super) struct Flow {
    pub office: Arc<Office>,
    pub writer: Writer,
    pub pool: Pool,
    pub set_sha256: String,
    pub fonts_sha256: String,
    pub composer: Composer,
    pub transport: Transport,
    pub mail_domain: String,
    /// The mail server cannot be used tonight; no further letter tries.
    pub mail_down: AtomicBool,
    /// Archived files that were damaged or gone and are whole again.
    pub mended: AtomicU64,
    /// One page at a time is set again from what was kept: each has workers
    /// of its own.
    pub setting_again: Mutex<()>,
    pub probe: Probe,
    pub render_turns: Arc<Semaphore>,
    pub lookout: Lookout,
}

/// How a way can end early.
pub(super) enum Stop {
    /// The letter came to rest.
    Settled(Settled),
    /// The run cannot go on.
    Night(NightError),
}

impl From<StepError> for Stop {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Overtaken(_) => Stop::Settled(Settled::Overtaken),
            StepError::LookAgain(id) => Stop::Night(NightError::Bug(format!("look at {id}"))),
            StepError::Store(error) => Stop::Night(NightError::Store(error)),
        }
    }
}

impl<E: Into<NightError>> From<E> for Stop
where
    E: NotStep,
{
    fn from(error: E) -> Self {
        Stop::Night(error.into())
    }
}

/// Errors that end the run wherever they occur.
pub(super) trait NotStep {}
impl NotStep for crate::archive::ArchiveError {}

pub(super) fn night_error(error: StepError) -> NightError {
    match error {
        StepError::Store(error) => NightError::Store(error),
        StepError::Overtaken(id) | StepError::LookAgain(id) => {
            NightError::Bug(format!("claim of {id}"))
        }
    }
}

/// A letter in the night's hands: as it was claimed, and the state it has now.
pub(super) struct InHand {
    pub(super) letter: Claimed,
    pub(super) state: State,
    record: Map<String, Value>,
    /// What could be read of the record's envelope, and whether all of it
    /// could.
    envelope: Envelope,
    is_readable: bool,
    /// Whom it goes to and whom it is about.
    pub(super) persons: Persons,
    pdf: Option<Bytes>,
    /// The addressee's name as the letter shows it, once that is known.
    greeted: Option<String>,
}

impl InHand {
    /// Where the letter came to rest.
    fn at_rest(&self, handed_to: Option<HandedTo>) -> Settled {
        Whereabouts::of(self.state, self.letter.delivery, handed_to, None).into()
    }
}

impl Flow {
    /// Takes a claimed letter as far as it goes tonight.
    pub(super) async fn take(
        &self,
        claimed: Claimed,
        turn: OwnedSemaphorePermit,
    ) -> Result<Settled, NightError> {
        match self.walk(claimed, turn).await {
            Ok(settled) | Err(Stop::Settled(settled)) => Ok(settled),
            Err(Stop::Night(error)) => Err(error),
        }
    }

    async fn walk(&self, claimed: Claimed, turn: OwnedSemaphorePermit) -> Result<Settled, Stop> {
        let record: Map<String, Value> = serde_json::from_str(&claimed.record).unwrap_or_default();
        let recipient = claimed.recipient.as_deref();
        let as_queued = is_as_queued(&claimed, &record);
        let (envelope, problems) = Envelope::read(&record);
        let mut hand = InHand {
            envelope,
            is_readable: problems.is_empty(),
            persons: Persons::of(&record, &claimed.answered, recipient)
                .told_until(claimed.told_until),
            state: claimed.state,
            letter: claimed,
            record,
            pdf: None,
            greeted: None,
        };
        if !as_queued {
            return Err(self.park(&mut hand, Reason::RecordChanged).await);
        }
        if State::BEFORE_PAGE.contains(&hand.state) {
            let facts = self.render(&mut hand).await?;
            drop(turn);
            self.store(&mut hand, facts).await?;
        } else {
            drop(turn);
        }
        self.deliver(hand).await
    }

    async fn step(&self, hand: &mut InHand, step: Step, to: State) -> Result<(), Stop> {
        self.steps(hand, vec![step], to).await
    }

    async fn steps(&self, hand: &mut InHand, steps: Vec<Step>, to: State) -> Result<(), Stop> {
        let letter = &hand.letter;
        self.writer
            .steps(letter.id, hand.state, letter.attempt, steps)
            .await?;
        hand.state = to;
        Ok(())
    }

    /// The steps before a delivery. There is no recall window yet, so an
    /// archived letter is released at once.
    fn release(hand: &InHand) -> Vec<Step> {
        match hand.state {
            State::Archived => vec![Step::Released],
            _ => Vec::new(),
        }
    }

    pub(super) async fn park(&self, hand: &mut InHand, reason: Reason) -> Stop {
        let step = Step::Parked { reason };
        match self.step(hand, step, State::Parked).await {
            Ok(()) => {
                tracing::warn!(letter = %hand.letter.id, "parked");
                Stop::Settled(State::Parked.into())
            }
            Err(stop) => stop,
        }
    }

    async fn fail(&self, hand: &mut InHand, reason: Reason) -> Stop {
        self.end_failed(hand, vec![Step::Failed { reason }]).await
    }

    async fn end_failed(&self, hand: &mut InHand, steps: Vec<Step>) -> Stop {
        match self.steps(hand, steps, State::Failed).await {
            Ok(()) => {
                tracing::warn!(letter = %hand.letter.id, "not delivered");
                Stop::Settled(State::Failed.into())
            }
            Err(stop) => stop,
        }
    }

    async fn render(&self, hand: &mut InHand) -> Result<RenderedFacts, Stop> {
        if hand.letter.render_tries > RENDER_TRIES {
            return Err(self.park(hand, Reason::GaveUpSetting).await);
        }
        self.look(hand).await?;
        let data = match self.data(hand) {
            Ok(data) => data,
            Err(reason) => return Err(self.park(hand, reason).await),
        };
        hand.greeted = Some(greeted_name(&hand.envelope, &data));
        let job = Job {
            template: format!("/letters/{}/letter.typ", hand.letter.kind),
            ident: hand.letter.id.to_string(),
            output: Output::Pdf,
            data,
        };
        let rendered = match self.set_page(&job).await {
            Ok(rendered) => rendered,
            Err(RenderFailure::Pool(error)) => return Err(Stop::Night(error.into())),
            Err(RenderFailure::Fonts(problem)) => {
                let problems = vec![problem];
                return Err(Stop::Night(FontError { problems }.into()));
            }
            Err(failure) => {
                tracing::warn!(letter = %hand.letter.id, %failure, "setting failed");
                let reason = stopping::setting_failed(&failure, &hand.record);
                return Err(self.park(hand, reason).await);
            }
        };
        self.probe.reached(Point::Rendered).await;
        let facts = RenderedFacts {
            data_sha256: archive::sha256(&job.data),
            data: job.data,
            set_sha256: self.set_sha256.clone(),
            fonts_sha256: self.fonts_sha256.clone(),
            engine: ENGINE.to_owned(),
            pdf_sha256: archive::sha256(&rendered.bytes),
            pdf_bytes: i64::try_from(rendered.bytes.len()).unwrap_or(i64::MAX),
            pages: i64::try_from(rendered.pages).unwrap_or(i64::MAX),
        };
        hand.letter.pdf_sha256 = Some(facts.pdf_sha256.clone());
        hand.pdf = Some(rendered.bytes);
        Ok(facts)
    }

    /// Sets a page; a worker that died without a known cause may have been
    /// killed from outside, so the page gets one more try.
    async fn set_page(&self, job: &Job) -> Result<Rendered, RenderFailure> {
        match self.pool.render(job).await {
            Err(RenderFailure::WorkerDied(_)) => self.pool.render(job).await,
            other => other,
        }
    }

    fn data(&self, hand: &InHand) -> Result<Vec<u8>, Reason> {
        let desk = &self.office.desk;
        let letter = &hand.letter;
        let kind_gone = || Reason::KindGone {
            kind: letter.kind.clone(),
        };
        let kind = desk.catalogue.get(&letter.kind).ok_or_else(kind_gone)?;
        let outcome = kind.outcome(&letter.outcome).ok_or_else(kind_gone)?;
        let issue_date = letter.issue_date.ok_or(Reason::RecordUnreadable)?;
        // Between intake and tonight a day may have passed that matters to
        // the law, and law or fees may have been changed: a decision cannot
        // be later than the letter that tells it, and the letter goes out
        // under the law of its own date.
        if !hand.is_readable {
            return Err(Reason::RecordUnreadable);
        }
        let envelope = &hand.envelope;
        if envelope
            .decision
            .as_ref()
            .is_some_and(|decision| decision.date > issue_date)
        {
            return Err(Reason::DecidedAfterIssue);
        }
        let refused = desk.law.check(Matter {
            kind,
            outcome,
            record: &hand.record,
            envelope,
            fees: &desk.society.fees,
            today: issue_date,
        });
        if let Some(problem) = refused.first() {
            return Err(Reason::NoLongerLawful(problem.clone()));
        }
        let head = LetterHead {
            id: letter.id.to_string(),
            number: letter.number.clone(),
            issue_date,
        };
        let data = letter_data(
            kind,
            outcome,
            &hand.record,
            &head,
            &desk.law,
            &desk.characters,
        );
        Ok(data.to_string().into_bytes())
    }

    async fn store(&self, hand: &mut InHand, facts: RenderedFacts) -> Result<(), Stop> {
        let Some(pdf) = &hand.pdf else {
            return Err(Stop::Night(NightError::Bug("a page got lost".to_owned())));
        };
        self.keep(&facts.pdf_sha256, pdf.clone()).await?;
        self.probe.reached(Point::Stored).await;
        // A crash before this commit leaves a file the store does not know.
        // The letter is then set again, to the same bytes and so to the same
        // file.
        let steps = vec![Step::Rendered(Box::new(facts)), Step::Archived];
        self.steps(hand, steps, State::Archived).await?;
        self.probe.reached(Point::Registered).await;
        Ok(())
    }

    /// Puts a PDF into the archive. What stands there damaged is replaced: the
    /// right bytes are in hand.
    async fn keep(&self, sha256: &str, pdf: Bytes) -> Result<(), ArchiveError> {
        let archive = &self.office.archive;
        if archive.put(Holding::Pdf, sha256, pdf).await? == Stored::Mended {
            tracing::warn!(%sha256, "archived PDF was damaged and has been replaced");
            self.mended.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The letter's PDF from the archive. A file that is damaged or gone
    /// concerns this letter alone: it is set again from what was kept, and if
    /// not the same comes out, the letter is parked and the night goes on.
    async fn archived(&self, hand: &mut InHand) -> Result<Bytes, Stop> {
        let sha256 = hand.letter.pdf_sha256.clone().unwrap_or_default();
        let damage = match self.office.archive.get(Holding::Pdf, &sha256).await {
            Ok(pdf) => return Ok(pdf),
            Err(damage) => damage,
        };
        tracing::warn!(letter = %hand.letter.id, %damage, "archived PDF cannot be used; setting it again");
        let turn = self.setting_again.lock().await;
        let restored = proof::restored(&self.office, hand.letter.id).await;
        drop(turn);
        let pdf = match restored {
            Ok(pdf) => pdf,
            Err(ProofError::Store(error)) => return Err(Stop::Night(NightError::Store(error))),
            Err(failure) => {
                tracing::warn!(letter = %hand.letter.id, "could not be set again to the same bytes");
                let place = Archive::place(Holding::Pdf, &sha256);
                let reason = stopping::pdf_lost(place, &damage, failure);
                return Err(self.park(hand, reason).await);
            }
        };
        self.keep(&sha256, pdf.clone()).await?;
        if matches!(damage, ArchiveError::Missing(_)) {
            self.mended.fetch_add(1, Ordering::Relaxed);
        }
        Ok(pdf)
    }

    async fn deliver(&self, mut hand: InHand) -> Result<Settled, Stop> {
        match hand.letter.delivery {
            // A letter by post rests in the archive until it is printed.
            Delivery::Archive | Delivery::Post => {
                let before = Self::release(&hand);
                let steps = |looked| [before.as_slice(), &[Step::Filed { looked }]].concat();
                self.leave(&mut hand, steps, State::Filed).await?;
                Ok(hand.at_rest(None))
            }
            Delivery::Mail => self.mail(hand).await,
        }
    }

    /// Parks a letter whose record is no longer the one that was claimed: the
    /// mail address is about to be taken from it, and hours may have passed.
    async fn stop_if_changed(&self, hand: &mut InHand) -> Result<(), Stop> {
        let failed = |error| Stop::Night(NightError::Store(error));
        let mut conn = self.office.store.look().await.map_err(failed)?;
        let parts = conn.parts_of(hand.letter.id, &[Part::Record]).await;
        let record = parts.map_err(failed)?.record;
        drop(conn);
        if record == hand.letter.record {
            return Ok(());
        }
        Err(self.park(hand, Reason::RecordChanged).await)
    }

    /// Hands the letter to the mail server: the intent is made durable first,
    /// then the server is spoken to, then the outcome is made durable.
    async fn mail(&self, mut hand: InHand) -> Result<Settled, Stop> {
        let pdf = match hand.pdf.take() {
            Some(pdf) => pdf,
            None => self.archived(&mut hand).await?,
        };
        if hand.greeted.is_none() {
            hand.greeted = Some(self.greeted(&hand).await?);
        }
        let mut waits = self.office.desk.config.mail_retries.iter();
        loop {
            let place = self.transport.place().await;
            let before = Self::release(&hand);
            if let Some(reason) = self.mail_is_over() {
                self.steps(&mut hand, before, State::Released).await?;
                return Err(self.fail(&mut hand, reason).await);
            }
            self.stop_if_changed(&mut hand).await?;
            let (message_id, composed) = match self.compose(&hand, &pdf) {
                Ok(composed) => composed,
                Err(error) => {
                    let reason = stopping::mail_not_composed(&error);
                    self.steps(&mut hand, before, State::Released).await?;
                    return Err(self.fail(&mut hand, reason).await);
                }
            };
            let to = self.transport.hands_to();
            self.begin_handover(&mut hand, &before, &message_id).await?;
            let handover = self
                .transport
                .hand_over(&composed.envelope, composed.bytes)
                .await;
            self.probe.reached(Point::HandedOver).await;
            let words = handover.words();
            match &handover {
                Handover::Accepted { .. } => {
                    let step = Step::Sent { by: to, words };
                    self.step(&mut hand, step, State::Sent).await?;
                    return Ok(hand.at_rest(Some(to)));
                }
                Handover::Unknown { .. } => {
                    let step = Step::LostAnswer {
                        words,
                        reason: Reason::AnswerLost { to },
                    };
                    self.step(&mut hand, step, State::Unknown).await?;
                    tracing::warn!(letter = %hand.letter.id, "outcome of the hand-over unknown");
                    return Ok(State::Unknown.into());
                }
                Handover::Rejected { code, reason, .. } => {
                    if handover.concerns_every_letter() {
                        self.mail_down.store(true, Ordering::Relaxed);
                    }
                    let reason = stopping::mail_rejected(*code, reason);
                    let steps = vec![Step::HandoverRejected { words }, Step::Failed { reason }];
                    return Err(self.end_failed(&mut hand, steps).await);
                }
                Handover::Deferred { reason, .. } => {
                    let step = Step::HandoverUndone { words };
                    self.step(&mut hand, step, State::Released).await?;
                    // Nobody is spoken to any more, so nothing is waited for.
                    if self.transport.has_broken_off() {
                        continue;
                    }
                    if let Some(wait) = waits.next() {
                        drop(place);
                        tokio::time::sleep(*wait).await;
                        continue;
                    }
                    if handover.concerns_every_letter() {
                        self.mail_down.store(true, Ordering::Relaxed);
                    }
                    let reason = stopping::mail_deferred(reason);
                    return Err(self.fail(&mut hand, reason).await);
                }
            }
        }
    }

    /// Makes it durable that the letter's mail is about to be handed over: the
    /// mark, and the attempt it begins.
    async fn begin_handover(
        &self,
        hand: &mut InHand,
        before: &[Step],
        message_id: &str,
    ) -> Result<(), Stop> {
        let to = self.transport.hands_to();
        let steps = |looked| {
            let begins = Step::HandoverBegins {
                message_id: message_id.to_owned(),
                to,
                looked,
            };
            [before, &[begins]].concat()
        };
        self.leave(hand, steps, State::Released).await?;
        hand.letter.rounds += 1;
        Ok(())
    }

    /// Why no further letter is mailed tonight, once that is so.
    fn mail_is_over(&self) -> Option<Reason> {
        if self.transport.has_broken_off() {
            Some(Reason::GatewayIsSilent)
        } else if self.mail_down.load(Ordering::Relaxed) {
            Some(Reason::MailIsDown)
        } else {
            None
        }
    }

    /// The addressee's name as the letter has it: the mail of a letter set
    /// on an earlier night must not greet by today's map.
    async fn greeted(&self, hand: &InHand) -> Result<String, Stop> {
        let failed = |error| Stop::Night(NightError::Store(error));
        let mut conn = self.office.store.look().await.map_err(failed)?;
        let parts = conn.parts_of(hand.letter.id, &[Part::Data]).await;
        let data = parts.map_err(failed)?.data;
        Ok(greeted_name(&hand.envelope, &data.unwrap_or_default()))
    }

    /// The mail of the round that comes next, and its Message-ID.
    fn compose(&self, hand: &InHand, pdf: &[u8]) -> Result<(String, Composed), MailError> {
        let desk = &self.office.desk;
        let letter = &hand.letter;
        let id = letter.id.to_string();
        // One Message-ID a letter, the same in every round: whoever gets it
        // twice after all can tell that it is the same.
        let message_id = match &letter.message_id {
            Some(earlier) => earlier.clone(),
            None => format!("<{id}-{}@{}>", letter.message_token, self.mail_domain),
        };
        let parsed = MessageId::parse(&message_id)?;
        let society = society_contact(&desk.society);
        let template = desk
            .catalogue
            .get(&letter.kind)
            .map_or("document-notice", |kind| kind.mail.as_str());
        let composed = self.composer.compose(&Draft {
            template,
            name: parsed.name(letter.rounds + 1)?,
            to: EmailAddress::parse(
                Field::Recipient,
                hand.envelope.mail_address.as_deref().unwrap_or_default(),
            )?,
            message_id: parsed,
            date: desk.clock.now(),
            addressee_name: hand.greeted.as_deref().unwrap_or_default(),
            honorific: &hand.envelope.honorific,
            society: &society,
            letter_id: &id,
            document_number: letter.number.as_deref(),
            attachment: Attachment {
                name: AttachmentName::parse(&format!("{id}.pdf"))?,
                pdf,
            },
        })?;
        Ok((message_id, composed))
    }
}

/// Whether a letter's record is the one it was queued with, and its row says
/// the same of outcome and delivery: what was approved goes out or nothing.
fn is_as_queued(letter: &Claimed, record: &Map<String, Value>) -> bool {
    let says = |field: &str, word: &str| record.get(field).and_then(Value::as_str) == Some(word);
    record_sha256(&letter.kind, record) == letter.record_sha256
        && says("outcome", &letter.outcome)
        && says("delivery", letter.delivery.as_str())
}

fn greeted_name(envelope: &Envelope, data: &[u8]) -> String {
    let naming = Naming::kept_in(data).unwrap_or_default();
    let name = naming.addressee_name();
    name.unwrap_or(&envelope.addressee_name).to_owned()
}

fn society_contact(society: &crate::domain::Society) -> SocietyContact {
    SocietyContact {
        name: society.name.clone(),
        department: None,
        telephone: society.contact.telephone.clone(),
        hours: society.contact.hours.clone(),
        postal_code: society.postal_code.clone(),
        address: society.address.concat(),
    }
}
