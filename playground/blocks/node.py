"""One place inside a message or a view: its value, its JSON pointer, and the list of faults."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """What Slack would refuse, and the JSON pointer to it."""

    pointer: str
    message: str

    def __str__(self) -> str:
        """Return it as Slack writes it in response_metadata.messages."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


class Node:
    """A value being checked. Every check reports into the same list of faults."""

    def __init__(self, value: object, pointer: str, faults: list[Fault]) -> None:
        self.value: Any = value
        self.pointer = pointer
        self.faults = faults

    def fault(self, message: str) -> None:
        """Report a fault at this place."""
        self.faults.append(Fault(self.pointer, message))

    def has(self, key: str) -> bool:
        """Say whether the field is there; Slack reads an explicit null as absent."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def get(self, key: str) -> Any:
        """Return the raw field, None when absent."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def child(self, key: str | int) -> "Node":
        """Go to a field or an item that is known to exist."""
        return Node(self.value[key], f"{self.pointer}/{key}", self.faults)

    def require(self, key: str) -> bool:
        """Report a missing field; say whether it is there."""
        if not self.has(key):
            self.fault(f"missing required field: {key}")
        return self.has(key)

    def is_object(self) -> bool:
        """Report a value that is not a JSON object."""
        if not isinstance(self.value, dict):
            self.fault("must be an object")
        return isinstance(self.value, dict)

    def only(self, *keys: str) -> None:
        """Report every field that Slack does not know here."""
        for key in self.value:
            if key not in keys:
                self.fault(f"invalid additional property: {key}")

    def string(self, key: str, most: int | None = None, *, required: bool = False) -> str | None:
        """Check a string field: not empty, at most `most` characters."""
        if not (self.require(key) if required else self.has(key)):
            return None
        node = self.child(key)
        if not isinstance(node.value, str):
            node.fault("must be a string")
            return None
        if not node.value:
            node.fault("must be more than 0 characters")
        if most is not None and len(node.value) > most:
            node.fault(f"must be less than {most + 1} characters")
        return node.value

    def flag(self, key: str) -> None:
        """Check an optional boolean."""
        if self.has(key) and not isinstance(self.get(key), bool):
            self.child(key).fault("must be a boolean")

    def whole(self, key: str, least: int, most: int | None = None) -> None:
        """Check an optional integer within bounds."""
        if not self.has(key):
            return
        value = self.get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            self.child(key).fault("must be an integer")
        elif value < least or (most is not None and value > most):
            self.child(key).fault(f"must be between {least} and {most}")

    def one_of(self, key: str, allowed: Collection[str], *, required: bool = False) -> str | None:
        """Check a string that must be one of a few words."""
        value = self.string(key, required=required)
        if value is not None and value not in allowed:
            self.child(key).fault(f"must be one of: {', '.join(sorted(allowed))}")
            return None
        return value

    def items(self, key: str, least: int, most: int) -> Iterator["Node"]:
        """Yield the items of a required array with an allowed number of items."""
        if not self.require(key):
            return
        node = self.child(key)
        if not isinstance(node.value, list):
            node.fault("must be an array")
            return
        if len(node.value) < least:
            node.fault(f"no less than {least} items allowed")
        if len(node.value) > most:
            node.fault(f"no more than {most} items allowed")
        for index in range(len(node.value)):
            yield node.child(index)

    def optional(self, key: str, check: Callable[["Node"], None]) -> None:
        """Check a field if it is there."""
        if self.has(key):
            check(self.child(key))
