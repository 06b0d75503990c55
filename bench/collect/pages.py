"""Pages that exporters of the end-to-end bench serve, in two shapes that have little in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """What all targets of a run look like."""

    targets: int
    series: int
    """Of each target."""
    page: Callable[[int], bytes]
    """The page that is served as the nth; it costs the exporter little, for what the exporter
    takes of the processor is missing to whoever scrapes it.
    """

    @property
    def samples(self) -> int:
        """Of one round of all targets."""
        return self.targets * self.series


TURN = b"~"
"""Stands in a page for its number."""
DISKS = 500
_METER = b"".join(
    b'bench_metric_total{device="disk-%d",host="his-db"} ~%03d.5\n' % (disk, disk)
    for disk in range(DISKS)
)


def _meter(number: int) -> bytes:
    return _METER.replace(TURN, b"%d" % number)


FAMILIES = 240
"""Of a machine: a third with one series, a third with a series a processor, a third a histogram."""
PROCESSORS, BUCKETS = 8, 12
_KINDS = (b"gauge", b"counter", b"histogram")


def _machine_page() -> bytes:
    lines: list[bytes] = []
    for family in range(FAMILIES):
        kind = family % 3
        name = b"machine_part_%d%b" % (family, b"_total" if kind == 1 else b"")
        lines.append(b"# HELP %b Words that every exporter has, and nobody reads." % name)
        lines.append(b"# TYPE %b %b" % (name, _KINDS[kind]))
        lines += (_single, _by_processor, _histogram)[kind](name, family)
    return b"\n".join(lines) + b"\n"


def _single(name: bytes, family: int) -> list[bytes]:
    """Great numbers as Go writes them; one of five moves."""
    if family % 5:
        return [b"%b %d" % (name, family * 4_096)]
    return [b"%b 1.0737~%03de+10" % (name, family)]


def _by_processor(name: bytes, family: int) -> list[bytes]:
    """Seconds with two digits behind the point; all move."""
    return [
        b'%b{cpu="%d",mode="%b"} ~%d.%02d'
        % (name, number, (b"idle", b"user", b"iowait")[family % 7 % 3], number, family % 100)
        for number in range(PROCESSORS)
    ]


def _histogram(name: bytes, family: int) -> list[bytes]:
    """Most buckets stand still."""
    lines = [
        b'%b_bucket{handler="/api/v1/part/%d",le="%b"} %d'
        % (name, family, b"%d" % 2**number if number < BUCKETS - 1 else b"+Inf", number * family)
        for number in range(BUCKETS)
    ]
    lines.append(b'%b_sum{handler="/api/v1/part/%d"} ~%d.0625' % (name, family, family))
    lines.append(b'%b_count{handler="/api/v1/part/%d"} ~%d' % (name, family, family))
    return lines


_MACHINE = _machine_page()


def _machine(number: int) -> bytes:
    return _MACHINE.replace(TURN, b"%d" % number)


SHAPES = {
    "meter": Shape(targets=40, series=DISKS, page=_meter),
    "machine": Shape(
        targets=12, series=FAMILIES // 3 * (1 + PROCESSORS + BUCKETS + 2), page=_machine
    ),
}
"""`meter`: small pages of one metric, all of it moves. `machine`: large pages of many, with HELP
and TYPE, histograms, exponents; two thirds of it stand still.
"""
