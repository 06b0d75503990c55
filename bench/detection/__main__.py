"""Rules judged a second, beside a plain loop."""

from __future__ import annotations

from bench.detection.rules import main

main()
