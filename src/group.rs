//! Batches messages that arrive close together, so that one fsync or commit
//! serves all their senders.

use std::time::Duration;

use tokio::sync::mpsc;

/// Waits for a message, then `window` longer for more, and puts them all into
/// `group`, at most `most`. Returns false when all senders are gone.
pub async fn gather<T>(
    inbox: &mut mpsc::Receiver<T>,
    group: &mut Vec<T>,
    most: usize,
    window: Duration,
) -> bool {
    if inbox.recv_many(group, most).await == 0 {
        return false;
    }
    let window = tokio::time::sleep(window);
    tokio::pin!(window);
    while group.len() < most {
        let room = most - group.len();
        tokio::select! {
            () = &mut window => break,
            count = inbox.recv_many(group, room) => {
                if count == 0 {
                    break;
                }
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_millis(20);

    async fn gathered(inbox: &mut mpsc::Receiver<i32>, most: usize) -> Vec<i32> {
        let mut group = Vec::new();
        let more = gather(inbox, &mut group, most, WINDOW).await;
        assert_eq!(more, !group.is_empty());
        group
    }

    #[tokio::test(start_paused = true)]
    async fn what_arrives_within_the_window_goes_together() {
        let (outbox, mut inbox) = mpsc::channel(8);
        let sender = tokio::spawn(async move {
            for (n, wait) in [(1, 0), (2, 10), (3, 15), (4, 5), (5, 100)] {
                tokio::time::sleep(Duration::from_millis(wait)).await;
                outbox.send(n).await.expect("somebody listens");
            }
        });
        assert_eq!(gathered(&mut inbox, 8).await, [1, 2]);
        assert_eq!(gathered(&mut inbox, 8).await, [3, 4]);
        assert_eq!(gathered(&mut inbox, 8).await, [5]);
        assert!(gathered(&mut inbox, 8).await.is_empty());
        sender.await.expect("sent");
    }

    #[tokio::test(start_paused = true)]
    async fn a_group_has_an_upper_bound() {
        let (outbox, mut inbox) = mpsc::channel(8);
        for n in 1..=5 {
            outbox.send(n).await.expect("room");
        }
        drop(outbox);
        assert_eq!(gathered(&mut inbox, 2).await, [1, 2]);
        assert_eq!(gathered(&mut inbox, 2).await, [3, 4]);
        assert_eq!(gathered(&mut inbox, 2).await, [5]);
        assert!(gathered(&mut inbox, 2).await.is_empty());
    }
}
