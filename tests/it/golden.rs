//! Every sample and the notice look as somebody approved them.
//!
//! The approved pages are in `tests/golden`, small and grey. After a wanted
//! change, look at the report the failing test names, then
//!
//!     YOBIN_BLESS=1 cargo test --test it golden
//!
//! makes the pages of today the approved ones; look at `git diff` too.

use std::collections::BTreeSet;
use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::Command;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, GrayImage, ImageEncoder as _};
use serde_json::json;

use crate::flags::{add, request_of, sample};
use crate::harness::{Workspace, asked, has, root};
use crate::site::site;

/// Size of an approved page: A4 at about 0.8 pixels per point.
const WIDTH: u32 = 476;
const HEIGHT: u32 = 674;
/// Pages compared of a sample that is there to be long.
const HOSTILE_PAGES: usize = 2;
/// Largest file of an approved page.
const MAX_BYTES: u64 = 60_000;
/// Side of the squares that are compared: a few of them to a character.
const SQUARE: u32 = 3;
/// How far the mean grey of a square may be off. Smoothing of edges stays
/// below, another stroke is above.
const TOLERANCE: u32 = 40;

/// A page as it is now.
struct Page {
    /// `kind-sample-page`
    name: String,
    image: GrayImage,
}

#[test]
fn every_sample_looks_as_approved() {
    let workspace = Workspace::new();
    let mut pages = Vec::new();
    for (kind, sample, file) in samples() {
        let limit = match sample.as_str() {
            "hostile" => HOSTILE_PAGES,
            _ => usize::MAX,
        };
        let images = preview(&workspace, &kind, &file);
        for (number, image) in (1..).zip(images).take(limit) {
            let name = format!("{kind}-{sample}-{number}");
            pages.push(Page { name, image });
        }
    }
    let ours = |name: &str| {
        !["notice-", "comparison-", "form-"]
            .iter()
            .any(|other| name.starts_with(other))
    };
    hold(&pages, ours, "golden-report");
}

#[test]
fn the_notice_looks_as_approved() {
    if !has("the_notice_looks_as_approved", &["pdftoppm"]) {
        return;
    }
    let workspace = Workspace::of_shipped_society();
    workspace.ok(&["notice", "build", "-o", "notice.pdf"]);
    let pages = drawn(&workspace.path("notice.pdf"), "notice");
    let ours = |name: &str| name.starts_with("notice-");
    hold(&pages, ours, "golden-report-notice");
}

#[test]
fn the_comparison_of_two_editions_looks_as_approved() {
    let test = "the_comparison_of_two_editions_looks_as_approved";
    if !has(test, &["pdftoppm"]) {
        return;
    }
    let mut pages = Vec::new();
    for edition in ["2", "3"] {
        let pdf = site().join(format!("editions/{edition}/comparison.pdf"));
        pages.extend(drawn(&pdf, &format!("comparison-{edition}")));
    }
    let ours = |name: &str| name.starts_with("comparison-");
    hold(&pages, ours, "golden-report-comparison");
}

/// Blank and filled in.
#[test]
fn the_forms_look_as_approved() {
    if !has("the_forms_look_as_approved", &["pdftoppm"]) {
        return;
    }
    let workspace = Workspace::new();
    let letter = sample("identity-request/missing-agent", json!({}));
    let both = json!({"rights": ["disclosure", "correction"], "requester_name": "見本 髙子"});
    add(&workspace, &[request_of(&letter, both)]);
    let list = fs::read_to_string(root().join("templates/forms/forms.toml")).unwrap();
    let list: toml::Table = list.parse().unwrap();
    let mut pages = Vec::new();
    for form in list["forms"].as_array().unwrap() {
        let code = form["code"].as_str().unwrap();
        workspace.ok(&["form", code, "-o", "blank.pdf"]);
        pages.extend(drawn(&workspace.path("blank.pdf"), &format!("form-{code}")));
        if code == "bereaved-request" {
            continue;
        }
        workspace.ok(&[
            "form",
            code,
            "--request",
            "受第26-112号",
            "-o",
            "filled.pdf",
        ]);
        let filled = drawn(
            &workspace.path("filled.pdf"),
            &format!("form-{code}-filled"),
        );
        pages.extend(filled.into_iter().take(1));
    }
    hold(
        &pages,
        |name| name.starts_with("form-"),
        "golden-report-forms",
    );
}

