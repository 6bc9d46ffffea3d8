"""`linkgap page`: what was understood, printed for people and for programs."""

import gzip
import json

import pytest
from click.testing import CliRunner

from bot.cli import main

HTML = (
    '<html lang="en"><title>How to wash a dog</title><meta name="author" content="Ada Byron">'
    f"<h1>How to wash a dog</h1><p>{'word ' * 60}</p><a href='/contact'>Contact</a></html>"
)


@pytest.fixture
def saved(tmp_path):
    file = tmp_path / "dog.html"
    file.write_text(HTML, "utf-8")
    return file


def run(*arguments):
    return CliRunner().invoke(main, ["page", *map(str, arguments)], catch_exceptions=False)


def objects(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_json_object_a_page_is_printed_in_the_order_asked(saved, tmp_path):
    packed = tmp_path / "packed.html.gz"
    packed.write_bytes(gzip.compress(HTML.encode()))
    empty = tmp_path / "empty.html"
    empty.write_bytes(b"")

    result = run(saved, packed, empty, "--json")

    first, second, third = objects(result)
    assert result.exit_code == 0
    assert first == second
    assert (first["kind"], first["author"], first["url"]) == ("guide", "Ada Byron", None)
    assert (third["readable"], third["words"]) == (False, None)
    assert third["kind_evidence"] == ["it is empty"]


def test_the_address_a_file_was_saved_from_can_be_given(saved):
    (facts,) = objects(run(saved, "--url", "https://dogs.example/wash", "--json"))
    assert facts["url"] == "https://dogs.example/wash"
    assert facts["links"]["contact"] == "https://dogs.example/contact"


def test_an_address_is_for_files_only(saved):
    refused = run(saved, "https://dogs.example/", "--url", "https://dogs.example/wash")
    assert refused.exit_code == 2
    assert "--url" in refused.stderr


def test_people_get_a_table_that_says_unknown(saved):
    printed = run(saved).stdout
    assert "How to wash a dog" in printed
    assert "its title says “How to”" in printed
    assert "unknown" in printed
    assert "readable" in printed
    assert "contact: yes" in printed


def test_a_private_address_is_refused_in_words_and_the_rest_is_printed(saved):
    refused, read = objects(run("http://169.254.169.254/latest", saved, "--json"))
    assert refused["readable"] is False
    assert "not a public address" in refused["kind_evidence"][0]
    assert read["readable"] is True


def test_an_argument_that_is_neither_file_nor_address_is_a_bad_question():
    assert run("no such file.html").exit_code == 2


def test_a_file_larger_than_any_page_and_a_bomb_are_not_read_in_full(saved, tmp_path):
    large = tmp_path / "large.html"
    with large.open("wb") as out:
        out.write(b"<p>")
        out.truncate(50 * 1024 * 1024)
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(b"<p>" + b"0" * (50 * 1024 * 1024)))
    broken = tmp_path / "broken.gz"
    broken.write_bytes(gzip.compress(HTML.encode())[:40])

    for facts in objects(run(large, bomb, saved, "--json"))[:2]:
        assert facts["kind_evidence"] == ["it is larger than 3 MB"]
    facts, _ = objects(run(broken, saved, "--json"))
    assert facts["kind_evidence"][0].startswith("the file could not be read")
