"""A collector in small: feeds scrapes to a detector and says so, until it is killed.

Every scrape is a function of its number, so that each start goes on where the last one died.
Run as `python -m tests.alerts.feeder FIRST LAST TARGET=ITEM …`, with the database in the
environment.
"""

from __future__ import annotations

import os
import sys
from uuid import UUID

START, EVERY = 1_772_000_000, 10


def free(target: int, number: int) -> float | None:
    """Bad for four scrapes out of eight, dark now and then; every target a little later."""
    phase = (number + target) % 8
    if (number + target) % 16 == 13:
        return None
    return 5.0 if phase < 4 else 50.0


def episodes(target: int, last: int) -> int:
    """How often the disk became low: by the same rule, read plainly."""
    began, low = 0, False
    for number in range(last):
        value = free(target, number)
        if value == 5.0 and not low:
            began, low = began + 1, True
        elif value == 50.0:
            low = False
    return began


def main() -> None:
    import django  # noqa: PLC0415  # settings first

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")
    django.setup()
    from tests.detection.story import Machine  # noqa: PLC0415
    from wardround.detection.detector import Detector  # noqa: PLC0415

    first, last = int(sys.argv[1]), int(sys.argv[2])
    machines = []
    for text in sys.argv[3:]:
        name, _, item = text.partition("=")
        machine = Machine(name)
        machine.item = UUID(item)
        machines.append(machine)
    detector = Detector()
    detector.start()
    for number in range(first, last):
        for place, machine in enumerate(machines):
            value = free(place, number)
            values = {"free{m=/}": value, "size{m=/}": 100.0} if value else {}
            detector.offer(machine.scrape(START + EVERY * number, values, up=value is not None))
        if not detector.settle(30):
            sys.exit("the detector does not settle")
        print(number, flush=True)  # noqa: T201  # this is how the test follows
    detector.stop()


if __name__ == "__main__":
    main()
