"""What the countries of recipients ask of such a mail, as facts and without advice.

A country is known by the end of a domain only; where that says nothing, the notes say what holds if
the recipient is there.
"""

from bot.common.domains import host_of

_EU = frozenset(
    "at be bg cy cz de dk ee es eu fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk".split()  # noqa: SIM905
)
_AS_EU = frozenset("is li no uk".split())  # noqa: SIM905
_GERMAN = "de"

ADVICE = "These are facts, not legal advice."
GERMANY = (
    "Germany: mail that advertises needs consent beforehand, between firms too (UWG § 7). A court "
    "of appeal counted even a single request for sponsoring as advertising (OLG Dresden, 4 U "
    "168/24, as reported)."
)
GDPR = (
    "{who}: a person whose address was found elsewhere is told where it was found, with the first "
    "message at the latest ({law}, article 14). An address like info@ names nobody."
)
UNITED_STATES = (
    "United States{if_there}: mail that promotes a commercial site falls under CAN-SPAM, between "
    "firms too. It asks for a true sender and subject, a postal address, and a way to say no that "
    "is obeyed within 10 business days. Whether a request for a link is such mail is not settled."
)


def notes_for(domain: str, language: str | None = None) -> tuple[str, ...]:
    """Return what is asked where the recipient is, as far as its domain tells that."""
    host = host_of(domain) or ""
    end = host.rpartition(".")[2]
    notes = []
    if end == _GERMAN or (language == _GERMAN and end not in _EU | _AS_EU | {"ch"}):
        notes.append(GERMANY)
    if end in _EU:
        notes.append(GDPR.format(who="European Union", law="GDPR"))
    elif end in _AS_EU:
        notes.append(GDPR.format(who="Where this domain belongs", law="the GDPR or its twin"))
    elif end == "us":
        notes.append(UNITED_STATES.format(if_there=""))
    elif len(end) != 2:
        notes.append(f"The domain does not say in which country {host or 'the recipient'} is.")
        notes.append(UNITED_STATES.format(if_there=", if it is there"))
        notes.append(GDPR.format(who="European Union, if it is there", law="GDPR"))
    else:
        notes.append(f"What the country of .{end} asks for is not known here.")
    return (*notes, ADVICE)
