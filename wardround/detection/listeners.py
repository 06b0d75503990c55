"""Detection runs beside every collector: it judges each scrape in the process that takes it."""

from __future__ import annotations

from wardround.collect.signals import beside_collectors
from wardround.detection.detector import Detector

beside_collectors(Detector)
