//! The child's side: renders page runs until its input ends.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;

use super::engine::Engine;
use super::fonts::Fonts;
use super::protocol::{AnswerHead, Job, RequestHead, frame, read_frame};
use super::set::TemplateSet;
use crate::confine;
use bytes::Bytes;

/// Runs a worker: the first frames on standard input are the template set and
/// what is known of the fonts, every following pair of frames is a request.
///
/// The worker limits itself to `memory_mib` MiB of address space before it
/// reads anything, so a template that eats memory kills only the worker. Once
/// it knows where the fonts are, it leaves itself nothing else to open, and
/// looks at the templates after that.
///
/// # Errors
/// When the pipes break or fonts or template set cannot be read; the parent sees it as
/// the worker's death.
pub fn run_worker(memory_mib: u64) -> Result<(), String> {
    confine::limit(memory_mib, None)?;

    // The engine hands parts of its work to a pool of threads. Here that is
    // this thread alone: the workers themselves are the parallelism, and a
    // second thread would only take the processor from the next worker.
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()
        .map_err(|error| format!("threads: {error}"))?;

    let mut input = io::stdin().lock();
    // Standard output looks for line ends and sends a page in several pieces;
    // each would wake the parent, and the parent take the processor from a
    // worker. The pipe itself takes it in one.
    let output = io::stdout().as_fd().try_clone_to_owned();
    let mut output = File::from(output.map_err(|error| format!("output: {error}"))?);
    let Some(set) = read_frame(&mut input).map_err(|error| error.to_string())? else {
        return Ok(());
    };
    let fonts = read_frame(&mut input)
        .map_err(|error| error.to_string())?
        .unwrap_or_default();
    let fonts = Fonts::described(&fonts)?;
    let confined = confine::confine(&fonts.folders());
    let set = TemplateSet::thaw(&set)?;
    let engine = Engine::new(fonts, &set)?;
    drop(set);
    // The parent waits for this before it counts a letter's time.
    serde_json::to_vec(&confined)
        .map_err(io::Error::from)
        .and_then(|confined| frame(&confined))
        .and_then(|ready| output.write_all(&ready))
        .map_err(|error| error.to_string())?;
    serve(&engine, &mut input, &mut output).map_err(|error| error.to_string())
}

fn serve(engine: &Engine, input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    while let Some(head) = read_frame(input)? {
        let head: RequestHead = serde_json::from_slice(&head)?;
        let data = read_frame(input)?.unwrap_or_default();
        let job = Job {
            template: head.template,
            ident: head.ident,
            output: head.output,
            data,
        };
        let (head, body) = match engine.render(&job) {
            Ok(rendered) => (
                AnswerHead {
                    pages: rendered.pages,
                    fault: None,
                },
                rendered.bytes,
            ),
            Err(complaint) => (
                AnswerHead {
                    pages: 0,
                    fault: Some(complaint.fault),
                },
                Bytes::from(complaint.message.into_bytes()),
            ),
        };
        let mut answer = frame(&serde_json::to_vec(&head)?)?;
        answer.extend(frame(&body)?);
        output.write_all(&answer)?;
    }
    Ok(())
}
