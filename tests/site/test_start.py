"""What a start of the platform's processes must not cost."""

from __future__ import annotations

import subprocess
import sys

import pytest

_LOADED = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "wardround.web.settings"
import django
django.setup()
import {module}
sys.exit(str(sorted({{"numba", "llvmlite", "chdb", "pandas"}} & set(sys.modules)) or ""))
"""


@pytest.mark.parametrize(
    "module", ["wardround.web.asgi", "wardround.site.work", "wardround.collect.process"]
)
def test_no_process_loads_the_compiler_before_it_computes(module: str) -> None:
    program = _LOADED.format(module=module)
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert said.stderr.strip() == ""
