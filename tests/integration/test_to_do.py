"""What a digest proposes to do: with everything that it takes, and never twice for one reason."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from fakes.servers.ahrefs_server import AhrefsServer
from fakes.servers.in_thread import in_thread
from fakes.slack.gap_bot import gap_bot, words
from fakes.worlds.ahrefs_world import OWN_SITE, Site
from fakes.worlds.moving_web import COMPETITORS, OUR_SITE
from fakes.worlds.tracked import competitor, keyword
from support.tracking_cli import TrackingCli, link


@pytest.fixture
def cli(monkeypatch, tmp_path) -> Iterator[TrackingCli]:
    monkeypatch.chdir(tmp_path)
    with in_thread(AhrefsServer()) as server:
        yield TrackingCli(server, tmp_path)


def this_week(cli: TrackingCli) -> date:
    return (cli.now + timedelta(days=3)).date()


def letters(digest) -> list[dict[str, str]]:
    return [one for one in digest["to_do"] if one["kind"] == "write"]


def units(digest) -> int:
    return sum(line["units"] for line in digest["cost"])


@pytest.mark.parametrize("places", [(1,), (2, 3)])
def test_a_letter_of_one_keyword_has_page_title_anchor_and_whom_it_links_to(cli, places):
    cli.track()
    cli.digest()
    new = {f"fan{place}.example": competitor(0, place) for place in places}
    cli.next_week(*(link(url, name, this_week(cli)) for name, url in new.items()))
    cli.refresh()
    digest = cli.digest()
    assert units(digest) <= 300
    first = letters(digest)[0]
    domain = first["domain"]
    assert first["competitor"] == new[domain]
    assert first["page"] == f"https://{domain}/best"
    assert (first["title"], first["anchor"]) == ("The best trackers", "tracked keyword")
    assert first["words"] == digest["suggestions"][0]
    assert f"its page “The best trackers” ({domain}/best) now links to " in first["words"]
    assert "with “tracked keyword”, not to you" in first["words"]


def test_of_keywords_whose_pages_all_moved_every_letter_has_its_page_within_the_price(cli):
    rows = "".join(f"{keyword(at)},https://{OWN_SITE}/tracked/{at}\n" for at in range(3))
    (cli.folder / "some.csv").write_text(f"keyword,page\n{rows}", "utf-8")
    cli.run("track", "--csv", "some.csv", "--site", OWN_SITE, *cli.as_of)
    cli.digest()
    new = {
        f"fan{at}{place}.example": competitor(at, place) for at in range(3) for place in (1, 2, 3)
    }
    cli.next_week(*(link(url, name, this_week(cli)) for name, url in new.items()))
    cli.server.world.sites.update(dict.fromkeys(new, Site(90.0)))
    said = cli.run("refresh", *cli.as_of).stderr
    at_most = next(int(word.replace(",", "")) for word in said.split() if word[0].isdigit())
    digest = cli.digest()
    assert len(letters(digest)) == 3
    assert len({one["competitor"] for one in letters(digest)}) == 3
    assert all(one["page"] and one["title"] and one["anchor"] for one in letters(digest))
    assert units(digest) <= at_most


def test_what_was_proposed_is_not_proposed_again_but_of_another_keyword_it_is(cli):
    cli.run("track", keyword(0), "--site", OWN_SITE, *cli.as_of)
    first = cli.digest()
    assert [one["kind"] for one in first["to_do"]] == ["name_page"]
    assert cli.digest() == first  # the same week is told anew
    cli.next_week()
    cli.refresh()
    assert cli.digest()["to_do"] == []
    cli.run("track", keyword(1), "--site", OWN_SITE, *cli.as_of)
    cli.next_week()
    cli.refresh()
    assert [one["keyword"] for one in cli.digest()["to_do"]] == [keyword(1)]


def test_a_domain_that_now_links_to_one_more_competitor_is_a_new_reason(cli):
    cli.track()
    cli.digest()
    for place in (1, 2):
        cli.next_week(link(competitor(0, place), "fan.example", this_week(cli)))
        cli.refresh()
        (told,) = letters(cli.digest())
        assert (told["domain"], told["competitor"]) == ("fan.example", competitor(0, place))


async def test_what_a_channel_was_told_to_do_it_is_not_told_again(tmp_path):
    async with gap_bot(tmp_path, site=OUR_SITE) as bot:
        bot.join("seo")
        await bot.gap("track best crm page:none")
        digests = []
        for name in ("one", "two"):
            bot.moving.link(COMPETITORS[0], f"{name}.example", "list.example", days_ago=-3)
            await bot.moving.next_week()
            await bot.services.schedule.run_due()
            public = [m for m in bot.by_bot(channel="seo") if m.only_for is None]
            digests.append(words(public[-1]))
        assert "Make a page for “best crm”" in digests[0]
        assert "Make a page for “best crm”" not in digests[1]
        assert "Write to two.example" in digests[1]


def test_the_weeks_of_several_sites_cost_no_more_together_than_was_said(cli):
    rows = f"{keyword(0)},{OWN_SITE}\n{keyword(1)},client.example\n"
    (cli.folder / "some.csv").write_text(f"keyword,site\n{rows}", "utf-8")
    cli.run("track", "--csv", "some.csv", *cli.as_of)
    cli.digest()
    new = {f"fan{at}{place}.example": competitor(at, place) for at in (0, 1) for place in (1, 2, 3)}
    cli.next_week(*(link(url, name, this_week(cli)) for name, url in new.items()))
    said = cli.run("refresh", *cli.as_of).stderr
    at_most = next(int(word.replace(",", "")) for word in said.split() if word[0].isdigit())
    digest = cli.digest()
    assert {one["domain"] for one in digest["new_competitor_links"]} == set(new)
    assert 600 <= units(digest) <= at_most


def test_of_two_clients_with_one_keyword_the_linking_page_is_bought_for_the_one_named(cli):
    rows = f"{keyword(0)},{OWN_SITE}\n{keyword(0)},client.example\n"
    (cli.folder / "some.csv").write_text(f"keyword,site\n{rows}", "utf-8")
    cli.run("track", "--csv", "some.csv", *cli.as_of)
    cli.digest()
    cli.next_week(link(competitor(0, 1), "fan.example", this_week(cli)))
    cli.run("refresh", *cli.as_of)
    [letter] = letters(cli.digest())
    assert letter["page"] is not None
    assert f"for {OWN_SITE}: its page" in letter["words"]
