"""Each tool's file in its own encoding, and what is read from it."""

import sys
from datetime import date
from pathlib import Path

import pytest

from bot.common.errors import BadQuestion
from bot.exports.parse import ParsedFile, read_file
from bot.model.links import LinkKind, Scale, Scope, Target
from bot.store.imports import Covered, ImportRow, Outcome, PageCount

FIXTURES = Path(__file__).parent.parent / "fixtures" / "exports"
sys.path.insert(0, str(FIXTURES))
import make  # noqa: E402 - it lies beside the files it writes

COMPETITOR = Target(Scope.SITE, "rival.example")
OURS = Target(Scope.SITE, "ledgerly.example")
AHREFS = "rival.example-backlinks-subdomains_2026-10-18_15-44-46.csv"
AHREFS_DOMAINS = "rival.example-refdomains-subdomains_2026-10-18_15-44-46.csv"


def read(
    path: Path, target: Target | None = None
) -> tuple[ParsedFile, list[ImportRow | PageCount], Outcome]:
    parsed = read_file(path)
    rows = list(parsed.rows(target))
    return parsed, rows, parsed.outcome(target)


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
    return (outcome.read, outcome.kept, outcome.lost, outcome.broken, outcome.own)


def test_the_stored_files_are_what_their_maker_writes():
    assert {name: (FIXTURES / name).read_bytes() for name in make.files()} == make.files()


@pytest.mark.parametrize(
    ("name", "target", "tool", "kind", "expected"),
    [
        (AHREFS, None, "Ahrefs", "backlinks", (6, 4, 1, 0, 1)),
        ("ahrefs-2022.csv", None, "Ahrefs", "backlinks", (6, 4, 1, 0, 1)),
        ("ahrefs-utf8.csv", None, "Ahrefs", "backlinks", (6, 4, 1, 0, 1)),
        ("ahrefs-broken.csv", None, "Ahrefs", "broken_backlinks", (1, 0, 1, 0, 0)),
        ("ahrefs-intersect.csv", None, "Ahrefs", "intersect", (2, 2, 0, 0, 0)),
        (AHREFS_DOMAINS, COMPETITOR, "Ahrefs", "referring_domains", (3, 2, 1, 0, 0)),
        ("rival.example-backlinks.csv", None, "Semrush", "backlinks", (3, 2, 1, 0, 0)),
        ("semrush-old.csv", None, "Semrush", "backlinks", (3, 3, 0, 0, 0)),
        ("semrush-domains.csv", COMPETITOR, "Semrush", "referring_domains", (2, 2, 0, 0, 0)),
        ("majestic.csv.gz", None, "Majestic", "backlinks", (6, 3, 2, 1, 0)),
        ("majestic-old.csv", None, "Majestic", "backlinks", (1, 1, 0, 0, 0)),
        ("moz.csv", None, "Moz", "backlinks", (3, 3, 0, 0, 0)),
        ("gsc-latest-worded.csv", OURS, "Search Console", "linking_pages", (1, 1, 0, 0, 0)),
        ("gsc-more.csv", OURS, "Search Console", "linking_pages", (1, 1, 0, 0, 0)),
        ("gsc-sites.csv", OURS, "Search Console", "referring_domains", (2, 1, 0, 0, 1)),
        ("gsc-sites-hebrew.csv", OURS, "Search Console", "referring_domains", (2, 2, 0, 0, 0)),
        ("gsc-latest-german.csv", OURS, "Search Console", "linking_pages", (1, 1, 0, 0, 0)),
        ("gsc-pages.csv", OURS, "Search Console", "target_pages", (1, 1, 0, 0, 0)),
        ("bing.csv", None, "Bing Webmaster", "backlinks", (1, 1, 0, 0, 0)),
    ],
)
def test_each_export_is_recognised_and_every_row_is_counted(name, target, tool, kind, expected):
    parsed, rows, outcome = read(FIXTURES / name, target)
    assert (parsed.facts.tool, parsed.facts.kind) == (tool, kind)
    assert counts(outcome) == expected
    assert bool(rows) == bool(outcome.kept)


def test_an_ahrefs_link_keeps_what_its_columns_say():
    _, rows, _ = read(FIXTURES / AHREFS)
    assert rows[0] == ImportRow(
        source_domain="alpha.example",
        target_site="rival.example",
        target_page="rival.example",
        target_url="https://rival.example/",
        source_url="https://blog.alpha.example/tools",
        source_title="A page, with; marks\nand a second line",
        anchor='the "guide"',
        link=LinkKind.FOLLOW,
        authority=71.0,
        traffic=1240,
        first_seen=date(2025, 3, 1),
    )


def test_follow_is_neither_nofollow_nor_ugc_nor_sponsored():
    _, rows, _ = read(FIXTURES / AHREFS)
    assert [row.link for row in rows] == ["follow", "nofollow", "ugc", "sponsored"]


def test_a_domain_that_ahrefs_calls_spam_has_no_trust_and_others_are_unknown():
    _, rows, _ = read(FIXTURES / AHREFS)
    assert [row.trust for row in rows] == [None, None, None, 0.0]


