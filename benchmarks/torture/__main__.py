"""`make torture`: attacks the real `linkgap serve` and says what it survived.

`python -m benchmarks.torture NAME …` runs some of the attacks; each is a file here with `attack`
and its deadline, `SECONDS`. The exit code is 1 when something was not survived. All deadlines
together are ten minutes at most. Where other work slows the machine, an ack may take as many times
longer; the table says how many. Nothing leaves this machine, and no process outlives its attack.
"""

import asyncio
import json
import signal
import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.torture import processes
from benchmarks.torture.tally import SLOWER, NotTried, Tally

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))  # the fakes

GOODBYE_S, SAMPLE_S = 10, 0.3
HELPERS = {"hostile_vendor", "memory", "processes", "stage", "tally", "web", "wire"}
NAMES = sorted({file.stem for file in Path(__file__).parent.glob("[a-z]*.py")} - HELPERS)


def main() -> None:
    if sys.argv[1:2] == ["--inside"]:
        inside(sys.argv[2], Path(sys.argv[3]))
        return
    names = sys.argv[1:] or NAMES
    if unknown := set(names) - set(NAMES):
        sys.exit(f"There is no attack {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
    print(f"{'attack':10} {'survived':>12} {'seconds':>8} {'slowed':>7}  what it is", flush=True)
    whole = [asyncio.run(attacked(name)) for name in names]
    print("everything was survived" if all(whole) else "SOMETHING WAS NOT SURVIVED")
    sys.exit(0 if all(whole) else 1)


def how_busy() -> float:
    """Return how long work takes here and now, in times of what it takes alone; at least 1."""
    began, worked = perf_counter(), process_time()
    while process_time() - worked < SAMPLE_S:
        pass
    return max(1.0, (perf_counter() - began) / SAMPLE_S)


async def attacked(name: str) -> bool:
    """Run one attack in a process of its own, print its line, and end all that it started."""
    module = import_module(f"benchmarks.torture.{name}")
    slower = how_busy()
    began = perf_counter()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.torture", "--inside", name, folder),
            env=processes.marked() | {SLOWER: str(slower)},
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), module.SECONDS)
        except TimeoutError:
            process.send_signal(signal.SIGINT)  # it ends what it began, such as a mount
            said = b""
            with suppress(TimeoutError):
                said, _ = await asyncio.wait_for(process.communicate(), GOODBYE_S)
        seconds = perf_counter() - began
        left = processes.end_all()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        told: dict[str, Any] = json.loads(said or '{"faults": ["the attack itself broke off"]}')
        if left and process.returncode == 0:
            told["faults"].append(f"{left} processes were left behind")
    faults = told.get("faults", [])
    score = (told.get("not tried") and "not tried") or _score(told)
    what = (module.__doc__ or "").strip()
    print(f"{name:10} {score:>12} {seconds:8.1f} {slower:6.1f}×  {what}")
    for line in faults or filter(None, [told.get("not tried")]):
        print(f"{'':41} {line}")
    sys.stdout.flush()
    return not faults


def _score(told: dict[str, Any]) -> str:
    return f"{told['survived']} of {told['tried']}" if "tried" in told else "no"


def inside(name: str, folder: Path) -> None:
    """Be the attack: run it and print what it counted as JSON."""
    tally, told = Tally(), {}
    try:
        asyncio.run(import_module(f"benchmarks.torture.{name}").attack(tally, folder))
    except NotTried as reason:
        told = {"not tried": str(reason)}
    except KeyboardInterrupt:
        tally.faults.append("it was not over at its deadline")
    print(json.dumps(vars(tally) | told))


if __name__ == "__main__":
    main()