/// The pages of a PDF, named `name-1` and so on.
fn drawn(pdf: &Path, name: &str) -> Vec<Page> {
    let folder = tempfile::tempdir().unwrap();
    let mut draw = Command::new("pdftoppm");
    draw.args(["-r", "144", "-png"])
        .arg(pdf)
        .arg(folder.path().join("page"));
    assert!(draw.status().unwrap().success());
    let mut pages = Vec::new();
    for number in 1.. {
        let file = folder.path().join(format!("page-{number}.png"));
        if !file.exists() {
            break;
        }
        let name = format!("{name}-{number}");
        let image = small(&file);
        pages.push(Page { name, image });
    }
    pages
}

/// The comparison itself: it must see one character among a page.
#[test]
fn one_changed_character_is_seen() {
    let workspace = Workspace::new();
    let sample = root().join("templates/letters/acknowledgement/samples/received.json");
    let record = fs::read_to_string(&sample).unwrap();
    let changed = record.replace("特定健康診査の結果", "特定健康診断の結果");
    assert_ne!(changed, record);
    let changed = workspace.file("changed.json", changed);
    let before = preview(&workspace, "acknowledgement", &sample);
    let again = preview(&workspace, "acknowledgement", &sample);
    let after = preview(&workspace, "acknowledgement", &changed);
    assert!(
        difference(&before[0], &again[0]).is_none(),
        "not the same twice"
    );
    assert!(difference(&before[0], &after[0]).is_some(), "not seen");
}