def test_a_list_of_domains_knows_links_and_whether_any_is_followed():
    _, rows, _ = read(FIXTURES / AHREFS_DOMAINS, COMPETITOR)
    assert [(row.source_domain, row.link, row.links, row.first_seen) for row in rows] == [
        ("alpha.example", "follow", 4, date(2025, 3, 1)),
        ("delta.example", "nofollow", 1, date(2025, 3, 2)),
    ]


def test_an_intersect_row_becomes_a_row_for_each_target_it_links_to():
    _, rows, outcome = read(FIXTURES / "ahrefs-intersect.csv")
    assert [(row.source_domain, row.target_site, row.target_page) for row in rows] == [
        ("alpha.example", "rival.example", None),
        ("alpha.example", "third.example", "third.example/guide"),
        ("beta.example", "ledgerly.example", None),
    ]
    assert not any(covered.complete for covered in outcome.covers)


def test_links_that_majestic_did_not_find_again_or_that_are_mentions_are_not_live():
    _, rows, outcome = read(FIXTURES / "majestic.csv.gz")
    assert [row.source_domain for row in rows] == ["alpha.example", "beta.example", "bad.example"]
    assert [row.link for row in rows][:2] == ["follow", "nofollow"]
    assert outcome.faults == ((6, "“https://bad one.example/c d” is no web address"),)


@pytest.mark.parametrize(
    ("name", "scale", "authority", "of"),
    [
        (AHREFS, Scale.DR, 71.0, "domain"),
        ("rival.example-backlinks.csv", Scale.AS, 33.0, "page"),
        ("semrush-old.csv", Scale.AS, None, "page"),
        ("majestic.csv.gz", Scale.TF, 21.0, "page"),
        ("moz.csv", Scale.DA, 44.0, "domain"),
        ("bing.csv", None, None, "domain"),
    ],
)
def test_authority_carries_its_tools_scale(name, scale, authority, of):
    parsed, rows, _ = read(FIXTURES / name)
    assert (parsed.facts.scale, rows[0].authority, parsed.facts.authority_of) == (
        scale,
        authority,
        of,
    )


def test_a_number_with_a_thousands_comma_is_one_number():
    _, rows, _ = read(FIXTURES / "gsc-sites.csv", OURS)
    assert rows[0].links == 1240
    _, pages, _ = read(FIXTURES / "gsc-pages.csv", OURS)
    assert pages == [
        PageCount("ledgerly.example", "ledgerly.example/p", "https://ledgerly.example/p", 31, 1240)
    ]


def test_a_translated_search_console_file_is_read_by_its_columns_and_says_so():
    parsed, rows, _ = read(FIXTURES / "gsc-sites-hebrew.csv", OURS)
    assert [(row.source_domain, row.links) for row in rows] == [
        ("alpha.example", 1240),
        ("beta.example", 2),
    ]
    assert "by the shape of its rows" in parsed.layout.notes[0]


def test_a_date_beside_an_address_is_not_taken_for_a_part_of_it():
    _, rows, _ = read(FIXTURES / "gsc-latest-german.csv", OURS)
    assert [row.source_url for row in rows] == ["https://alpha.example/a"]


def test_search_console_and_bing_are_always_samples():
    for name in ("gsc-more.csv", "gsc-sites.csv", "gsc-pages.csv", "bing.csv"):
        _, _, outcome = read(FIXTURES / name, OURS)
        assert outcome.sample
        assert not outcome.covers[0].complete


@pytest.mark.parametrize(
    ("name", "site"),
    [
        (AHREFS, "rival.example"),
        ("servicesartisans.fr-backlinks-subdomains_2026-04-18_15-44-46.csv", "servicesartisans.fr"),
        ("www.rival.example-backlinks.csv", "rival.example"),
        ("rival.example-backlinks_refdomains.csv", "rival.example"),
        ("https___www.ledgerly.example_-Latest links-2026-11-15.csv", "ledgerly.example"),
        ("sc-domain_ledgerly.example-Top linking sites-2026-11-15.csv", "ledgerly.example"),
        ("rival.example-refdomains-exact_2026-10-18_15-44-46.csv", None),
        ("https___ledgerly.example_shop_-Latest links-2026-11-15.csv", None),
        ("download.csv", None),
    ],
)
def test_a_file_name_tells_the_site_but_never_a_page(tmp_path, name, site):
    path = tmp_path / name
    path.write_bytes((FIXTURES / "semrush-domains.csv").read_bytes())
    named = read_file(path).named_after
    assert (None if named is None else named.value) == site


def test_a_domain_list_without_a_target_asks_for_one():
    with pytest.raises(BadQuestion, match=r"semrush-domains\.csv .* `--for URL`"):
        list(read_file(FIXTURES / "semrush-domains.csv").rows(None))


def test_a_file_about_another_site_than_said_is_refused():
    with pytest.raises(BadQuestion, match=r"about ledgerly\.example: .* point to rival\.example"):
        list(read_file(FIXTURES / "moz.csv").rows(OURS))


