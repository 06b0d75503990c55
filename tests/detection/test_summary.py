from __future__ import annotations

import math

import pytest

from wardround.detection.summary import fill, unknown_places


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("{{ value }}", 12.345678, "12.35"),
        ("{{ $value | percent }}", 0.0512, "5.1%"),
        ("{{value|bytes}}", 1536.0, "1.5 KiB"),
        ("{{ value | duration }}", 3725.0, "1:02:05"),
        ("{{ value | duration }}", 1.25, "1.25 s"),
        ("{{ value | short }}", 1536.0, "1.536k"),
        ("{{ value | short }}", 0.02, "20m"),
        ("{{ value | binary }}B", 3 * 1024.0**3, "3GiB"),
        ("{{ value | fixed 2 }}", 2 / 3, "0.67"),
        ("{{ value | moment }}", 1_772_000_000.0, "2026-02-25 06:13:20 UTC"),
        ("{{ value | moment }}", 1e300, "1e+300"),
        ("{{ labels }}", 0.0, "mountpoint=/data"),
        ("{{ value }}", math.inf, "inf"),
        ("{{ value | bytes }}", math.nan, "nan"),
        ("{{ item }} {{ labels.mountpoint }}{{ $labels.none }}", 0.0, "HIS-DB1 /data"),
        ("{{ labels.mountpoint.__class__ }}|{{ os.system }}", 0.0, "|"),
    ],
)
def test_places_are_filled(text: str, value: float, expected: str) -> None:
    assert fill(text, value=value, labels={"mountpoint": "/data"}, item="HIS-DB1") == expected


def test_a_label_is_not_filled_again() -> None:
    assert fill("{{ labels.a }}", value=1, labels={"a": "{{ item }}"}, item="x") == "{{ item }}"


def test_what_is_not_understood_is_named() -> None:
    assert unknown_places("{{ value }} {{ labels.x }} {{ item }}") == []
    assert unknown_places("{{ valeu }}") == ["{{ valeu }}"]
    assert unknown_places("{{ value | pct }}") == ["{{ value | pct }}"]
    assert unknown_places("{{ if x }}{{ value }}") == ["{{ if x }}"]
    assert unknown_places("{{ value ") == ["{{ value "]
