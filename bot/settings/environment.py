"""Settings from the environment or a `.env` file; all configuration errors are reported together.

Each vendor reads its own `LINKGAP_<VENDOR>_…` names in its own files (see `VendorOptions`), so
adding a vendor never changes this file. Precedence: environment < team < site < channel < command.
"""

import logging
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.common.errors import ConfigError
from bot.common.logs import Form
from bot.model.tracking import Moment
from bot.settings import values

log = logging.getLogger(__name__)

RENAMED = {"purse": "list_budget"}
"""Old names of settings, each with the new one; an old name is understood for one release."""
MOST = 1_000_000_000
"""Largest amount, in units or dollars; SQLite stores 64 bits, and money in millionths."""


class Settings(BaseSettings):
    """The settings of the process. Keys are always SecretStr.

    Assignments are validated like the environment, because teams, sites and channels have overrides
    (`bot.settings.levels`).
    """

    model_config = SettingsConfigDict(
        env_prefix="LINKGAP_",
        env_file=".env",
        extra="ignore",
        env_ignore_empty=True,
        validate_assignment=True,
    )

    slack_bot_token: SecretStr | None = Field(None, validation_alias="SLACK_BOT_TOKEN")
    slack_signing_secret: SecretStr | None = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    slack_app_token: SecretStr | None = Field(None, validation_alias="SLACK_APP_TOKEN")
    slack_base_url: str = "https://slack.com/api/"

    db: Path = Path("linkgap.db")
    index: str = Field(
        "", description="Folder or address of the open link index; empty: beside the database."
    )
    site: str | None = None
    country: str = "us"
    lang: str = "en"
    via: str = Field("", description="Vendors in order of preference, comma separated.")
    serp: str = Field("", description="Vendor of search results; empty: the first that has them.")
    compare_indexes: bool = Field(
        default=False, description="Ask all connected link indexes, side by side."
    )
    run_cap: int | None = Field(
        None, ge=0, le=MOST, description="The most units an answer may cost, per vendor and pool."
    )
    list_budget: int | None = Field(
        None, ge=0, le=MOST, description="Units of an answer for lists of who links, per vendor."
    )
    shortlist: int = Field(
        25, ge=1, le=200, description="Prospects whose linking page and traffic are bought."
    )
    fresh_hours: int = Field(24, ge=0, description="Answers younger than this are reused free.")
    workers: int = Field(4, ge=1, le=32, description="Analyses that run at the same time.")
    queue: int = Field(200, ge=1, description="Runs that may wait; beyond it /gap says so.")
    keep_answers_days: int = Field(
        180, ge=7, le=36_500, description="Days that answers, their jobs and buttons stay."
    )
    keep_spend_days: int = Field(
        800, ge=100, le=36_500, description="Days that each request's cost stays."
    )
    keep_reads_days: int = Field(
        800, ge=100, le=36_500, description="Days that reads of tracked keywords stay."
    )
    metrics: bool = Field(default=False, description="Answer GET /metrics, for Prometheus.")
    log: Form = Field("text", description="How the log is written: text or json.")

    cap_person_day_usd: Decimal | None = Field(
        None, ge=0, le=MOST, description="Dollars a person a day."
    )
    cap_site_month_usd: Decimal | None = Field(
        None, ge=0, le=MOST, description="Dollars a site a month."
    )
    cap_channel_month_usd: Decimal | None = Field(
        None, ge=0, le=MOST, description="Dollars a channel a month."
    )
    cap_vendor_month: str = Field("", description="By vendor and month: ahrefs=200000,moz=$20.")
    prices: str = Field("", description="Dollars a unit by vendor: ahrefs=0.0002.")
    allow_unpriced: bool = Field(
        default=False, description="Allow requests of unknown price despite a dollar cap."
    )
    confirm_over: str = Field("", description="Ask before a run that may cost more: 1000 or $0.50.")

    level: Literal["both", "page", "site"] = Field(
        "both", description="Whose linkers are prospects: of pages, of sites, or of both."
    )
    authority_floor: int = Field(
        0, ge=0, le=100, description="Prospects with less authority are left out; 0 to 100."
    )
    blocklist: str = Field("", description="Domains that are never shown as prospects.")
    overruled: str = Field("", description="Checks to ignore: intent, trust or both.")

    claim_days: int = Field(
        30, ge=1, le=365, description="Days after which an untouched claim is free again."
    )
    reminders: bool = Field(
        default=True, description="Remind people in direct messages to follow up their mails."
    )
    reminder_days: str = Field(
        "7,14", description="Days after a contact at which its owner is reminded."
    )
    keep_contacts_days: int = Field(
        365, ge=1, le=36_500, description="Days that published contacts and drafts stay."
    )

    letter_name: str = Field("", max_length=100, description="The name below a draft.")
    letter_firm: str = Field("", max_length=100, description="The firm below a draft's name.")
    letter_address: str = Field("", max_length=300, description="The postal address below a draft.")
    letter: str = Field("", max_length=3_000, description="A template for every draft.")

    digest_day: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = Field(
        "mon", description="The day of the weekly digest."
    )
    digest_hour: int = Field(9, ge=6, le=22, description="The hour of the digest, 6 to 22.")
    time_zone: str = Field("UTC", description="The zone of all days and hours: Europe/Berlin.")
    quiet: bool = Field(
        default=False, description="No alerts, and a digest only if our side changed."
    )
    alerts: str = Field("won", description="What may be posted between digests, or none.")
    window: int = Field(
        4, ge=1, le=12, description="How many recent reads decide the tracked top 3."
    )
    owners: str = Field("", description="Slack ids of people who may change money, with commas.")
    other_workspaces: bool = Field(
        default=False,
        description="Let people of other workspaces ask in channels shared with them.",
    )

    @field_validator(*values.READERS)
    @classmethod
    def _readable(cls, text: str | None, info: ValidationInfo) -> str | None:
        """Parse the text as its users will, so that errors are reported at the start."""
        return values.READERS[info.field_name or ""](text) if text else text

    @property
    def vendor_order(self) -> tuple[str, ...]:
        """Return the preferred vendors, the first choice first."""
        return values.parts(self.via)

    @property
    def blocked(self) -> frozenset[str]:
        """Return the domains that are never prospects."""
        return frozenset(values.parts(self.blocklist))

    @property
    def overruled_gates(self) -> frozenset[str]:
        """Return the names of the page checks that never come before links."""
        return frozenset(values.several(self.overruled))

    @property
    def alert_moments(self) -> frozenset[Moment]:
        """Return what may be posted as an alert between digests."""
        return frozenset(map(Moment, values.several(self.alerts)))

    @property
    def reminded_after(self) -> tuple[int, ...]:
        """Return the days after a contact at which its owner is reminded, in order; may be none."""
        days = map(int, values.parts(self.reminder_days))
        return tuple(sorted(days)) if self.reminders else ()

    @property
    def owner_ids(self) -> frozenset[str]:
        """Return the Slack users who may change money, besides workspace admins."""
        return frozenset(values.parts(self.owners))


