"""`python -m bench.cmdb.pictures [--rounds N] [--keep-shots FOLDER]`: pictures in Chromium.

On platforms of their own, signed in, with a warm server, from the navigation until all is drawn:
a service model of 300 places, and the unified view of 5,000 items and of 5,000 systems. `warm` is
a browser that has the program already, `cold` one that fetches it first. Beside each the yardsticks
of the same round: a plain page of the same platform (one item's) and the same number of boxes
drawn by a page without any program. Takes some three minutes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.cmdb.hospital import Hospital, Shape, fill
from bench.cmdb.own_database import set_up
from bench.platform.door import Door, installation
from wardround.site.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
PLACES, CALLS_TOLD, WARMING_SECONDS = 300, 6, 120
MODEL_GOAL_MS, OVERVIEW_GOAL_MS = 1_500, 5_000


MODEL = Shape(
    layers=(
        ("business-system", 1), ("application", 70), ("database", 60), ("virtual-machine", 70),
        ("host", 60), ("storage", 20), ("switch", 19),
    ),
    near=(
        ("business-system", "application", 700, 70, "uses"),
        ("application", "database", 1, 0, "uses"),
        ("application", "database", 1, 3, "uses"),
        ("application", "virtual-machine", 1, 0, "runs-on"),
        ("application", "virtual-machine", 2, 3, "runs-on"),
        ("database", "virtual-machine", 2, 2, "runs-on"),
        ("virtual-machine", "host", 1, 0, "hosted-on"),
        ("virtual-machine", "host", 1, 2, "hosted-on"),
        ("host", "storage", 1, 0, "stored-on"),
        ("host", "switch", 1, 0, "connects"),
        ("host", "switch", 1, 1, "connects"),
    ),
    relations=0,
)  # fmt: skip
"""A system and what it stands on: `PLACES` items, of which no ten look alike."""
HOUSE = Shape(
    layers=(
        ("business-system", 120), ("application", 480), ("database", 120),
        ("virtual-machine", 800), ("host", 120), ("storage", 20), ("switch", 200),
        ("terminal", 3_140),
    ),
    near=(
        ("business-system", "application", 6, 8, "uses"),
        ("application", "database", 1, 2, "uses"),
        ("application", "virtual-machine", 2, 3, "runs-on"),
        ("virtual-machine", "host", 1, 1, "hosted-on"),
        ("host", "storage", 1, 0, "stored-on"),
        ("host", "switch", 2, 1, "connects"),
        ("terminal", "switch", 1, 0, "connects"),
    ),
    relations=0,
)  # fmt: skip
"""5,000 items of every layer, 120 of them systems."""
SYSTEMS = Shape(
    layers=(("business-system", 5_000), ("host", 400)),
    near=(("business-system", "host", 1, 0, "runs-on"),),
    relations=0,
)
"""5,000 systems: every one of them is a tile of the overview."""


@dataclass(frozen=True)
class Asked:
    """One page, and when all of it is drawn."""

    title: str
    path: str
    drawn: str
    """What is drawn so often, as a selector."""
    places: int
    goal: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cmdb.pictures", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep-shots", default="", help="a folder for a picture of each page")
    given = parser.parse_args()
    if given.keep_shots:
        Path(given.keep_shots).mkdir(parents=True, exist_ok=True)
    for shape, zoned, title in (
        (MODEL, False, "model"),
        (HOUSE, True, "5,000 items"),
        (SYSTEMS, True, "5,000 systems"),
    ):
        with installation(demo=False) as door:
            hospital = _filled(door, shape, zoned=zoned)
            asked = _overview(title, shape) if zoned else _model(hospital, shape)
            _warm(door, hospital, asked)
            plain = Asked("one item's page", f"/items/{hospital.layers['host'][0]}", "main", 1, 0)
            _tell(asked, plain, _measured(door, [asked, plain], given))


def _model(hospital: Hospital, shape: Shape) -> Asked:
    path = f"/items/{hospital.systems[0]}?tab=graph"
    title = f"a service model of {shape.items} places"
    return Asked(title, path, "[data-node]", shape.items, MODEL_GOAL_MS)


def _overview(title: str, shape: Shape) -> Asked:
    systems = len(shape.places["business-system"])
    said = f"the unified view of {title}"
    return Asked(said, "/unified-view", "[data-system]", systems, OVERVIEW_GOAL_MS)


def _filled(door: Door, shape: Shape, *, zoned: bool) -> Hospital:
    """Written into the database of a platform that runs, by a process that has known no other."""
    url = EmbeddedPostgres(door.platform.folder).url
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_fill, url, str(door.platform.folder), shape, zoned).result()


def _fill(url: str, folder: str, shape: Shape, zoned: bool) -> Hospital:  # noqa: FBT001
    os.environ |= {"WARDROUND_DATABASE_URL": url, "WARDROUND_DATA": folder}
    set_up()
    from bench.cmdb.__main__ import write_serving  # noqa: PLC0415  # Django is set up now
    from bench.cmdb.views import make_zones  # noqa: PLC0415

    hospital = fill(shape)
    if zoned:
        make_zones()
    write_serving()
    return hospital


def _warm(door: Door, hospital: Hospital, asked: Asked) -> None:
    """What a server that has been asked before holds already; and that what is drawn is there."""
    door.client.timeout = httpx.Timeout(WARMING_SECONDS)
    for turn in range(3):
        began = time.perf_counter()
        door.get("/unified-view")
        if turn == 0:
            print(
                f"asked for the first time, the unified view: {time.perf_counter() - began:.1f} s"
            )
        model = door.get(f"/systems/{hospital.systems[0]}/model")
    if asked.drawn == "[data-node]" and len(model["nodes"]) != asked.places:
        message = f"the model has {len(model['nodes'])} places, not {asked.places}"
        raise ValueError(message)


def _measured(door: Door, pages: list[Asked], given: argparse.Namespace) -> list[Mapping[str, Any]]:
    """Every visit, as `pictures.mjs` tells it."""
    told = [{"path": page.path, "drawn": page.drawn, "places": page.places} for page in pages]
    said = subprocess.run(
        [ROOT / "tools" / "node", "node", Path(__file__).with_suffix(".mjs")],
        env={
            **os.environ,
            "WARDROUND_JOURNEY_URL": door.platform.url,
            "WARDROUND_JOURNEY_USER": door.platform.user_name,
            "WARDROUND_JOURNEY_PASSWORD": door.platform.password,
            "PICTURES_PAGES": json.dumps(told),
            "PICTURES_ROUNDS": str(given.rounds),
            "PICTURES_SHOTS": given.keep_shots,
            "PICTURES_WEB": str(door.platform.pids()["web"]),
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    return [json.loads(line) for line in said.stdout.decode().splitlines()]


def _slowest(visits: list[Mapping[str, Any]], path: str) -> list[tuple[str, float]]:
    """The calls of the warm page that took longest, as medians of the rounds."""
    spans: dict[str, list[tuple[float, float]]] = {}
    for visit in visits:
        if (visit["path"], visit["kind"]) == (path, "warm"):
            for call, begun, took in visit["calls"]:
                spans.setdefault(call, []).append((took, begun))
    found = [
        (f"{call}, asked at {statistics.median(begun for _took, begun in each):.0f}",
         statistics.median(took for took, _begun in each))
        for call, each in spans.items()
    ]  # fmt: skip
    return sorted(found, key=lambda each: -each[1])[:CALLS_TOLD]


def _tell(asked: Asked, plain: Asked, visits: list[Mapping[str, Any]]) -> None:
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(f"{asked.title} (goal {asked.goal:,} ms; {load:.1f} programs for each processor)")
    for page, kind in ((asked, "warm"), (asked, "cold"), (plain, "warm")):
        found = [each for each in visits if (each["path"], each["kind"]) == (page.path, kind)]
        took = sorted(each["ms"] for each in found)
        answers = statistics.median(each["answered"] for each in found)
        busy, web = (statistics.median(each[name] for each in found) for name in ("busy", "web"))
        over = "" if not page.goal or took[-1] <= page.goal else "   over the goal"
        named = "" if page is asked else f", {plain.title}"
        print(f"  {kind + named:22} p50 {statistics.median(took):6.0f} ms   most {took[-1]:6.0f} ms"
              f"   last answer after {answers:6.0f} ms; processor: page {busy:6.0f} ms, web"
              f" process {web:6.0f} ms{over}")  # fmt: skip
    for name, ms in _slowest(visits, asked.path):
        print(f"    {ms:6.0f} ms  {name}")
    bare = statistics.median(each["ms"] for each in visits if each["kind"] == "bare")
    said = f"{asked.places:,} plain boxes and as many lines, without a program"
    print(f"  {said}: p50 {bare:.0f} ms", flush=True)


if __name__ == "__main__":
    main()
