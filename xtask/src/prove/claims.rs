//! What is claimed, and how each claim is put to the test.

/// A claim, and how it is put to the test.
pub(super) struct Claim {
    /// What `prove` is told to run it alone.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// What is done, and what must come of it.
    pub(super) about: &'static str,
    /// Arguments for Cargo.
    pub(super) run: &'static [&'static str],
    /// What makes it long.
    pub(super) variables: &'static [(&'static str, &'static str)],
    /// The build of the server's program that it runs: `debug`, `release`.
    pub(super) program: &'static str,
    pub(super) figures: Figures,
}

/// Where the figures come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Figures {
    /// A table that the program writes where `QUEUEWALL_REPORT` says.
    Report,
    /// A table that it prints.
    Printed,
    /// The names of the tests that passed.
    Tests,
}

/// In the report's order.
pub(super) const CLAIMS: &[Claim] = &[
    Claim {
        name: "faults",
        title: "Faults",
        about: "Every fault in both dialects, against the real server over real sockets: no panic, no number \
                that the tenant did not give, the right state and words within a poll, and fresh again within \
                one interval and 5 s of the later of the fault's end and the retry that was announced. Then \
                five random sequences in each dialect, by turns on an encrypted line; a hundred ends of a \
                token without a lost poll, restarts included; and the program itself, stopped and continued \
                in real time. The boards are of several shapes, and no number strays between them.",
        run: &["test", "--package", "queuewall", "--test", "faults"],
        variables: &[
            ("QUEUEWALL_FAULT_RUNS", "5"),
            ("QUEUEWALL_TOKEN_LIVES", "100"),
        ],
        program: "debug",
        figures: Figures::Report,
    },
    Claim {
        name: "budget",
        title: "The budget",
        about: "A thousand random schedules under paused time, with crashes and restarts: never more requests \
                than the budget in any sliding minute, none before a `Retry-After` has passed.",
        run: &["test", "--package", "queuewall", "--lib", "budget::"],
        variables: &[("QUEUEWALL_CASES", "1000")],
        program: "debug",
        figures: Figures::Tests,
    },
    Claim {
        name: "herd",
        title: "Two thousand screens",
        about: "A thousand times a server is away, refusing or silent, for up to 15 minutes: afterwards its \
                busiest second has at most 1.5 times the mean, and every screen is live within 15 s.",
        run: &[
            "test",
            "--release",
            "--package",
            "queuewall-shared",
            "--test",
            "herd",
        ],
        variables: &[("QUEUEWALL_CASES", "1000")],
        program: "debug",
        figures: Figures::Tests,
    },
    Claim {
        name: "crowd",
        title: "Two thousand screens cost what one costs",
        about: "Twelve intervals of the released program with 2,000 screens that ask every 5 s, beside another \
                with one, and beside a plain server of the same bytes: as many requests to the tenant, as many \
                encodings as changes, and the time of an answer.",
        run: &[
            "run",
            "--release",
            "--package",
            "queuewall-e2e",
            "--bin",
            "bench",
            "--",
            "crowd",
        ],
        variables: &[],
        program: "release",
        figures: Figures::Printed,
    },
    Claim {
        name: "recovery",
        title: "It comes back by itself",
        about: "Each loss twenty times in stepped time in today's Chromium: live again within 15 s.",
        run: &[
            "test",
            "--package",
            "queuewall-e2e",
            "--test",
            "e2e",
            "within_fifteen",
        ],
        variables: &[("QUEUEWALL_TRIALS", "20")],
        program: "debug",
        figures: Figures::Report,
    },
    Claim {
        name: "real-time",
        title: "It comes back by itself, in real time",
        about: "Each loss once, every second of it waited for: the program killed for a minute; ten minutes \
                without a network, which hangs and then refuses; another build in the program's place; a trap \
                in the page's WebAssembly; the browser's processes stopped for five minutes. Nothing looks \
                live for longer than it takes to notice, and the wall is live again within 15 s.",
        run: &[
            "test",
            "--package",
            "queuewall-e2e",
            "--test",
            "e2e",
            "recovery::a_wall_is_live_again_after_minutes",
            "--",
            "--ignored",
        ],
        variables: &[],
        program: "debug",
        figures: Figures::Report,
    },
    Claim {
        name: "week",
        title: "A week on the wall",
        about: "The page through 120,960 polls in stepped time, with nights, outages, a lost server and two or \
                three pages of tiles that take turns; then the leaks that are planted to be found.",
        run: &[
            "run",
            "--release",
            "--package",
            "queuewall-e2e",
            "--bin",
            "bench",
            "--",
            "soak",
        ],
        variables: &[],
        program: "debug",
        figures: Figures::Printed,
    },
    Claim {
        name: "fuzz",
        title: "Any input",
        about: "Each fuzz target for a minute, guided by coverage, from its committed corpus and with the address \
                sanitizer: whatever comes of CXone, of people's configuration and links, of screens and of the \
                server, what `fuzz/README.md` says of it holds. The same bodies run in every test, over the \
                corpus and random changes of it.",
        run: &["xtask", "fuzz", "60"],
        variables: &[],
        program: "debug",
        figures: Figures::Report,
    },
    Claim {
        name: "server-soak",
        title: "A server's life",
        about: "The released program through two million polls and a hundred thousand connections, with outages, \
                other configurations, screens that come and go and requests that make no sense; then the leaks \
                that are planted to be found.",
        run: &[
            "run",
            "--release",
            "--package",
            "queuewall-e2e",
            "--bin",
            "bench",
            "--",
            "server-soak",
        ],
        variables: &[],
        program: "release",
        figures: Figures::Printed,
    },
];

/// What this report does not show.
pub(super) const NOT_SHOWN: &str = "\
- The wall in each engine: that is `cargo xtask test --all-engines`.
- A machine that sleeps: in real time its browser's processes stand still, and its clocks go on.
- Mutation of the sources: that is `cargo xtask mutants`, and `docs/mutation.md`.
- Any real TV, and any real tenant of CXone.
";
