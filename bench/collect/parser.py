"""Samples a second through our page parser beside prometheus_client's, on the same pages."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from prometheus_client.parser import text_string_to_metric_families

from wardround.collect.exposition import PageParser, load_compiled

FAMILIES, SERIES = 200, 50


def page(seed: int) -> bytes:
    """10,000 samples with the labels of a usual exporter; the numbers differ by seed."""
    numbers = random.Random(seed)  # noqa: S311  # noise, not secrets
    lines: list[str] = []
    for family in range(FAMILIES):
        lines += [
            f"# HELP node_metric_{family}_total Something.",
            f"# TYPE node_metric_{family}_total counter",
        ]
        lines += [
            f'node_metric_{family}_total{{device="eth{port}",host="his-db-{port % 7}",'
            f'mode="idle"}} '
            f"{numbers.random() * 1e6:.3f}"
            for port in range(SERIES)
        ]
    return ("\n".join(lines) + "\n").encode()


def rate(read: Callable[[bytes], object], pages: list[bytes], *, seconds: float = 2.0) -> float:
    """Samples a second over at least `seconds`."""
    done, begin = 0, time.perf_counter()
    while (spent := time.perf_counter() - begin) < seconds:
        read(pages[done % len(pages)])
        done += 1
    return done * FAMILIES * SERIES / spent


def measure() -> dict[str, float]:
    """Samples/s of both parsers, and of ours on a page it has never seen."""
    pages = [page(seed) for seed in range(4)]
    found = {"ours, page of known shape": rate(PageParser().parse, pages)}
    load_compiled()
    return {
        **found,
        "ours, the same, compiled": rate(PageParser().parse, pages),
        "ours, page never seen": rate(lambda body: PageParser().parse(body), pages),
        "prometheus_client": rate(
            lambda body: list(text_string_to_metric_families(body.decode())), pages
        ),
    }


if __name__ == "__main__":
    figures = measure()
    yardstick = figures["prometheus_client"]
    for name, figure in figures.items():
        print(f"{name:28} {figure:12,.0f} samples/s  {figure / yardstick:6.1f}×")