def _sendable(key: SecretStr | None) -> SecretStr | None:
    """Reject characters that no request can carry, before an HTTP library quotes the key."""
    value = key.get_secret_value().strip() if key else ""
    if not all("!" <= character <= "~" for character in value):
        raise ValueError("holds a space or a character no API key has; copy it again")
    return SecretStr(value) if value else None


ApiKey = Annotated[SecretStr | None, AfterValidator(_sendable)]


class VendorOptions(BaseSettings):
    """Base of a vendor's own settings; the subclass sets `env_prefix` to LINKGAP_<VENDOR>_."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    @classmethod
    def beside(cls, settings: Settings) -> Self:
        """Read them from the same environment and file as the process's settings.

        Raises `ConfigError`.
        """
        env_file = settings.model_config.get("env_file")
        return load(cls, Path(str(env_file)) if env_file else None)


AnySettings = TypeVar("AnySettings", bound=BaseSettings)


class _BothNames(BaseSettings):
    """The renamed variables under both their old and new names, unparsed."""

    model_config = SettingsConfigDict(
        env_prefix="LINKGAP_", extra="ignore", env_ignore_empty=True, frozen=True
    )

    purse: str | None = None
    list_budget: str | None = None


def _by_old_names(env_file: Path | None) -> dict[str, str]:
    """Return the values given only by an old name, under the new name; logs a line for each."""
    options: dict[str, Any] = {"_env_file": env_file}
    said = _BothNames(**options).model_dump(exclude_none=True)
    found = {}
    for old, new in RENAMED.items():
        if old in said:
            used = "is used" if new not in said else "is left out because both are set"
            log.warning(
                "LINKGAP_%s is called LINKGAP_%s now. The old name %s; it ends with the next "
                "release.",
                old.upper(),
                new.upper(),
                used,
            )
        if old in said and new not in said:
            found[new] = said[old]
    return found


def load(kind: type[AnySettings], env_file: Path | None = Path(".env")) -> AnySettings:
    """Read settings of a kind. Raises `ConfigError` that names every invalid variable."""
    options: dict[str, Any] = {"_env_file": env_file}
    if issubclass(kind, Settings):
        options |= _by_old_names(env_file)
    try:
        return kind(**options)
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        faults = []
        for fault in error.errors(include_input=False, include_url=False):
            name = str(fault["loc"][0])
            variable = name if name.isupper() else f"{prefix}{name}".upper()
            faults.append(f"{variable}: {fault['msg'].removeprefix('Value error, ')}")
        raise ConfigError(*faults) from None
