"""Every setting that can differ per team, site or channel: at which levels, and who may set it.

Names are fields of `bot.settings.environment.Settings`, except `aliases`, which only a site has.
A setting counts as money if it can raise a bill.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.model.places import WEEKDAYS


class Level(StrEnum):
    """Where a value comes from, the weakest first; a command overrides all of them."""

    ENVIRONMENT = "environment"
    TEAM = "team"
    SITE = "site"
    CHANNEL = "channel"


class Group(StrEnum):
    """Sections of the settings form."""

    SITES = "Sites"
    DIGEST = "Digest"
    VENDORS = "Vendors"
    PROSPECTS = "Prospects"
    OUTREACH = "Outreach"
    CHECKS = "Checks before links"
    MONEY = "Money"


TEAM, SITE, CHANNEL = Level.TEAM, Level.SITE, Level.CHANNEL
EVERYWHERE = (TEAM, SITE, CHANNEL)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `title` and `hint` are for people; `choices` (value, words) are the only values.

    `several`: any number of the choices may be set at once. `long`: the text may take many lines.
    `nothing` is shown if no level sets the value and there is no default.
    """

    name: str
    group: Group
    levels: tuple[Level, ...]
    title: str
    hint: str
    choices: tuple[tuple[str, str], ...] = ()
    money: bool = False
    several: bool = False
    long: bool = False
    nothing: str = "not set"


