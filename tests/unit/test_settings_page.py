"""docs/settings.md lists what may be set, where and by whom, exactly as the code does."""

from bot.settings.catalogue import BY_NAME, SETTINGS, Level
from bot.settings.environment import Settings
from tools import setting_tables

TEXT = setting_tables.PAGE.read_text("utf-8")
# Set only by whoever runs the installation: secrets, addresses, its size, and owners.
ENVIRONMENT_ONLY = {
    "slack_bot_token",
    "slack_signing_secret",
    "slack_app_token",
    "slack_base_url",
    "db",
    "index",
    "fresh_hours",
    "workers",
    "queue",
    "owners",
    "keep_answers_days",
    "keep_reads_days",
    "keep_spend_days",
    "log",
    "metrics",
}


def test_the_tables_are_those_of_the_code():
    again = "run make docs"
    assert setting_tables.page(TEXT) == TEXT, again


def test_every_field_of_the_settings_is_set_by_level_or_by_the_environment_alone():
    assert Settings.model_fields.keys() == (BY_NAME.keys() - {"aliases"}) | ENVIRONMENT_ONLY


def test_no_setting_is_listed_twice_and_each_has_a_level():
    assert len(BY_NAME) == len(SETTINGS)
    assert all(one.levels and Level.ENVIRONMENT not in one.levels for one in SETTINGS)


def test_every_setting_that_can_raise_a_bill_is_marked_as_money():
    raising = {
        name for name in BY_NAME if name.startswith(("cap_", "run_cap", "list_budget", "price"))
    }
    raising |= {"via", "serp", "compare_indexes", "shortlist", "confirm_over", "allow_unpriced"}
    raising |= {"other_workspaces"}
    assert {one.name for one in SETTINGS if one.money} == raising
