"""Journeys in a real browser against the running platform; each is one Node script."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import Platform

HERE = Path(__file__).parent
UI = HERE.parent.parent / "ui"
NODE = HERE.parent.parent / "tools" / "node"
CHROMIUM = os.environ.get("WARDROUND_CHROMIUM") or shutil.which("chromium") or ""
PATIENCE_SECONDS = 600

pytestmark = [
    pytest.mark.journey,
    pytest.mark.whole,
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed"),
    pytest.mark.skipif(
        not (UI / "node_modules" / "playwright-core").is_dir(), reason="run npm ci in ui/ first"
    ),
]


@pytest.mark.parametrize(
    "name",
    [
        "alerts_desk",
        "alerts_phone",
        "attribute_rights",
        "granted_by_condition",
        "board",
        "data_quality",
        "definition_form",
        "definitions",
        "expression",
        "fault_desk",
        "fault_phone",
        "graph",
        "imports",
        "interfaces",
        "item_history",
        "labels",
        "looks",
        "looks_phone",
        "networks",
        "own_types",
        "documents",
        "recycle_bin",
        "relation_rules",
        "rule_switch",
        "search",
        "service_state",
        "impact_matrix",
        "fault_tree",
        "formula",
        "what_if",
        "sources",
        "storm",
        "webhooks",
        "unified",
        "every_page_desk",  # last: they leave an open ticket each
        "every_page_phone",
    ],
)
def test_journey(name: str, platform: Platform, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "WARDROUND_JOURNEY_URL": platform.url,
        "WARDROUND_JOURNEY_USER": platform.user,
        "WARDROUND_JOURNEY_PASSWORD": platform.password,
        "WARDROUND_JOURNEY_SHOTS": str(tmp_path),
        "WARDROUND_CHROMIUM": CHROMIUM,
    }
    ran = subprocess.run(
        [str(NODE), "node", str(HERE / f"{name}.mjs")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
