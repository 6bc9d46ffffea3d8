"""Explain a header that fits no report: a translated Search Console header, or another report.

Search Console translates its headers, so its files may be recognised by the shape of their rows,
but only if the header is certainly not English and does not mention clicks.
"""

# ruff: noqa: SIM905, RUF001 - the words of many languages, easiest to read on one line

import re

from bot.exports.signatures import GSC, KEYWORD_MARKS, SIGNATURES, Signature

# Words of Search Console's link reports, in languages where they have no accents.
_FOREIGN = frozenset(
    "seite seiten verweisende verlinkende zuletzt gecrawlt zielseiten zielseite eingehende "  # de
    "lien liens renvoi cible cibles entrants derniere "  # fr
    "enlace enlaces pagina paginas sitio sitios destino entrantes rastreo "  # es
    "recebidos rastreamento vinculada vinculadas "  # pt
    "pagine collegamento collegamenti scansione sito siti destinazione "  # it
    "linkende gecrawld doelpagina doelpaginas "  # nl
    "strona strony witryna witryny docelowe "  # pl
    "sida sidor webbplats senast genomsokt sider "  # sv, da, no
    "sivu sivut sivusto halaman situs penautan ditautkan tujuan "  # fi, id
    "sayfa sayfalar siteler stranka stranky oldal webhely pagini".split()  # tr, cs, hu, ro
)
# Reports of visits and rankings, in the languages of most accounts.
_VISITS = re.compile(
    r"click|klick|klik|clic|cliq|impres|\bctr\b|visit|session|\bposi|"
    "tıkla|gösterim|kattint|megjelen|zobrazen|nhấp|hiển thị|paspaud|klõps"
    "|клик|клік|показ|позиц|κλικ|εμφανίσ|คลิก|การแสดง|क्लिक|इंप्रेशन|ক্লিক|کلیک|نمایش"
    "|点击|點擊|展示|曝光|クリック|表示回数|클릭|노출|נקר|קליק|חשיפ|نقر|ظهور"
)

_HOST_OR_NUMBER = re.compile(r"\w\.\w|^\d")
_WORD = re.compile(r"\w+")


def is_translated(headers: tuple[str, ...], like: Signature | None) -> bool:
    """Say whether these (normalised) headers can be Search Console's in another language.

    A row of addresses is not a header, and a plain English one would be known.
    """
    line = " ".join(headers)
    if like is None or _VISITS.search(line) or "://" in line:
        return False
    # A first data row may hold a host or a number; a header's words hold neither.
    if any(_HOST_OR_NUMBER.search(header) for header in headers):
        return False
    return not line.isascii() or not _FOREIGN.isdisjoint(_WORD.findall(line))


def looks_like(headers: set[str], shaped: Signature | None) -> str:
    """Return a sentence on what a file with this (normalised) header is, and what to export."""
    if headers & {"keyword", "keywords"} and headers & KEYWORD_MARKS:
        return "looks like a keyword export; export the backlinks of the page or site instead"
    if _VISITS.search(" ".join(sorted(headers))):
        return (
            "looks like a report of clicks, visits or rankings, which names no links; in "
            f"{GSC} export “Top linking sites” or “Latest links” under Links instead"
        )
    known = max(SIGNATURES, key=lambda signature: _shared(headers, signature))
    nearest = known if _shared(headers, known) else shaped
    if nearest is None:
        return ""
    wanted = ", ".join(f"“{group[0]}”" for group in nearest.marks)
    return (
        f"is nearest to {nearest.tool}’s {nearest.kind.value.replace('_', ' ')}, which has the "
        f"columns {wanted}"
    )


def _shared(headers: set[str], signature: Signature) -> float:
    """Return the share of a report's marks that are present."""
    there = sum(bool(headers.intersection(group)) for group in signature.marks)
    return there / len(signature.marks)
