"""`make bench`: every measured claim, each beside its peer in the same run.

`python -m benchmarks NAME …` runs some of them; each file here has a `main`.
"""

import sys
from importlib import import_module
from pathlib import Path

NAMES = sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))


def main() -> None:
    for name in sys.argv[1:] or NAMES:
        print(f"\n== {name}", flush=True)
        import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