/// Kind, name and file of every shipped sample.
pub fn samples() -> Vec<(String, String, PathBuf)> {
    let mut found = Vec::new();
    for kind in fs::read_dir(root().join("templates/letters")).unwrap() {
        let kind = kind.unwrap().path();
        for sample in fs::read_dir(kind.join("samples")).unwrap() {
            let file = sample.unwrap().path();
            let word = |part: Option<&std::ffi::OsStr>| part.unwrap().to_str().unwrap().to_owned();
            found.push((word(kind.file_name()), word(file.file_stem()), file));
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

/// The pages of a record as `yobin preview` draws them.
fn preview(workspace: &Workspace, kind: &str, record: &Path) -> Vec<GrayImage> {
    let record = record.to_str().unwrap();
    let said = workspace.ok(&["preview", kind, record, "-o", "page.png"]);
    let files: Vec<&str> = said.lines().filter(|line| line.ends_with(".png")).collect();
    assert!(
        said.ends_with(&format!("\n{}ページ\n", files.len())),
        "{said}"
    );
    files
        .iter()
        .map(|file| small(&workspace.path(file)))
        .collect()
}

/// A page grey, small, and in sixteen shades, so that its file is small.
fn small(file: &Path) -> GrayImage {
    let image = image::open(file).unwrap();
    let filter = image::imageops::FilterType::Triangle;
    let mut image = image
        .grayscale()
        .resize_exact(WIDTH, HEIGHT, filter)
        .into_luma8();
    for shade in image.iter_mut() {
        *shade = *shade / 16 * 17;
    }
    image
}

/// Compares the pages with the approved ones, of which `ours` names those
/// that must all be there; or makes them the approved ones.
fn hold(pages: &[Page], ours: impl Fn(&str) -> bool, report: &str) {
    let golden = root().join("tests/golden");
    let approved: BTreeSet<String> = fs::read_dir(&golden)
        .unwrap()
        .filter_map(|file| {
            let path = file.unwrap().path();
            let name = path.file_stem()?.to_str()?.to_owned();
            (path.extension()? == "png" && ours(&name)).then_some(name)
        })
        .collect();
    let made: BTreeSet<String> = pages.iter().map(|page| page.name.clone()).collect();
    let path = |name: &str| golden.join(format!("{name}.png"));
    if asked("YOBIN_BLESS") {
        for name in approved.difference(&made) {
            fs::remove_file(path(name)).unwrap();
        }
        for page in pages {
            if !approved.contains(&page.name)
                || difference(&read(&path(&page.name)), &page.image).is_some()
            {
                write(&path(&page.name), &page.image);
            }
            let bytes = fs::metadata(path(&page.name)).unwrap().len();
            assert!(bytes <= MAX_BYTES, "{}: {bytes} bytes", page.name);
        }
        return;
    }
    let mut differing = Vec::new();
    for page in pages {
        if !approved.contains(&page.name) {
            differing.push((page, None));
            continue;
        }
        let expected = read(&path(&page.name));
        if let Some(marked) = difference(&expected, &page.image) {
            differing.push((page, Some((expected, marked))));
        }
    }
    let gone: Vec<&String> = approved.difference(&made).collect();
    if differing.is_empty() && gone.is_empty() {
        return;
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let report = write_report(&target.join(report), &differing, &gone);
    let names: Vec<&str> = differing
        .iter()
        .map(|(page, _)| page.name.as_str())
        .collect();
    panic!(
        "{} pages look different ({}), {} are gone ({gone:?}).\nLook at {}",
        names.len(),
        names.join(", "),
        gone.len(),
        report.display()
    );
}

/// The page with what differs in black on what is there in light grey.
fn difference(expected: &GrayImage, actual: &GrayImage) -> Option<GrayImage> {
    if expected.dimensions() != actual.dimensions() {
        return Some(actual.clone());
    }
    let (width, height) = expected.dimensions();
    let (columns, rows) = (width.div_ceil(SQUARE), height.div_ceil(SQUARE));
    let mean = |image: &GrayImage, column: u32, row: u32| {
        let (mut sum, mut count) = (0, 0);
        for y in row * SQUARE..((row + 1) * SQUARE).min(height) {
            for x in column * SQUARE..((column + 1) * SQUARE).min(width) {
                sum += u32::from(image.get_pixel(x, y).0[0]);
                count += 1;
            }
        }
        sum / count
    };
    let mut marked = actual.clone();
    for shade in marked.iter_mut() {
        *shade = 170 + *shade / 3;
    }
    let mut found = false;
    for row in 0..rows {
        for column in 0..columns {
            if mean(expected, column, row).abs_diff(mean(actual, column, row)) <= TOLERANCE {
                continue;
            }
            found = true;
            for y in row * SQUARE..((row + 1) * SQUARE).min(height) {
                for x in column * SQUARE..((column + 1) * SQUARE).min(width) {
                    marked.get_pixel_mut(x, y).0 = [0];
                }
            }
        }
    }
    found.then_some(marked)
}

fn read(file: &Path) -> GrayImage {
    image::open(file).unwrap().into_luma8()
}

fn write(file: &Path, image: &GrayImage) {
    let out = BufWriter::new(fs::File::create(file).unwrap());
    PngEncoder::new_with_quality(out, CompressionType::Best, FilterType::NoFilter)
        .write_image(image, image.width(), image.height(), ExtendedColorType::L8)
        .unwrap();
}

type Differing<'a> = (&'a Page, Option<(GrayImage, GrayImage)>);

/// Writes the report and returns the page to look at.
fn write_report(folder: &Path, differing: &[Differing<'_>], gone: &[&String]) -> PathBuf {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    fs::create_dir_all(folder).unwrap();
    let mut html = String::from(
        "<!doctype html><meta charset=\"utf-8\"><title>Pages that look different</title>\
         <style>figure { display: inline-block; margin: 0.5em } img { border: 1px solid }</style>",
    );
    for (page, compared) in differing {
        let name = &page.name;
        html.push_str(&format!("<h2>{name}</h2>"));
        let compared = compared.as_ref();
        for (role, image) in [
            ("expected", compared.map(|(expected, _)| expected)),
            ("actual", Some(&page.image)),
            ("difference", compared.map(|(_, marked)| marked)),
        ] {
            let shown = match image {
                None => "none".to_owned(),
                Some(image) => {
                    let file = format!("{name}-{role}.png");
                    write(&folder.join(&file), image);
                    format!("<img src=\"{file}\">")
                }
            };
            html.push_str(&format!(
                "<figure><figcaption>{role}</figcaption>{shown}</figure>"
            ));
        }
    }
    for name in gone {
        html.push_str(&format!(
            "<h2>{name}</h2><p>approved, but no longer made</p>"
        ));
    }
    let index = folder.join("index.html");
    fs::write(&index, html).unwrap();
    index
}
