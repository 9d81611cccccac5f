//! A gateway's replies against bytes nobody meant.

use std::io::Write as _;
use std::net::{Shutdown, TcpListener};

use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::runtime;

use super::{reply, wire};
use crate::fuzz::Fuzz;
use crate::mail::transport::Stage;
use crate::mail::{EmailAddress, Field};

#[test]
fn replies_in_clear() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    let runtime = runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    let to: EmailAddress = EmailAddress::parse(Field::From, "mihon@example.jp").unwrap();
    let fuzz = Fuzz {
        name: "smtp-reply",
        inputs: 600,
        words: &[
            "220 ",
            "250-",
            "250 ",
            "354 ",
            "421 ",
            "450 ",
            "550 5.1.1 ",
            "999 ",
            "000 ",
            "STARTTLS",
            "SIZE 0",
            "AUTH LOGIN PLAIN",
            "\r\n",
            "\n",
            "\r",
            "<mihon@example.jp>",
            "mihon@example.jp",
            "8BITMIME",
        ],
        seeds: vec![
            b"220 mail.example.jp ESMTP\r\n".to_vec(),
            b"250-mail.example.jp\r\n250-SIZE 1000\r\n250 STARTTLS\r\n".to_vec(),
            b"550 5.1.1 <mihon@example.jp> \x88\xb6\x90\xe6\x95\x73\x96\xbe\r\n".to_vec(),
            b"421 4.7.0 later\r\n".to_vec(),
        ],
        package: false,
    };
    fuzz.run(|input| {
        let said = input.to_vec();
        runtime.block_on(async {
            let stream = TcpStream::connect(place).await.unwrap();
            let (mut peer, _) = listener.accept().unwrap();
            // A peer that was not read to its end may be gone already.
            let sender = std::thread::spawn(move || {
                let _ = peer.write_all(&said);
                let _ = peer.shutdown(Shutdown::Write);
            });
            let mut stream = BufReader::new(stream);
            let said = match wire::reply(&mut stream).await {
                Ok(response) => {
                    let handover = reply::refused(Stage::Recipient, &response, &to);
                    let told = format!("{handover:?}");
                    assert!(!told.contains("mihon@"), "repeats the address: {told}");
                    format!("{:?}：{told}", response.code().severity)
                }
                Err(error) => format!("broken：{error}"),
            };
            drop(stream);
            sender.join().unwrap();
            said
        })
    });
}
