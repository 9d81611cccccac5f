//! A letter's page, and its place in the archive.

use super::data::data;
use crate::archive;
use crate::domain::{Delivery, Reason, State};
use crate::night::flow::{Flow, Stop};
use crate::night::hand::InHand;
use crate::night::{NightError, Point, stopping};
use crate::render::{ENGINE, FontError, Job, Output, RenderFailure, Rendered};
use crate::store::{RenderedFacts, Step};

/// Park a letter after this many claims that never finished rendering: it may
/// be what crashes the process.
const RENDER_TRIES: i64 = 2;

/// Sets a letter's page, unless the letter must not go.
pub(in crate::night) async fn page(flow: &Flow, hand: &mut InHand) -> Result<RenderedFacts, Stop> {
    if hand.letter.render_tries > RENDER_TRIES {
        return Err(flow.park(hand, Reason::GaveUpSetting).await);
    }
    flow.look(hand).await?;
    let data = match data(flow, hand) {
        Ok(data) => data,
        Err(reason) => return Err(flow.park(hand, reason).await),
    };
    hand.greeted = Some(hand.greeted_name(&data));
    let job = Job {
        template: format!("/letters/{}/letter.typ", hand.letter.kind),
        ident: hand.letter.id.to_string(),
        output: Output::Pdf,
        data,
    };
    let rendered = match set_page(flow, &job).await {
        Ok(rendered) => rendered,
        Err(RenderFailure::Pool(error)) => return Err(Stop::Night(error.into())),
        Err(RenderFailure::Fonts(problem)) => {
            let problems = vec![problem];
            return Err(Stop::Night(FontError { problems }.into()));
        }
        Err(failure) => {
            tracing::warn!(letter = %hand.letter.id, %failure, "setting failed");
            let reason = stopping::rendering_failed(&failure, &hand.record);
            return Err(flow.park(hand, reason).await);
        }
    };
    flow.probe.reached(Point::Rendered).await;
    let facts = RenderedFacts {
        data_sha256: archive::sha256(&job.data),
        data: job.data,
        set_sha256: flow.set_sha256.clone(),
        fonts_sha256: flow.fonts_sha256.clone(),
        engine: ENGINE.to_owned(),
        pdf_sha256: archive::sha256(&rendered.bytes),
        pdf_bytes: i64::try_from(rendered.bytes.len()).unwrap_or(i64::MAX),
        pages: i64::try_from(rendered.pages).unwrap_or(i64::MAX),
    };
    hand.letter.pdf_sha256 = Some(facts.pdf_sha256.clone());
    hand.pdf = Some(rendered.bytes);
    Ok(facts)
}

/// Renders a page; a worker that died without a known cause may have been
/// killed from outside, so the page gets one more try.
async fn set_page(flow: &Flow, job: &Job) -> Result<Rendered, RenderFailure> {
    match flow.pool.render(job).await {
        Err(RenderFailure::WorkerDied(_)) => flow.pool.render(job).await,
        other => other,
    }
}

/// Puts a letter's page into the archive, and makes durable that it is there.
pub(in crate::night) async fn keep_page(
    flow: &Flow,
    hand: &mut InHand,
    facts: RenderedFacts,
) -> Result<(), Stop> {
    let Some(pdf) = &hand.pdf else {
        return Err(Stop::Night(NightError::Bug("a page got lost".to_owned())));
    };
    flow.keep(&facts.pdf_sha256, pdf.clone()).await?;
    flow.probe.reached(Point::Stored).await;
    // A crash before this commit leaves a file the store does not know.
    // The letter is then rendered again, to the same bytes and so to the same
    // file.
    let mut steps = vec![Step::Rendered(Box::new(facts)), Step::Archived];
    // A mail is made then and waits to go out; there is no recall window yet.
    // Of another letter that is one step with its being filed.
    let mut to = State::Archived;
    if hand.letter.delivery == Delivery::Mail {
        steps.push(Step::Released);
        to = State::Released;
    }
    flow.steps(hand, steps, to).await?;
    flow.probe.reached(Point::Registered).await;
    Ok(())
}