_YES_NO = (("yes", "Yes"), ("no", "No"))
SETTINGS: tuple[Setting, ...] = (
    Setting(
        "site", Group.SITES, (TEAM, CHANNEL), "Our site", "Whose links are counted by default."
    ),
    Setting(
        "aliases",
        Group.SITES,
        (SITE,),
        "Other domains of it",
        "They count as ours.",
        long=True,
        nothing="none",
    ),
    Setting("country", Group.SITES, (TEAM, SITE), "Country", "Two letters, such as us."),
    Setting("lang", Group.SITES, (TEAM, SITE), "Language", "Two letters, such as en."),
    Setting(
        "digest_day",
        Group.DIGEST,
        (TEAM, CHANNEL),
        "Day",
        "The day of the weekly digest.",
        tuple(WEEKDAYS.items()),
    ),
    Setting(
        "digest_hour",
        Group.DIGEST,
        (TEAM, CHANNEL),
        "Hour",
        "The hour of the digest, 6 to 22.",
        tuple((str(hour), f"{hour:02}:00") for hour in range(6, 23)),
    ),
    Setting(
        "time_zone",
        Group.DIGEST,
        (TEAM, CHANNEL),
        "Time zone",
        "Where days and hours are counted, such as Europe/Berlin.",
    ),
    Setting(
        "quiet",
        Group.DIGEST,
        (TEAM, CHANNEL),
        "Quiet",
        "No alerts, and a digest only of weeks that changed our links, gap or position.",
        _YES_NO,
    ),
    Setting(
        "alerts",
        Group.DIGEST,
        (TEAM, CHANNEL),
        "Alerts",
        "What may be told between digests, once a day at most.",
        (
            ("entered_top3", "Entered the top 3"),
            ("left_top3", "Left the top 3"),
            ("entered_top10", "Entered the top 10"),
            ("left_top10", "Left the top 10"),
            ("won", "A link was won"),
            ("lost_strong", "A strong link was lost"),
        ),
        several=True,
    ),
    Setting(
        "window",
        Group.DIGEST,
        EVERYWHERE,
        "Window",
        "How many recent reads decide the tracked top 3, 1 to 12.",
    ),
    Setting(
        "level",
        Group.PROSPECTS,
        EVERYWHERE,
        "Level",
        "Whose linkers are prospects; pages alone cost less.",
        (("both", "Pages and sites"), ("page", "Ranking pages only"), ("site", "Sites only")),
    ),
    Setting(
        "authority_floor",
        Group.PROSPECTS,
        EVERYWHERE,
        "Authority floor",
        "0 to 100 on the index's own scale; weaker prospects are left out, unknown ones stay.",
    ),
    Setting(
        "blocklist",
        Group.PROSPECTS,
        EVERYWHERE,
        "Blocklist",
        "Domains never shown as prospects. The lists of all levels add up.",
        long=True,
        nothing="none",
    ),
    Setting(
        "claim_days",
        Group.OUTREACH,
        (TEAM, SITE),
        "Days of a claim",
        "A claim that nobody touched for so many days is free again, 1 to 365.",
    ),
    Setting(
        "reminders",
        Group.OUTREACH,
        (TEAM,),
        "Reminders",
        "Remind whoever contacted somebody to follow up, in a direct message.",
        _YES_NO,
    ),
    Setting(
        "reminder_days",
        Group.OUTREACH,
        (TEAM,),
        "Remind after",
        "Days after the contact, with commas, four at most.",
    ),
    Setting(
        "keep_contacts_days",
        Group.OUTREACH,
        (TEAM,),
        "Keep contacts",
        "Days that published contacts and drafts stay, 1 to 36500.",
    ),
    Setting(
        "overruled",
        Group.CHECKS,
        EVERYWHERE,
        "Ignore these checks",
        "They are still told, but links come first all the same.",
        (("intent", "Search intent"), ("trust", "Trust")),
        several=True,
        nothing="none",
    ),
    Setting(
        "via",
        Group.VENDORS,
        EVERYWHERE,
        "Order of vendors",
        "Names with commas, the preferred first.",
        money=True,
        nothing="all, by name",
    ),
    Setting(
        "serp",
        Group.VENDORS,
        EVERYWHERE,
        "Search results from",
        "One vendor's name, where it is not to be the first in order that has them.",
        money=True,
        nothing="the first in order that has them",
    ),
    Setting(
        "compare_indexes",
        Group.VENDORS,
        EVERYWHERE,
        "Compare indexes",
        "Ask all link indexes side by side; each is paid.",
        _YES_NO,
        money=True,
    ),
    Setting(
        "run_cap",
        Group.MONEY,
        EVERYWHERE,
        "Cap of an answer",
        "Units an answer may cost, per vendor.",
        money=True,
        nothing="each vendor's own",
    ),
    Setting(
        "list_budget",
        Group.MONEY,
        EVERYWHERE,
        "List budget",
        "Units of it for lists of who links.",
        money=True,
        nothing="each vendor's own",
    ),
    Setting(
        "shortlist",
        Group.MONEY,
        EVERYWHERE,
        "Shortlist",
        "Prospects whose linking page and traffic are bought, 1 to 200.",
        money=True,
    ),
    Setting(
        "confirm_over",
        Group.MONEY,
        EVERYWHERE,
        "Ask before",
        "A run that may cost more waits for a yes: 1000 or $0.50.",
        money=True,
        nothing="never ask",
    ),
    Setting(
        "cap_person_day_usd",
        Group.MONEY,
        (TEAM,),
        "Cap per person and day",
        "Dollars that one person's questions may cost a day.",
        money=True,
        nothing="no cap",
    ),
    Setting(
        "cap_site_month_usd",
        Group.MONEY,
        (TEAM, SITE),
        "Cap per site and month",
        "Dollars that a client's questions may cost a month.",
        money=True,
        nothing="no cap",
    ),
    Setting(
        "cap_channel_month_usd",
        Group.MONEY,
        (TEAM, CHANNEL),
        "Cap per channel and month",
        "Dollars that a channel's questions may cost a month.",
        money=True,
        nothing="no cap",
    ),
    Setting(
        "cap_vendor_month",
        Group.MONEY,
        (TEAM,),
        "Caps per vendor and month",
        "Units or dollars of all together: ahrefs=200000, dataforseo=$20.",
        money=True,
        nothing="no cap",
    ),
    Setting(
        "prices",
        Group.MONEY,
        (TEAM,),
        "Prices",
        "Dollars a unit: ahrefs=0.0002.",
        money=True,
        nothing="as LinkGap knows them",
    ),
    Setting(
        "allow_unpriced",
        Group.MONEY,
        (TEAM,),
        "Allow unknown prices",
        "Allow requests of unknown price despite a cap in dollars.",
        _YES_NO,
        money=True,
    ),
    Setting(
        "other_workspaces",
        Group.MONEY,
        (TEAM, CHANNEL),
        "People of other workspaces",
        "May they ask in a channel that is shared with them? They spend from the caps here.",
        _YES_NO,
        money=True,
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}
