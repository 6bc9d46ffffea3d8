"""The part of the vendor's filter language (`where`) that the fake server supports."""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "prefix": str.startswith,
    "suffix": str.endswith,
    "substring": operator.contains,
    "regex": lambda value, pattern: re.search(pattern, value) is not None,
}


class Malformed(Exception):
    """The filter is not valid."""


def columns_of(expression: Any) -> set[str]:
    """Return the columns a filter names; raises `Malformed`."""
    match expression:
        case {"and": [*parts]} | {"or": [*parts]} if len(expression) == 1:
            return set().union(*(columns_of(part) for part in parts))
        case {"not": part} if len(expression) == 1:
            return columns_of(part)
        case {"field": str(name), "is": "is_null" | "empty"}:
            return {name}
        case {"field": str(name), "is": [str(test), _]} if test in _TESTS:
            return {name}
    raise Malformed(str(expression)[:200])


def holds(expression: Any, row: Mapping[str, Any]) -> bool:
    """Say whether a row passes a filter that `columns_of` has accepted."""
    match expression:
        case {"and": parts}:
            return all(holds(part, row) for part in parts)
        case {"or": parts}:
            return any(holds(part, row) for part in parts)
        case {"not": part}:
            return not holds(part, row)
        case {"field": name, "is": "is_null"}:
            return row[name] is None
        case {"field": name, "is": "empty"}:
            return not row[name]
        case {"field": name, "is": [test, value]}:
            return row[name] is not None and _TESTS[test](row[name], value)
    raise Malformed(str(expression)[:200])
