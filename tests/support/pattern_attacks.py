"""All regular expressions of the code, and texts built to keep each busy as long as possible."""

import ast
import importlib
import pkgutil
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from re import _constants as op
from re import _parser as parser
from time import thread_time
from types import ModuleType

# The time limit of each of our patterns: 50 ms for 100 kB.
ALLOWED = 50e-3 / 100_000
_SIZE, _LARGE = 2_000, 4_000
# A pattern that doubles with each letter must be caught before it hangs the test.
_LADDER = (20, 26, 100, 300)
_FIRST = 1e-3
_MOST_PUMPS = 8
_KNOWN, _KNOWN_TEXT, _KNOWN_COST = re.compile(r"(?:a1|b)c|\d"), "a1 " * 4_000, 1.4e-3
_DEEPEST = 5
_PLAIN = (str, bytes, int, float, type(None))
_FAMILIES = (
    *("1", "1,", "1 ", "1-", " ", "\n", "<", "<a ", "@", "a@", "a.", "-", ".", ",", "a", "A a "),
    *("я ", "日", "“", '"', "(", "/", "/a", "a=", "*", "| ", "$1"),
)
_SAMPLES = ("a", " ", "1", "A", "-", ".", "<", "\n", "я")
_CATEGORIES = {
    op.CATEGORY_DIGIT: "1",
    op.CATEGORY_NOT_DIGIT: "a ",
    op.CATEGORY_SPACE: " \n",
    op.CATEGORY_NOT_SPACE: "a1.",
    op.CATEGORY_WORD: "a1_",
    op.CATEGORY_NOT_WORD: " .",
}
_ENDS = ("", "\x00")

AnyPattern = re.Pattern[str] | re.Pattern[bytes]


def modules(*packages: str) -> Iterator[ModuleType]:
    """Import and yield every module of some packages."""
    for name in packages:
        package = importlib.import_module(name)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            yield importlib.import_module(found.name)


def patterns_of(module: ModuleType) -> dict[str, AnyPattern]:
    """Return every pattern that a module holds: by itself, in containers, objects and classes."""
    home = module.__name__
    return {
        place: pattern
        for name, value in vars(module).items()
        for place, pattern in _inside(value, f"{home}.{name}", home, 0)
    }


def _inside(value: object, place: str, home: str, depth: int) -> Iterator[tuple[str, AnyPattern]]:
    if isinstance(value, _PLAIN):
        return
    if isinstance(value, re.Pattern):
        yield place, value
    elif depth <= _DEEPEST:
        for name, each in _contents(value, home):
            yield from _inside(each, f"{place}{name}", home, depth + 1)


def _contents(value: object, home: str) -> Iterator[tuple[str, object]]:
    """Yield what a container, an object of ours or a class of the module holds."""
    if isinstance(value, Mapping):
        yield from ((f"[{key!r}]", each) for key, each in value.items())
    elif isinstance(value, tuple | list | set | frozenset):
        yield from ((f"[{number}]", each) for number, each in enumerate(value))
    elif isinstance(value, type):
        if value.__module__ == home:
            yield from ((f".{name}", each) for name, each in vars(value).items())
    elif type(value).__module__.split(".", 1)[0] == home.split(".", 1)[0]:
        names = [*getattr(type(value), "__slots__", ()), *getattr(value, "__dict__", ())]
        yield from ((f".{name}", getattr(value, name, None)) for name in names)


