"""The collect room's figures: the page parser beside its yardstick, and scrape to history."""

from __future__ import annotations

from bench.collect import end_to_end, pages, parser


def main() -> None:
    """Print the table."""
    figures = parser.measure()
    yardstick = figures["prometheus_client"]
    for name, figure in figures.items():
        print(f"parse: {name:28} {figure:12,.0f} samples/s  {figure / yardstick:6.1f}×")
    for name in pages.SHAPES:
        end_to_end.tell(name)


if __name__ == "__main__":
    main()
