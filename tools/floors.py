"""Draw the floors of docs/architecture.md from the table in CONTRIBUTING.md.

Run this file to draw them; a test compares, and another holds the table against the imports.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # when run as a file
from tools.doc_tables import between

ROOT = Path(__file__).parents[1]
PAGE, TABLE = ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md"


def floors() -> list[tuple[str, ...]]:
    """Return the folders of each floor, from the top down."""
    table = TABLE.read_text("utf-8").split("| Floor |")[1].split("\n\n")[0]
    return [tuple(re.findall(r"`([^`]+)`", row.split("|")[2])) for row in table.splitlines()[2:]]


def picture() -> str:
    """Return the floors as a Mermaid diagram."""
    drawn = list(zip(range(len(floors()) - 1, -1, -1), floors(), strict=True))
    boxes = [f'    f{number}["{number}: {" · ".join(rooms)}"]' for number, rooms in drawn]
    stairs = " --> ".join(f"f{number}" for number, _ in drawn)
    return "\n".join(["```mermaid", "flowchart TD", *boxes, f"    {stairs}", "```"])


def page(text: str) -> str:
    """Return the page with its picture up to date."""
    return between(text, "floors", picture())


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
