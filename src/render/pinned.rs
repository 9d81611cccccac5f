//! The fonts this program was made and tested with, by their content.
//!
//! Everything that is said about a page before it is rendered rests on these very
//! files: which characters they show, which spellings of a variant are the
//! same form, how many characters a line takes. A font with other outlines
//! could print an 8 for a 3, and neither the text layer nor the register
//! would know. So another font is another version of this program.

/// A font file and the SHA-256 of its content, in hexadecimal.
pub(super) struct Pinned {
    pub(super) file: &'static str,
    pub(super) sha256: &'static str,
}

/// The files of the fonts folder, all of them, in the order of their names.
pub(super) const PINNED: [Pinned; 4] = [
    Pinned {
        file: "BIZUDGothic-Bold.ttf",
        sha256: "d4ac5302ab946ef8b81c6a11afc6ed553b4b4d4964ead16460fb53168e4724ae",
    },
    Pinned {
        file: "BIZUDGothic-Regular.ttf",
        sha256: "1e190f86ee44b54e999a02c3cd34c4fd4805aa1e9b08849332c3b573c8c869fc",
    },
    Pinned {
        file: "BIZUDMincho-Regular.ttf",
        sha256: "12a760927333e6099c7d55508b03617d905836041d3883c766e88a2e892a96c3",
    },
    Pinned {
        file: "ipamjm.ttf",
        sha256: "75268aa9ac2d92080048196af08adee37f1c286cf4b7777ed5ac3722a8737f5f",
    },
];

/// What the content of the font file `name` must be; none for a font this
/// program does not know.
pub(super) fn pinned(name: &str) -> Option<&'static str> {
    let known = PINNED.iter().find(|pinned| pinned.file == name);
    known.map(|pinned| pinned.sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_for_people_says_the_same() {
        let readme = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts/README.md");
        let readme = std::fs::read_to_string(readme).expect("there");
        for Pinned { file, sha256 } in PINNED {
            assert!(readme.contains(&format!("{sha256}  {file}\n")), "{file}");
        }
        let lines = readme.lines().filter(|line| {
            let sum = line.split("  ").next().unwrap_or_default();
            sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        assert_eq!(lines.count(), PINNED.len());
    }
}
