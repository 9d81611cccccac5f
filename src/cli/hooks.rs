//! Options that tests drive the program with: a clock that starts where a test
//! wants it, and places where it stops to be killed.
//!
//! A release build that users get has none of them: whoever can set the clock
//! dates what is approved and registered. They are compiled into debug builds,
//! so that a plain `cargo test` works, and elsewhere with the feature
//! `test-hooks`. Hidden options stand in this file only.

pub(super) use compiled::{Clockwork, NightStop, PrintStop, SiteStop};

#[cfg(any(feature = "test-hooks", debug_assertions))]
mod compiled {
    use chrono::{DateTime, FixedOffset};

    use crate::acts::print_runs::Reached;
    use crate::clock::Clock;
    use crate::night::Probe;
    use crate::notice::site::Step;

    /// Where the clock of this run begins.
    #[derive(Debug, clap::Args)]
    pub(in crate::cli) struct Clockwork {
        /// 時計をこの時刻から始める(試験用)
        #[arg(long, global = true, hide = true, value_name = "RFC3339")]
        now: Option<DateTime<FixedOffset>>,
    }

    impl Clockwork {
        /// The clock.
        pub(in crate::cli) fn clock(&self) -> Clock {
            self.now.map_or_else(Clock::system, Clock::starting_at)
        }
    }

    /// Where a night stops for good.
    #[derive(Debug, clap::Args)]
    pub(in crate::cli) struct NightStop {
        /// 処理をこの箇所で止める(試験用)
        #[arg(long, hide = true)]
        stop_at: Option<Probe>,
    }

    impl NightStop {
        /// The place.
        pub(in crate::cli) fn probe(self) -> Probe {
            self.stop_at.unwrap_or_default()
        }
    }

    /// Where the exchange of a site stops for good.
    #[derive(Debug, clap::Args)]
    pub(in crate::cli) struct SiteStop {
        /// サイトの入れ替えの途中のここで止まる(試験用：written、exchanged)
        #[arg(long, hide = true, value_name = "PLACE", value_parser = step)]
        stop_at: Option<Step>,
    }

    impl SiteStop {
        /// What to call at each place.
        pub(in crate::cli) fn stopping(&self) -> impl FnMut(Step) + use<> {
            let place = self.stop_at;
            move |step| {
                if place == Some(step) {
                    eprintln!("stopped at {step:?}");
                    loop {
                        std::thread::park();
                    }
                }
            }
        }
    }

    /// Where the making of print files stops for good.
    #[derive(Debug, clap::Args)]
    pub(in crate::cli) struct PrintStop {
        /// 印刷用ファイルを作る途中のここで止まる(試験用：filled、recorded、placed)
        #[arg(long, hide = true, value_name = "PLACE", value_parser = reached)]
        stop_at: Option<Reached>,
        /// 印刷用ファイルを作る途中のここで、標準入力の1行を待つ(試験用)
        #[arg(long, hide = true, value_name = "PLACE", value_parser = reached)]
        wait_at: Option<Reached>,
    }

    impl PrintStop {
        /// What to call at each place.
        pub(in crate::cli) fn stopping(&self) -> impl FnMut(Reached) + use<> {
            let (place, wait_at) = (self.stop_at, self.wait_at);
            move |reached| {
                if wait_at == Some(reached) {
                    eprintln!("waits at {reached:?}");
                    // An end of the input lets it go on as well.
                    _ = std::io::stdin().read_line(&mut String::new());
                }
                if place == Some(reached) {
                    eprintln!("stopped at {reached:?}");
                    loop {
                        std::thread::park();
                    }
                }
            }
        }
    }

    fn reached(text: &str) -> Result<Reached, String> {
        match text {
            "filled" => Ok(Reached::Filled),
            "recorded" => Ok(Reached::Recorded),
            "placed" => Ok(Reached::Placed),
            other => Err(format!("no such place: {other}")),
        }
    }

    fn step(text: &str) -> Result<Step, String> {
        match text {
            "written" => Ok(Step::Written),
            "exchanged" => Ok(Step::Exchanged),
            other => Err(format!("no such place: {other}")),
        }
    }
}

#[cfg(not(any(feature = "test-hooks", debug_assertions)))]
mod compiled {
    use crate::acts::print_runs::Reached;
    use crate::clock::Clock;
    use crate::night::Probe;
    use crate::notice::site::Step;

    /// The machine's clock and no other.
    #[derive(Debug, clap::Args)]
    pub(in crate::cli) struct Clockwork {}

    impl Clockwork {
        /// The clock.
        pub(in crate::cli) fn clock(&self) -> Clock {
            Clock::system()
        }
    }

    /// No place where a night stops.
    #[derive(Debug, clap::Args)]
    pub(in crate::cli) struct NightStop {}

    impl NightStop {
        /// None.
        pub(in crate::cli) fn probe(self) -> Probe {
            Probe::default()
        }
    }

    /// No place where the exchange of a site stops.
    #[derive(Debug, clap::Args)]
    pub(in crate::cli) struct SiteStop {}

    impl SiteStop {
        /// Nothing to do at any place.
        pub(in crate::cli) fn stopping(&self) -> impl FnMut(Step) + use<> {
            |_| {}
        }
    }

    /// No place where the making of print files stops.
    #[derive(Debug, clap::Args)]
    pub(in crate::cli) struct PrintStop {}

    impl PrintStop {
        /// Nothing to do at any place.
        pub(in crate::cli) fn stopping(&self) -> impl FnMut(Reached) + use<> {
            |_| {}
        }
    }
}