def test_only_the_home_page_beside_others_shows_a_whole_site(tmp_path):
    def covers(*targets: str) -> tuple[Covered, ...]:
        path = tmp_path / "links.csv"
        rows = [make.moz("https://alpha.example/", target) for target in targets]
        path.write_text(make.written(make.MOZ, rows))
        return read(path)[2].covers

    page = Target(Scope.PAGE, "https://rival.example/a")
    assert covers(page.value) == (Covered(page, "rival.example/a", complete=True),)
    part = covers("https://rival.example/a", "https://rival.example/b")
    assert part == (Covered(COMPETITOR, "rival.example", complete=False),)
    whole = covers("https://rival.example/a", "https://rival.example/b", "https://rival.example")
    assert whole == (Covered(COMPETITOR, "rival.example", complete=True),)


def test_a_site_with_only_a_few_stray_rows_is_not_covered(tmp_path):
    path = tmp_path / "links.csv"
    targets = ["https://rival.example/", "https://rival.example/a", "https://stray.example/"]
    path.write_text(
        make.written(make.MOZ, [make.moz("https://alpha.example/", to) for to in targets])
    )
    assert [(c.key, c.complete) for c in read(path)[2].covers] == [
        ("rival.example", True),
        ("stray.example", False),
    ]


@pytest.mark.parametrize(
    ("rows", "sample"), [(999, False), (1_000, True), (50_000, True), (50_001, True)]
)
def test_a_file_that_ends_at_an_export_limit_is_a_sample(tmp_path, rows, sample):
    path = tmp_path / "rival.example-backlinks.csv"
    row = "5,T,https://alpha.example/,https://rival.example/,a,false\n"
    header = "Page ascore,Source title,Source url,Target url,Anchor,Nofollow\n"
    path.write_text(header + row * rows)
    outcome = read(path)[2]
    assert outcome.sample is sample
    assert outcome.covers[0].complete is not sample


MAJESTIC_DOMAINS = (
    '\ufeff"Position","Domain","RefDomains","MatchedLinks","CitationFlow","TrustFlow",{}\r\n'
)


def majestic_domains(path: Path, *targets: str) -> Path:
    columns = ",".join(f'"BackLinks_{one}","FirstLinkDate_{one}"' for one in targets)
    cells = ",".join(f"{9 * place},08/05/2013 00:00" for place, _ in enumerate(targets, 1))
    zero = ",".join("0," for _ in targets)
    rows = f'1,"alpha.example",504,9,27,18,{cells}\r\n2,"beta.example",5,9,7,8,{zero}\r\n'
    path.write_text(MAJESTIC_DOMAINS.format(columns) + rows, "utf-8")
    return path


def test_majestics_referring_domains_are_about_the_site_that_their_header_names(tmp_path):
    parsed = read_file(majestic_domains(tmp_path / "download.csv", "rival.example"))
    assert parsed.named_after == COMPETITOR
    alpha, _ = parsed.rows(COMPETITOR)
    assert (alpha.source_domain, alpha.authority, alpha.links) == ("alpha.example", 18.0, 9)
    assert (parsed.facts.tool, parsed.facts.scale, parsed.facts.authority_of) == (
        "Majestic",
        Scale.TF,
        "domain",
    )


def test_a_header_that_names_another_site_than_said_refuses_the_file(tmp_path):
    parsed = read_file(majestic_domains(tmp_path / "download.csv", "rival.example"))
    with pytest.raises(BadQuestion, match=r"is about rival\.example, .* not about ledgerly"):
        list(parsed.rows(OURS))


def test_majestics_domains_of_several_sites_are_an_intersection(tmp_path):
    path = majestic_domains(tmp_path / "download.csv", "rival.example", "third.example")
    parsed, rows, outcome = read(path)
    assert parsed.kind == "intersect"
    assert [(row.source_domain, row.target_site) for row in rows] == [
        ("alpha.example", "rival.example"),
        ("alpha.example", "third.example"),
    ]
    assert outcome.broken == 1


def test_bings_referring_domains_are_a_sample_of_our_own(tmp_path):
    path = tmp_path / "download.csv"
    path.write_text(
        '\ufeff"Domain","Backlinks Count"\n"https://alpha.example/","1,212"\n'
        '"https://beta.example/","2"\n',
        "utf-8",
    )
    parsed, rows, outcome = read(path, OURS)
    assert [(row.source_domain, row.links) for row in rows] == [
        ("alpha.example", 1212),
        ("beta.example", 2),
    ]
    assert parsed.own_property
    assert outcome.sample


def test_moz_linking_domains_keep_their_authority_and_count_no_links_of_ours(tmp_path):
    path = tmp_path / "download.csv"
    path.write_text("Root Domain,Domain Authority,External Links\nalpha.example,45,120\n")
    parsed, rows, _ = read(path, OURS)
    assert (parsed.facts.tool, parsed.facts.scale) == ("Moz", Scale.DA)
    assert (rows[0].authority, rows[0].links) == (45.0, None)
