"""How many prospects are listed, how many of them are proven absent, and how many link to us.

Runs the worked example at each index that can be asked who links to us, on its contract server; the
true answer is read from the server's world.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

import pytest

from bot.model.report import Absence, Report

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from fakes.servers.dataforseo_server import DataForSeoServer
from fakes.servers.majestic_server import MajesticServer
from fakes.servers.moz_server import MozServer
from fakes.servers.semrush_server import SemrushServer
from fakes.worlds.ahrefs_world import OWN_SITE, worked_example_world
from support.runs import desk
from support.vendors import dataforseo_vendor, majestic_vendor, moz_vendor, semrush_vendor


async def reports() -> dict[str, Report]:
    """Return each index's answer, all for the same search results."""
    asked = f"site:{OWN_SITE} gates:no serp:ahrefs via:"
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        async with (
            desk(patch, Path(folder)) as here,
            MajesticServer() as majestic,
            MozServer() as moz,
            DataForSeoServer() as dfs,
            SemrushServer() as semrush,
        ):
            place = (patch, Path(folder))
            here.others = (
                majestic_vendor.configured(
                    *place, api_key=majestic.key, base_url=majestic.base_url
                ),
                moz_vendor.configured(*place, token=moz.key, base_url=moz.base_url),
                dataforseo_vendor.configured(
                    *place, base_url=dfs.base_url, login=dfs.login, password=dfs.password
                ),
            )
            names = [here.vendor.name, *(one.name for one in here.others)]
            found = {name: await here.ask(asked + name, run=name) for name in names}
            for version, one in {
                "semrush v3": semrush_vendor.configured(
                    *place, base_url=semrush.base_url, key=semrush.key
                ),
                "semrush v4": semrush_vendor.configured(
                    *place, base_url=semrush.base_url, key=None, v4_key=semrush.v4_key
                ),
            }.items():
                here.others = (one,)
                found[version] = await here.ask(asked + one.name, run=version)
            return found


def main() -> None:
    rows = worked_example_world().refdomains(OWN_SITE, "subdomains")
    ours = {row["root_domain_name"] for row in rows}
    print(f"{'index':<12}{'listed':>8}{'proven':>8}{'link to us':>12}{'unchecked':>11}")
    for name, report in asyncio.run(reports()).items():
        proven = sum(one.absence is Absence.PROVEN for one in report.prospects)
        linking = sum(one.domain in ours for one in report.prospects)
        listed, open_ = len(report.prospects), len(report.unproven)
        print(f"{name:<12}{listed:>8}{proven:>8}{linking:>12}{open_:>11}")


if __name__ == "__main__":
    main()