def strays(source: str, known: Iterable[str | bytes], makers: frozenset[str]) -> Iterator[str]:
    """Yield where a source uses a pattern that the walk over its module cannot have seen.

    `makers` are the functions that compile patterns stored by their module.
    """
    stored = set(known)
    tree = ast.parse(source)
    late = {
        inner
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        if function.name not in makers
        for inner in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("re", "regex"):
            yield f"line {node.lineno}: import re, not from it"
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        if not (isinstance(owner, ast.Name) and owner.id in ("re", "regex")):
            continue
        if node.func.attr == "compile":
            text = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
            if node in late or (text is not None and text not in stored):
                yield f"line {node.lineno}: a pattern that no module keeps"
        elif node.func.attr != "escape":
            yield f"line {node.lineno}: re.{node.func.attr} with a pattern that no module keeps"


def verdict(pattern: AnyPattern, longest: int | None = None) -> str | None:
    """Return the text for which a pattern takes too long, or None.

    `longest` is the length of the longest text that the pattern is ever given.
    """
    most = _SIZE if longest is None else min(longest, _SIZE)
    sizes = [*(size for size in _LADDER if size < most), most]
    for pump in dict.fromkeys(_pumps(pattern)):
        for size in sizes:
            limit = max(_FIRST, ALLOWED * size)
            if _slow(pattern, pump, size, limit):
                return f"{pump[0][:30]!r} + {pump[1][:30]!r} × {size} + {pump[2]!r}"
    return None


def _slow(pattern: AnyPattern, pump: tuple[str, str, str], size: int, limit: float) -> bool:
    text = _text(pump, size, pattern)
    if _cost(pattern, text) <= limit:
        return False
    # A busy or slow machine proves nothing: try again beside a known pattern, and then with twice
    # the size.
    if min(_cost(pattern, text) for _ in range(5)) <= limit * _slowdown():
        return False
    if size < _SIZE:
        return True
    large = _text(pump, _LARGE, pattern)
    return min(_cost(pattern, large) for _ in range(5)) > ALLOWED * _LARGE * _slowdown()


def _slowdown() -> float:
    """Return how much longer a known pattern takes now than where the limit was set."""
    now = min(_cost(_KNOWN, _KNOWN_TEXT) for _ in range(5))
    return max(1.0, now / _KNOWN_COST)


def _text(pump: tuple[str, str, str], size: int, pattern: AnyPattern) -> str | bytes:
    before, again, end = pump
    text = before + again * (max(1, size - len(before)) // len(again)) + end
    return text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text


def _cost(pattern: AnyPattern, text: str | bytes) -> float:
    start = thread_time()
    # Consumed without a Python loop: for a pattern that matches nothing at each letter, the loop
    # would be the slow part, and coverage makes it slower still.
    deque(pattern.finditer(text), maxlen=0)
    return thread_time() - start


def _pumps(pattern: AnyPattern) -> Iterator[tuple[str, str, str]]:
    """Yield (before, repeated part, after): of all families, and of the pattern's own parts."""
    for family in _FAMILIES:
        yield "", family, ""
    said = pattern.pattern
    text = said if isinstance(said, str) else said.decode("latin-1")
    tree = parser.parse(text, pattern.flags & ~re.UNICODE if isinstance(said, bytes) else 0)
    whole = _sample(tree)
    if whole:
        yield "", whole, ""
        yield "", whole[:-1] or whole, ""
        yield "", whole + " ", ""
        yield "", whole[:-1] + "\x00", ""
    parts = dict.fromkeys(_parts(tree, ""))
    for before, again in list(parts)[:_MOST_PUMPS]:
        for end in _ENDS:
            yield before, again, end
        if before:
            yield "", before + again * 40, ""
            yield "", before + again, ""


def _parts(tree: Iterable[tuple[object, object]], before: str) -> Iterator[tuple[str, str]]:
    """Yield each repeat of a pattern: what precedes it, and what it repeats."""
    for code, value in tree:
        for inner in _inner(code, value):
            yield from _parts(inner, before)
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) and value[1] > 1:
            body = value[2]
            for again in _variants(body):
                yield before, again
        before += _one(code, value)


def _inner(code: object, value: object) -> Iterator[Iterable[tuple[object, object]]]:
    if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        yield value[2]
    elif code is op.SUBPATTERN:
        yield value[3]
    elif code is op.ATOMIC_GROUP:
        yield value
    elif code in (op.ASSERT, op.ASSERT_NOT):
        yield value[1]
    elif code is op.BRANCH:
        yield from value[1]


def _variants(body: Iterable[tuple[object, object]]) -> Iterator[str]:
    parts = list(body)
    if len(parts) == 1 and parts[0][0] is op.IN:
        yield from dict.fromkeys(_letters(parts[0][1]))
    elif len(parts) == 1 and parts[0][0] is op.ANY:
        yield from ("a", " ", "1")
    elif sample := _sample(parts):
        yield sample


def _sample(tree: Iterable[tuple[object, object]]) -> str:
    return "".join(_one(code, value) for code, value in tree)


def _one(code: object, value: object) -> str:
    """Return a short text that one part of a pattern matches."""
    if code is op.LITERAL:
        return chr(value)
    if code in (op.NOT_LITERAL, op.ANY):
        return next(each for each in _SAMPLES if each != chr(value or 0))
    if code is op.IN:
        return next(iter(_letters(value)), "a")
    return _of_parts(code, value)


def _of_parts(code: object, value: object) -> str:
    if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return _sample(value[2]) * max(value[0], 1)
    if code is op.BRANCH:
        return _sample(value[1][0])
    if code in (op.SUBPATTERN, op.ATOMIC_GROUP):
        return _sample(value[3] if code is op.SUBPATTERN else value)
    return ""


def _letters(items: list[tuple[object, object]]) -> list[str]:
    """Return a few characters of a set."""
    if items[0][0] is op.NEGATE:
        barred = set("".join(_named(items[1:])))
        return [each for each in _SAMPLES if each not in barred][:5]
    return _named(items)[:6]


def _named(items: list[tuple[object, object]]) -> list[str]:
    found: list[str] = []
    for code, value in items:
        if code is op.LITERAL:
            found.append(chr(value))
        elif code is op.RANGE:
            found += [chr(value[0]), chr(value[1])]
        elif code is op.CATEGORY:
            found += _CATEGORIES.get(value, "")
    return found
