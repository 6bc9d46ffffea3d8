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
    """Pages of the settings form, by subject; each has few enough fields to be seen at once."""

    SITES = "Site and market"
    DIGEST = "Digest and alerts"
    PROSPECTS = "Prospects and checks"
    OUTREACH = "Outreach"
    LETTERS = "Letters"
    SOURCES = "Sources"
    ANSWER = "Cost of an answer"
    CAPS = "Caps and prices"


TEAM, SITE, CHANNEL = Level.TEAM, Level.SITE, Level.CHANNEL
EVERYWHERE = (TEAM, SITE, CHANNEL)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `title` and `hint` are for people; `choices` (value, words) are the only values.

    `several`: any number of the choices may be set at once. `long`: a list that may take many
    lines. `prose`: a text of many lines, kept as it is.
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
    prose: bool = False
    nothing: str = "not set"


_YES_NO = (("yes", "Yes"), ("no", "No"))
SETTINGS: tuple[Setting, ...] = (
    Setting(
        "site",
        Group.SITES,
        (TEAM, CHANNEL),
        "Our site",
        "The site to count links for where a question names none, such as example.com.",
    ),
    Setting(
        "aliases",
        Group.SITES,
        (SITE,),
        "Its other domains",
        "They count as the client's own, too.",
        long=True,
        nothing="none",
    ),
    Setting("country", Group.SITES, (TEAM, SITE), "Country", "By name or code: germany or de."),
    Setting("lang", Group.SITES, (TEAM, SITE), "Language", "By name or code: german or de."),
    Setting(
        "digest_day",
        Group.DIGEST,
        (TEAM, CHANNEL),
        "Digest day",
        "The day on which the weekly digest is posted.",
        tuple(WEEKDAYS.items()),
    ),
    Setting(
        "digest_hour",
        Group.DIGEST,
        (TEAM, CHANNEL),
        "Digest time",
        "A full hour, 6 to 22.",
        tuple((str(hour), f"{hour:02}:00") for hour in range(6, 23)),
    ),
    Setting(
        "time_zone",
        Group.DIGEST,
        (TEAM, CHANNEL),
        "Time zone",
        "For the digest and for dates in messages, such as Europe/Berlin.",
    ),
    Setting(
        "quiet",
        Group.DIGEST,
        (TEAM, CHANNEL),
        "Quiet",
        "No alerts, and a digest only if our links, gap or rank changed.",
        _YES_NO,
    ),
    Setting(
        "alerts",
        Group.DIGEST,
        (TEAM, CHANNEL),
        "Alerts between digests",
        "At most one message a day.",
        (
            ("entered_top3", "Entered the top 3"),
            ("left_top3", "Left the top 3"),
            ("entered_top10", "Entered the top 10"),
            ("left_top10", "Left the top 10"),
            ("won", "Won a link"),
            ("lost_strong", "Lost a strong link"),
        ),
        several=True,
    ),
    Setting(
        "window",
        Group.DIGEST,
        EVERYWHERE,
        "Weeks averaged",
        "How many recent reads decide the tracked top 3, 1 to 12.",
    ),
    Setting(
        "level",
        Group.PROSPECTS,
        EVERYWHERE,
        "Prospects link to",
        "Pages alone cost less.",
        (
            ("both", "Ranking pages or their sites"),
            ("page", "Ranking pages"),
            ("site", "Sites of ranking pages"),
        ),
    ),
    Setting(
        "authority_floor",
        Group.PROSPECTS,
        EVERYWHERE,
        "Lowest authority",
        "0 to 100 on the link index's scale. Weaker prospects are left out; unknown ones stay.",
    ),
    Setting(
        "blocklist",
        Group.PROSPECTS,
        EVERYWHERE,
        "Blocked domains",
        "Never shown as prospects. The lists of all levels add up.",
        long=True,
        nothing="none",
    ),
    Setting(
        "overruled",
        Group.PROSPECTS,
        EVERYWHERE,
        "Ignore these checks",
        "They are still reported, but no longer put before links.",
        (("intent", "Search intent"), ("trust", "Trust")),
        several=True,
        nothing="none",
    ),
    Setting(
        "claim_days",
        Group.OUTREACH,
        (TEAM, SITE),
        "Claims expire after",
        "Days without a change, 1 to 365; then the prospect is free again.",
    ),
    Setting(
        "reminders",
        Group.OUTREACH,
        (TEAM,),
        "Reminders",
        "A direct message to follow up, to whoever contacted a prospect.",
        _YES_NO,
    ),
    Setting(
        "reminder_days",
        Group.OUTREACH,
        (TEAM,),
        "Remind after",
        "Days after the contact, with commas, up to four.",
    ),
    Setting(
        "keep_contacts_days",
        Group.OUTREACH,
        (TEAM,),
        "Keep contacts for",
        "Days that published contacts and drafts are kept, 1 to 36500.",
    ),
    Setting(
        "letter_name",
        Group.LETTERS,
        (TEAM, SITE),
        "Who writes",
        "The name below a draft. Each draft can be changed before it is opened.",
    ),
    Setting(
        "letter_firm",
        Group.LETTERS,
        (TEAM, SITE),
        "Firm",
        "The firm that stands below the name.",
    ),
    Setting(
        "letter_address",
        Group.LETTERS,
        (TEAM, SITE),
        "Postal address",
        "It stands below a draft; some countries ask for one.",
        prose=True,
    ),
    Setting(
        "letter",
        Group.LETTERS,
        (TEAM, SITE),
        "Own letter",
        "A template for drafts: Subject: on its first line, and fields like {{ their_page }}.",
        prose=True,
        nothing="one for each kind of page",
    ),
    Setting(
        "via",
        Group.SOURCES,
        EVERYWHERE,
        "Vendors, preferred first",
        "Names with commas, such as ahrefs, moz.",
        money=True,
        nothing="all, by name",
    ),
    Setting(
        "serp",
        Group.SOURCES,
        EVERYWHERE,
        "Search results from",
        "The name of one vendor.",
        money=True,
        nothing="the first vendor that has them",
    ),
    Setting(
        "compare_indexes",
        Group.SOURCES,
        EVERYWHERE,
        "Compare link indexes",
        "Ask every connected link index; each costs.",
        _YES_NO,
        money=True,
    ),
    Setting(
        "run_cap",
        Group.ANSWER,
        EVERYWHERE,
        "Cap per answer",
        "The most units an answer may cost, per vendor.",
        money=True,
        nothing="each vendor's own",
    ),
    Setting(
        "list_budget",
        Group.ANSWER,
        EVERYWHERE,
        "Budget for link lists",
        "Units of an answer for lists of who links, per vendor.",
        money=True,
        nothing="each vendor's own",
    ),
    Setting(
        "shortlist",
        Group.ANSWER,
        EVERYWHERE,
        "Shortlist",
        "For how many prospects the linking page and traffic are bought, 1 to 200.",
        money=True,
    ),
    Setting(
        "confirm_over",
        Group.ANSWER,
        EVERYWHERE,
        "Ask before spending",
        "A run that may cost more is confirmed first: 1000 (units) or $0.50.",
        money=True,
        nothing="never ask",
    ),
    Setting(
        "cap_person_day_usd",
        Group.CAPS,
        (TEAM,),
        "Cap per person and day",
        "In dollars.",
        money=True,
        nothing="no cap",
    ),
    Setting(
        "cap_site_month_usd",
        Group.CAPS,
        (TEAM, SITE),
        "Cap per client and month",
        "In dollars.",
        money=True,
        nothing="no cap",
    ),
    Setting(
        "cap_channel_month_usd",
        Group.CAPS,
        (TEAM, CHANNEL),
        "Cap per channel and month",
        "In dollars.",
        money=True,
        nothing="no cap",
    ),
    Setting(
        "cap_vendor_month",
        Group.CAPS,
        (TEAM,),
        "Caps per vendor and month",
        "Units or dollars for everybody together: ahrefs=200000, dataforseo=$20.",
        money=True,
        nothing="no cap",
    ),
    Setting(
        "prices",
        Group.CAPS,
        (TEAM,),
        "Price of a unit",
        "In dollars, by vendor: ahrefs=0.0002.",
        money=True,
        nothing="as LinkGap knows them",
    ),
    Setting(
        "allow_unpriced",
        Group.CAPS,
        (TEAM,),
        "Allow unknown prices",
        "Allow requests of unknown price despite a cap in dollars.",
        _YES_NO,
        money=True,
    ),
    Setting(
        "other_workspaces",
        Group.CAPS,
        (TEAM, CHANNEL),
        "People of other workspaces",
        "Answer them in channels shared with them. What they ask counts against the caps here.",
        _YES_NO,
        money=True,
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}
