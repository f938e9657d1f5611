use super::*;
use crate::clock::{Clock as _, SystemClock};
use proptest::prelude::*;

fn first() -> Url {
    Url::parse("https://api.example.com/list?mediaTypeId=4").unwrap()
}

fn link(page: u64) -> Url {
    Url::parse(&format!("https://api.example.com/list?page={page}")).unwrap()
}

fn certain(count: u64) -> Total {
    Total {
        count: Some(count),
        is_certain: true,
        ..Total::default()
    }
}

fn of(ids: impl IntoIterator<Item = u64>) -> PageOfIds {
    PageOfIds {
        ids: ids.into_iter().map(|id| id.to_string()).collect(),
        nameless: 0,
    }
}

impl Cursor {
    /// Takes a page at the address that is next.
    fn take(&mut self, page: PageOfIds, total: Total, link: Option<Url>) {
        let url = self.url(&first()).unwrap();
        self.advance(url, SystemClock.now(), page, total, link);
    }

    fn query(&self) -> Option<String> {
        let url = self.url(&first())?;
        Some(url.query().unwrap_or_default().to_owned())
    }
}

#[test]
fn list_without_link_goes_on_by_skip_until_total_is_there() {
    let mut cursor = Cursor::default();
    cursor.take(of(0..100), certain(250), None);
    assert_eq!(
        cursor.query().as_deref(),
        Some("mediaTypeId=4&skip=100&top=100")
    );
    cursor.take(of(100..200), certain(250), None);
    assert_eq!(
        cursor.query().as_deref(),
        Some("mediaTypeId=4&skip=200&top=100")
    );
    cursor.take(of(200..250), certain(250), None);
    assert!(cursor.is_at_end());
    assert_eq!((cursor.pages(), cursor.shortfall()), (3, None));
}

#[test]
fn list_reports_shortfall_when_skip_returns_nothing_new() {
    for (page, name) in [(of(0..100), "repeated"), (of([]), "empty")] {
        let mut cursor = Cursor::default();
        cursor.take(of(0..100), certain(250), None);
        cursor.take(page, certain(250), None);
        let expected = Shortfall {
            listed: 100,
            total: Some(250),
        };
        assert_eq!(cursor.shortfall(), Some(expected), "{name}");
        assert!(expected.to_string().contains("150 are missing"));
    }
}

#[test]
fn list_ends_at_total_and_ignores_further_links() {
    // The total of the page before holds where a page has none.
    let mut cursor = Cursor::default();
    cursor.take(of(0..3), certain(6), Some(link(2)));
    cursor.take(of(3..6), Total::default(), Some(link(3)));
    assert!(cursor.is_at_end());

    // `total` may be that of the page.
    let mut cursor = Cursor::default();
    let total = Total {
        count: Some(3),
        ..Total::default()
    };
    cursor.take(of(0..3), total, Some(link(2)));
    assert_eq!(cursor.query().as_deref(), Some("page=2"));
}

#[test]
fn total_of_no_more_than_a_page_is_not_believed_beside_a_link() {
    for count in [0, 3, 100] {
        let mut cursor = Cursor::default();
        cursor.take(of(0..100), certain(count), Some(link(2)));
        cursor.take(of(100..200), certain(count), Some(link(3)));
        cursor.take(of(200..250), certain(count.min(50)), Some(link(4)));
        assert!(cursor.is_at_end(), "a page that is not full: {count}");
        assert_eq!((cursor.pages(), cursor.shortfall()), (3, None));
    }
    // Without a link, with one that leads back and with nothing new it ends.
    for (page, next) in [
        (of(100..200), None),
        (of(100..200), Some(first())),
        (of(0..100), Some(link(3))),
        (of([]), Some(link(3))),
    ] {
        let mut cursor = Cursor::default();
        cursor.take(of(0..100), certain(0), Some(link(2)));
        cursor.take(page, certain(0), next);
        assert!(cursor.is_at_end() && cursor.shortfall().is_none());
    }
}

#[test]
fn list_ends_at_page_that_is_empty_or_repeated() {
    for page in [of([]), of(0..2), of([1])] {
        let mut cursor = Cursor::default();
        cursor.take(of(0..2), Total::default(), Some(link(2)));
        cursor.take(page, Total::default(), Some(link(3)));
        assert!(cursor.is_at_end() && cursor.shortfall().is_none());
    }
}

#[test]
fn list_ends_after_last_page_and_reports_shortfall() {
    let mut cursor = Cursor::default();
    cursor.take(of(0..100), Total::default(), Some(link(2)));
    cursor.end_of_pages();
    assert!(cursor.is_at_end() && cursor.shortfall().is_none());

    let mut cursor = Cursor::default();
    cursor.take(of(0..100), certain(250), Some(link(2)));
    cursor.end_of_pages();
    assert_eq!(
        cursor.query().as_deref(),
        Some("mediaTypeId=4&skip=100&top=100")
    );
    cursor.end_of_pages();
    assert!(cursor.is_at_end());
    assert_eq!(cursor.shortfall().map(|it| it.listed), Some(100));
}

#[test]
fn link_back_to_page_that_was_read_is_no_link() {
    let mut cursor = Cursor::default();
    cursor.take(of(0..2), certain(4), Some(first()));
    assert_eq!(
        cursor.query().as_deref(),
        Some("mediaTypeId=4&skip=2&top=2")
    );
}

#[test]
fn endless_list_is_cut_off_and_reported() {
    let mut cursor = Cursor::default();
    let mut page = 0;
    while !cursor.is_at_end() {
        page += 1;
        cursor.take(of([page]), Total::default(), Some(link(page)));
    }
    assert_eq!(cursor.pages(), MOST_PAGES);
    let shortfall = cursor.shortfall().unwrap();
    assert_eq!((shortfall.listed, shortfall.total), (page, None));
}

#[test]
fn entries_without_ids_count_towards_the_total() {
    let mut cursor = Cursor::default();
    let mut page = of(0..2);
    page.nameless = 1;
    cursor.take(page, certain(3), None);
    assert!(cursor.is_at_end() && cursor.shortfall().is_none());
    assert!(!cursor.lacks_every_id());
}

proptest! {
    #[test]
    fn any_list_ends_and_lacks_nothing_without_saying_so(
        pages in proptest::collection::vec(
            (proptest::collection::vec(0u64..20, 0..6), 0u64..3, proptest::option::of(0u64..30), any::<bool>(), 0u64..4),
            1..12,
        ),
    ) {
        let (mut cursor, mut taken) = (Cursor::default(), 0);
        for (ids, nameless, count, is_certain, next) in pages.iter().cycle().take(200) {
            if cursor.is_at_end() {
                break;
            }
            taken += 1;
            let mut page = of(ids.iter().copied());
            page.nameless = *nameless;
            let total = Total { count: *count, is_certain: *is_certain, ..Total::default() };
            cursor.take(page, total, Some(link(*next)).filter(|_| *next > 0));
        }
        prop_assert!(cursor.is_at_end(), "{} pages", taken);
        prop_assert_eq!(cursor.pages(), taken);
        prop_assert!(cursor.shortfall().is_some() || !cursor.lacks());
    }
}
