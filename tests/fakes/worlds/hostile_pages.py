"""Pages of any size, each built to be slow for one part of the page parser."""

from collections.abc import Callable


def _filled(piece: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """Return a function that builds a page by repeating a piece as often as the size allows."""

    def page(size: int) -> str:
        times = max(1, (size - len(before) - len(after)) // len(piece))
        return f"<title>How to</title><p>Words.</p>{before}{piece * times}{after}"

    return page


def _numbered(piece: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """Return the same with pieces that all differ: each `#` becomes a number."""

    def page(size: int) -> str:
        times = max(1, (size - len(before)) // (len(piece) + 4))
        body = "".join(piece.replace("#", str(number)) for number in range(times))
        return f"<title>How to</title><p>Words.</p>{before}{body}{after}"

    return page


_LD = '<script type="application/ld+json">'
_ARTICLES = '{"@type":"Article","author":{"@id":"#"}},{"@id":"#","@type":"Person"},'
_EMPTY = "<i></i>"
PAGES: dict[str, Callable[[int], str]] = {
    "a comment mark and blanks in JSON-LD": _filled(" ", f"{_LD}{{}} -->", "x</script>"),
    "comment marks in JSON-LD": _filled("--> ", _LD, "x</script>"),
    "digits": _filled("1", "<p>"),
    "digits and commas": _filled("1,", "<p>"),
    "digits and blanks": _filled("1 ", "<p>"),
    "commas": _filled(",", "<p>"),
    "dots": _filled(".", "<p>"),
    "letters and dots": _filled("a.", "<p>"),
    "a noscript with a long word": _filled("a", "<noscript>enable ", "</noscript>"),
    "noscripts with long words": _filled("attiva", "<noscript>", "</noscript>"),
    "options": _filled("<option>x", "<select>"),
    "options that close": _filled("<option value=1>a</option>", "<select>"),
    "signs of e-mail": _filled("@", "<p>"),
    "half addresses": _filled("a@b.", "<p>"),
    "spelt addresses": _filled("a.b [at] c ", "<p>"),
    "dates": _filled("<p>12.12.2012 and 3 May 2011</p>"),
    "half dates": _filled("3 May 12 ", "<p>"),
    "bylines": _filled('<a class="author byline" rel=author href=/author/x>By Ada B</a>'),
    "lines that are bylines": _filled("<p>By A a A a</p>"),
    "authors that are the firm": _filled(
        '{"@type":"Article","author":{"name":"Firm"}},', f"{_LD}[", "0]</script>"
    ),
    "authors elsewhere": _numbered(_ARTICLES, f"{_LD}[", "0]</script>"),
    "types without end": _numbered(
        '"A#",', f'{_LD}{{"@type":[', '"Article"],"a":[' + '{"@type":"B"},' * 5000 + "0]}</script>"
    ),
    "lists in lists in JSON-LD": lambda size: (
        f"<p>x{_LD}" + ('{"a":' + "[" * 400 + "]" * 400 + "}</script>" + _LD) * (size // 900)
    ),
    "nesting": _filled("<div>"),
    "nesting of formats": _numbered("<font color=#><p>x"),
    "open formats": _filled("<p>x", "".join(f"<font color={n}>" for n in range(1500))),
    "headings in headings": _filled(_EMPTY, "<h2><div>" * 900),
    "posts in posts": _filled(_EMPTY, "word <div class=post>" * 1900),
    "times in depth": _filled("<time class=x>", "<div>" * 100),
    "links in tables in links": _filled(_EMPTY, "<a href=/x><table><tr><td>" * 450),
    "attributes": _numbered("a#=1 ", "<p ", ">x"),
    "tags with many attributes": _filled("<p " + " ".join(f"a{n}" for n in range(230)) + ">"),
    "attributes of bodies": _numbered("<body a#>"),
    "headings": _filled("<h2>Heading text here</h2>"),
    "links": _filled("<a href=/about>About us now</a>"),
    "a long base and links": _filled(
        "<a href=y>z</a>", "<base href='http://a.example/" + "b" * 50_000 + "/'>"
    ),
    "entities": _filled("&amp;&lt;&nbsp;", "<p>"),
    "half entities": _filled("&", "<p>"),
    "blanks": _filled(" ", "<p>a", "b</p>"),
    "blank paragraphs": _filled("<p>" + " " * 200 + "</p>"),
    "loose blanks": _filled("<div>" + " " * 200 + "</div>"),
    "comparisons in scripts": _filled("if(i<n&&a<b){}\n", "<script>", "</script>"),
    "open SVG": _filled('<path d="M0 0">', "<svg>", "</svg>"),
    "SVG that is open and closed by others": _filled("<g></x>", "<svg>"),
    "SVG titles": _filled("<svg><title><div>"),
    "paragraphs": _filled("<p>"),
    "classes": _numbered("<div class='item post review #'>x</div>"),
    "prices": _filled("<p>$1.00 1,000 EUR"),
    "questions": _filled("<h2>How to</h2>"),
    "pictures": _filled("<a href=/x><img alt=x></a>"),
    "fields": _filled("<input type=number><button>x</button>"),
    "steps": _filled("<ol><li>word word", "<div class=item>"),
    "text": _filled("Plain words of no great interest. ", "<p>"),
}  # fmt: skip
"""Page builders, by what their pages are full of."""
