"""Severities of Prometheus' rules, which are any words, as levels of ours."""

from __future__ import annotations

from collections.abc import Mapping

from wardround.detection.types import Severity

SEVERITIES: Mapping[str, Severity] = {
    "": Severity.WARNING,
    "average": Severity.WARNING,
    "crit": Severity.CRITICAL,
    "critical": Severity.CRITICAL,
    "debug": Severity.INFO,
    "disaster": Severity.DISASTER,
    "emergency": Severity.DISASTER,
    "error": Severity.CRITICAL,
    "fatal": Severity.DISASTER,
    "high": Severity.CRITICAL,
    "info": Severity.INFO,
    "information": Severity.INFO,
    "low": Severity.INFO,
    "major": Severity.CRITICAL,
    "medium": Severity.WARNING,
    "minor": Severity.WARNING,
    "none": Severity.INFO,
    "notice": Severity.INFO,
    "page": Severity.CRITICAL,
    "ticket": Severity.WARNING,
    "urgent": Severity.CRITICAL,
    "warn": Severity.WARNING,
    "warning": Severity.WARNING,
}
"""What is understood without being told; a rule without any is a warning."""


def severity_of(written: str, wishes: Mapping[str, str]) -> str | None:
    """Our severity; None for a word that nobody explained."""
    word = written.strip().lower()
    wished = wishes.get(written, wishes.get(word))
    found = SEVERITIES.get(word) if wished is None else wished
    return None if found is None else str(found)
