"""`python -m bench.platform [--faults N] [--rounds N]`: the whole platform's figures as a table."""

from __future__ import annotations

import argparse
import statistics

from bench.platform import fault_to_ticket, footprint, kills
from bench.platform.door import installation


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=20, help="kills of each process; 0 for none")
    given = parser.parse_args()
    with installation(demo=False) as door:
        _print_memory("at rest", footprint.memory(door))
        found = fault_to_ticket.measure(door, given.faults)
        interval = fault_to_ticket.INTERVAL
        print(f"fault → ticket on an open board, {found.faults} faults, interval {interval:g} s")
        for name, value in (("p50", found.p50), ("p95", found.p95), ("max", found.worst)):
            x = value - interval
            print(f"  {name} {value:6.2f} s = interval {x:+.2f} s   (goal: interval + 1.50 s)")
    with installation(demo=True) as door:
        _print_memory("with the demonstration hospital", footprint.memory(door))
        board = footprint.first_board(door)
        print(
            f"first board in Chromium: {board.kilobytes:.0f} kB over the wire in"
            f" {board.requests} requests, drawn after {board.milliseconds:.0f} ms"
        )
        if given.rounds:
            _print_toll(kills.measure(door, given.rounds), given.rounds)


def _print_memory(when: str, sizes: dict[str, float]) -> None:
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sorted(sizes.items()))
    print(f"memory {when}: {sum(sizes.values()):.0f} MB ({parts})", flush=True)


def _print_toll(toll: kills.Toll, rounds: int) -> None:
    print(f"kill -9 of each process {rounds} times under load (goals: 0)")
    print(f"  tickets lost {toll.tickets_lost} of {toll.tickets_acknowledged} acknowledged")
    print(
        f"  samples lost {toll.samples_lost}, doubled {toll.samples_doubled}"
        f" of {toll.samples_served} served"
    )
    print(
        f"  alerts without a ticket {toll.alerts_without_ticket},"
        f" with two {toll.alerts_with_two}, of {toll.alerts}"
    )
    for name, seconds in toll.recovery.items():
        if seconds:
            print(
                f"  {name:<9} well again after {statistics.median(seconds):5.1f} s (median),"
                f" {max(seconds):.1f} s (worst)"
            )


if __name__ == "__main__":
    main()
