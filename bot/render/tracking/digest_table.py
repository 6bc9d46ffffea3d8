"""The table of a digest: a block for each client, its keywords in the order of attention.

What nobody has to look at is folded into one row, so that thirty keywords are read in seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.gap.attention import Attention, attention
from bot.gap.changes import TOP3, TOP10
from bot.model.tracking import Digest, KeywordLine, OwnLink
from bot.render.tracking.digest_clients import Client, clients_of
from bot.render.tracking.digest_span import calendar_of, held_against
from bot.render.tracking.tracked_words import eta, quoted, ranked, signed
from bot.render.words import UNKNOWN, counted, number, shown, words_or_unknown

ROWS = 10
FIRST_READ = "first read"
BLANK = " "  # Slack refuses an empty cell
_ALL = 6  # a client with no more keywords has all of them in the table
_FEW = 4  # rows that a client has in any case, of those that moved at all
_LEAST = 2  # rows of a client, however many clients there are


@dataclass(frozen=True, slots=True)
class Row:
    """One keyword in words, for every interface; `heads` a client's block, or `folds` the rest."""

    keyword: str
    gap: str
    change: str
    need: str
    have: str
    position: str
    eta: str
    heads: bool = False
    folds: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the words of all columns."""
        return (
            *(self.keyword, self.gap, self.change, self.need, self.have),
            *(self.position, self.eta),
        )


HEAD = ("Keyword", "Gap", "Change", "Need", "Have", "Position", "ETA")


def rows(digest: Digest, most: int = ROWS) -> list[Row]:
    """Return the table: about `most` keywords, and a row for those that are folded."""
    clients = clients_of(digest.keywords)
    if len(clients) < 2:
        return [row for client in clients for row in _block(digest, client, most)]
    blocks = max(1, most // _LEAST)
    made: list[Row] = []
    for client in clients[:blocks]:
        room = max(_LEAST, most // len(clients))
        made += [_head(client), *_block(digest, client, room)]
    if rest := clients[blocks:]:
        name = counted(len(rest), "more client")
        made.append(Row(name, BLANK, BLANK, BLANK, BLANK, BLANK, BLANK, folds=True))
    return made


def _block(digest: Digest, client: Client, room: int) -> list[Row]:
    picked = _picked(digest, client.lines, room)
    markets = len({(line.country, line.language) for line in client.lines}) > 1
    drawn = [_row(digest, line, markets=markets) for line in picked]
    return [*drawn, *_folded([line for line in client.lines if line not in picked])]


def _picked(digest: Digest, lines: Sequence[KeywordLine], room: int) -> list[KeywordLine]:
    """Return whom to look at: those with a reason, and whom a sentence names."""
    why = {id(line): attention(line, digest.lost) for line in lines}
    said = " ".join((digest.sentence, *(one.sentence for one in digest.clients)))
    named = [line for line in lines if quoted(line.keyword) in said]

    def order(line: KeywordLine) -> tuple[object, ...]:
        return min(why[id(line)], Attention.MOVED), line not in named, *_movement(line)

    ordered = sorted(lines, key=order)
    if len(lines) <= min(_ALL, room):
        return ordered
    pressing = [line for line in ordered if line in named or why[id(line)] < Attention.STILL]
    quiet = [line for line in ordered if line not in pressing]
    moved = [line for line in quiet if line.gap_change or line.position_change]
    picked = [*pressing, *moved[: max(0, _FEW - len(pressing))]] or quiet[:_FEW]
    picked = picked[:room]
    missed = [line for line in named if line not in picked][:1]
    return [*picked[: room - len(missed)], *missed]


def _movement(line: KeywordLine) -> tuple[int, int, int, int, str]:
    moved = (line.gap_change, line.position_change)
    by_gap, by_rank = (0 if change is None else -abs(change) for change in moved)
    return by_gap, by_rank, -line.competitors_gained, -(line.gap or 0), line.keyword


def _head(client: Client) -> Row:
    return Row(
        keyword=words_or_unknown(client.site or "", 40),
        gap=number(client.gap),
        change=BLANK if client.gap_change is None else signed(client.gap_change),
        need=number(client.need),
        have=number(client.have),
        position=BLANK,
        eta=BLANK,
        heads=True,
    )


def _row(digest: Digest, line: KeywordLine, *, markets: bool) -> Row:
    market = f"{shown(line.country, 2).upper()}-{shown(line.language, 2)}" if markets else ""
    more = ", ".join(filter(None, (market, _why(line, digest.lost))))
    return Row(
        keyword=f"{words_or_unknown(line.keyword, 60)}{f' ({more})' if more else ''}",
        gap=number(line.gap),
        change=_change(digest, line),
        need=number(line.need),
        have=number(line.have),
        position=ranked(line.position, line.position_change),
        eta=eta(line),
    )


def _change(digest: Digest, line: KeywordLine) -> str:
    if line.gap_change is None and digest.since is None:
        return FIRST_READ
    calendar = calendar_of(digest)
    return f"{signed(line.gap_change)}{held_against(line, digest.keywords, calendar)}"


def _why(line: KeywordLine, lost: Sequence[OwnLink]) -> str:
    """Return what happened to a keyword where its numbers do not show it."""
    why = attention(line, lost)
    if why in (Attention.TOP3, Attention.TOP10):
        top = TOP3 if why is Attention.TOP3 else TOP10
        came = line.position is not None and line.position <= top
        return f"{'entered' if came else 'left'} the top {top}"
    return {
        Attention.UNSEEN: "not among the results any more",
        Attention.LOST_STRONG: "lost a strong link",
        Attention.PAGE: "another page of yours",
    }.get(why, "")


def _folded(lines: Sequence[KeywordLine]) -> list[Row]:
    """Return one row for the rest: `23 more keywords`, from which gap to which, and ±1."""
    if not lines:
        return []
    unknown = sum(line.gap is None for line in lines)
    more = f" (gap of {unknown:,} unknown)" if unknown else ""
    return [
        Row(
            keyword=f"{counted(len(lines), 'more keyword')}{more}",
            gap=_range([line.gap for line in lines if line.gap is not None]),
            change=_within([line.gap_change for line in lines if line.gap_change is not None]),
            need=BLANK,
            have=BLANK,
            position=BLANK,
            eta=BLANK,
            folds=True,
        )
    ]


def _range(gaps: Sequence[int]) -> str:
    if not gaps:
        return UNKNOWN
    low, high = min(gaps), max(gaps)
    return number(low) if low == high else f"{low:,} to {high:,}"


def _within(changes: Sequence[int]) -> str:
    """Return `±1`: by how much the gaps changed at most."""
    if not changes:
        return UNKNOWN
    most = max(map(abs, changes))
    return f"±{most:,}" if most else "0"
