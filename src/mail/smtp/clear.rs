//! What is said in clear: from the greeting to STARTTLS (RFC 3207), and not a word more.
//!
//! Somebody on the path may append forged replies to the server's "ready" line, to be taken later
//! for the gateway's answers inside TLS. Nothing beyond the awaited line is interpreted here;
//! whatever follows it stays in the connection, and the TLS handshake fails on it.

use std::fmt::Display;
use std::io;

use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::io::AsyncWriteExt;

use super::reply::{deferred, refused};
use super::wire::{Clear, reply};
use crate::mail::address::EmailAddress;
use crate::mail::transport::{Handover, Stage};

/// Leads the dialogue up to the TLS handshake.
///
/// # Errors
/// What a gateway that does not come so far means for the letter: nothing was handed over.
pub(super) async fn ask_for_tls(
    stream: &mut Clear,
    hello: &ClientId,
    to: &EmailAddress,
) -> Result<(), Handover> {
    let greeting = reply(stream).await.map_err(|error| broken(&error))?;
    positive(greeting, to)?;
    let extensions = command(stream, Ehlo::new(hello.clone()), to).await?;
    let offers_tls = extensions.message().any(|line| {
        let word = line.split_ascii_whitespace().next();
        word.is_some_and(|word| word.eq_ignore_ascii_case("STARTTLS"))
    });
    if !offers_tls {
        return Err(deferred(
            Stage::Connect,
            "STARTTLS is not supported on this server",
        ));
    }
    command(stream, Starttls, to).await?;
    Ok(())
}

async fn command(
    stream: &mut Clear,
    command: impl Display,
    to: &EmailAddress,
) -> Result<Response, Handover> {
    let said = async {
        stream.write_all(command.to_string().as_bytes()).await?;
        stream.flush().await?;
        reply(stream).await
    };
    positive(said.await.map_err(|error| broken(&error))?, to)
}

fn positive(response: Response, to: &EmailAddress) -> Result<Response, Handover> {
    if response.is_positive() {
        Ok(response)
    } else {
        Err(refused(Stage::Connect, &response, to))
    }
}

fn broken(error: &io::Error) -> Handover {
    deferred(Stage::Connect, &error.to_string())
}
