"""Settings come from the environment or a file; all errors are reported together."""

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from bot.common.errors import ConfigError
from bot.settings.environment import Settings, VendorOptions, load


class SomeVendor(VendorOptions):
    model_config = SettingsConfigDict(env_prefix="LINKGAP_SOMEVENDOR_")

    api_key: SecretStr
    rows: int = 10


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    """Ignore the developer's own environment and .env."""
    monkeypatch.chdir(tmp_path)
    for name in ("DB", "SITE", "COUNTRY", "LANG", "VIA", "RUN_CAP", "SHORTLIST"):
        monkeypatch.delenv(f"LINKGAP_{name}", raising=False)
    for name in ("LIST_BUDGET", "PURSE"):
        monkeypatch.delenv(f"LINKGAP_{name}", raising=False)
    for name in ("BOT_TOKEN", "SIGNING_SECRET", "APP_TOKEN"):
        monkeypatch.delenv(f"SLACK_{name}", raising=False)


def test_nothing_has_to_be_set():
    settings = load(Settings)
    assert (settings.country, settings.lang, settings.site) == ("us", "en", None)
    assert (settings.run_cap, settings.list_budget, settings.shortlist) == (None, None, 25)
    assert settings.slack_bot_token is None


def test_the_environment_is_read(monkeypatch):
    monkeypatch.setenv("LINKGAP_SITE", "ours.example")
    monkeypatch.setenv("LINKGAP_RUN_CAP", "200")
    settings = load(Settings)
    assert (settings.site, settings.run_cap) == ("ours.example", 200)


def test_slacks_own_names_are_read_without_the_prefix(monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-invented")
    token = load(Settings).slack_bot_token
    assert token is not None
    assert token.get_secret_value() == "xoxb-invented"


def test_a_dot_env_file_is_read_and_the_environment_wins(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("LINKGAP_SITE=file.example\nLINKGAP_LANG=de\nOTHER=1\n", "utf-8")
    monkeypatch.setenv("LINKGAP_LANG", "fr")
    settings = load(Settings)
    assert (settings.site, settings.lang) == ("file.example", "fr")


def test_no_file_is_read_when_none_is_wanted(tmp_path):
    (tmp_path / ".env").write_text("LINKGAP_SITE=file.example\n", "utf-8")
    assert load(Settings, None).site is None


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("LINKGAP_RUN_CAP", "")
    assert load(Settings).run_cap is None


def test_every_fault_is_named_at_once_by_its_variable(monkeypatch):
    monkeypatch.setenv("LINKGAP_RUN_CAP", "much")
    monkeypatch.setenv("LINKGAP_SHORTLIST", "201")
    with pytest.raises(ConfigError) as refused:
        load(Settings)
    assert refused.value.faults == (
        "LINKGAP_RUN_CAP: Input should be a valid integer, unable to parse string as an integer",
        "LINKGAP_SHORTLIST: Input should be less than or equal to 200",
    )


def test_a_missing_key_of_a_vendor_is_named_by_its_variable(monkeypatch):
    monkeypatch.setenv("LINKGAP_SOMEVENDOR_ROWS", "x")
    with pytest.raises(ConfigError, match="LINKGAP_SOMEVENDOR_API_KEY: Field required"):
        load(SomeVendor)


def test_a_name_without_the_prefix_is_reported_as_it_is():
    class Socket(Settings):
        app_id: int = Field(validation_alias="SLACK_APP_ID")

    with pytest.raises(ConfigError, match=r"^SLACK_APP_ID: Field required$"):
        load(Socket)


def test_a_faulty_secret_is_not_repeated(monkeypatch):
    monkeypatch.setenv("LINKGAP_SOMEVENDOR_API_KEY", "invented-key")
    monkeypatch.setenv("LINKGAP_SOMEVENDOR_ROWS", "invented-key")
    with pytest.raises(ConfigError) as refused:
        load(SomeVendor)
    assert "invented-key" not in str(refused.value)


def test_a_key_does_not_show_when_settings_are_printed(monkeypatch):
    monkeypatch.setenv("LINKGAP_SOMEVENDOR_API_KEY", "invented-key")
    assert "invented-key" not in repr(load(SomeVendor))


OLD_NAME = "LINKGAP_PURSE is called LINKGAP_LIST_BUDGET now."


def test_the_list_budget_is_read_by_its_old_name_and_the_new_name_is_logged(monkeypatch, caplog):
    monkeypatch.setenv("LINKGAP_PURSE", "500")
    settings = load(Settings)
    assert settings.list_budget == 500
    assert "list_budget" in settings.model_fields_set  # it counts as set, whichever name was used
    assert caplog.text.count(OLD_NAME) == 1


def test_an_old_name_in_a_dot_env_file_is_read_too(tmp_path, caplog):
    (tmp_path / ".env").write_text("LINKGAP_PURSE=400\n", "utf-8")
    assert load(Settings).list_budget == 400
    assert OLD_NAME in caplog.text
    assert load(Settings, None).list_budget is None


def test_if_both_names_are_set_the_new_one_applies(monkeypatch, caplog):
    monkeypatch.setenv("LINKGAP_PURSE", "500")
    monkeypatch.setenv("LINKGAP_LIST_BUDGET", "600")
    assert load(Settings).list_budget == 600
    assert "left out" in caplog.text


def test_an_unused_old_name_is_not_logged(caplog):
    load(Settings)
    assert caplog.text == ""


def test_an_error_under_an_old_name_is_reported_with_the_others(monkeypatch):
    monkeypatch.setenv("LINKGAP_PURSE", "much")
    monkeypatch.setenv("LINKGAP_SHORTLIST", "201")
    with pytest.raises(ConfigError) as refused:
        load(Settings)
    assert [fault.partition(":")[0] for fault in refused.value.faults] == [
        "LINKGAP_LIST_BUDGET",
        "LINKGAP_SHORTLIST",
    ]
