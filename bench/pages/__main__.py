"""`python -m bench.pages [--rounds N] [--only PART]`: every page cold and warm.

With `--url`, `--user` and `--password` on a platform that runs already, else on a demonstration of
its own. Cold is a browser that has fetched nothing yet; warm is the same browser on its second
visit. A page is ready when its main content is there and nothing in view is still being fetched.
Each figure is the median of the rounds; `×` is how many times the median page it takes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.platform.door import installation

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Visit:
    """What one visit took, or the median of several."""

    ms: float
    kilobytes: float
    requests: float


@dataclass(frozen=True)
class Page:
    path: str
    cold: Visit
    warm: Visit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="pages whose address holds this")
    parser.add_argument("--url", help="a platform that runs already")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    given = parser.parse_args()
    if given.url:
        _print(_measure(given.url, given.user, given.password, given))
        return
    with installation(demo=True) as door:
        started = door.platform
        _print(_measure(started.url, started.user_name, started.password, given))


def _measure(url: str, user: str, password: str, given: argparse.Namespace) -> list[Page]:
    said = subprocess.run(
        [ROOT / "tools" / "node", "node", Path(__file__).with_name("pages.mjs")],
        env={
            **os.environ,
            "WARDROUND_JOURNEY_URL": url,
            "WARDROUND_JOURNEY_USER": user,
            "WARDROUND_JOURNEY_PASSWORD": password,
            "WARDROUND_JOURNEY_ONLY": given.only,
            "PAGES_ROUNDS": str(given.rounds),
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    visits: dict[str, dict[str, list[Mapping[str, float]]]] = {}
    for line in said.stdout.decode().splitlines():
        visit = json.loads(line)
        visits.setdefault(visit["path"], {}).setdefault(visit["kind"], []).append(visit)
    return [
        Page(path, _median(found["cold"]), _median(found["warm"])) for path, found in visits.items()
    ]


def _median(visits: Iterable[Mapping[str, float]]) -> Visit:
    several = list(visits)
    return Visit(
        *(statistics.median(visit[name] for visit in several) for name in Visit.__annotations__)
    )


def _print(pages: list[Page]) -> None:
    usual = statistics.median(page.cold.ms for page in pages)
    usual_warm = statistics.median(page.warm.ms for page in pages)
    print(f"{'':44} {'cold':^31} {'warm':^31}")
    head = f"{'ms':>7} {'×':>5} {'kB':>7} {'asked':>8}"
    print(f"{'page':44} {head}  {head}")
    for page in sorted(pages, key=lambda page: -page.cold.ms):
        print(f"{page.path[:44]:44} {_told(page.cold, usual)}  {_told(page.warm, usual_warm)}")
    print(f"median page: cold {usual:.0f} ms, warm {usual_warm:.0f} ms, of {len(pages)}")


def _told(visit: Visit, usual: float) -> str:
    times = visit.ms / usual
    return f"{visit.ms:7.0f} {times:5.2f} {visit.kilobytes:7.0f} {visit.requests:8.0f}"


if __name__ == "__main__":
    main()
