"""A long run of the comparison with Prometheus: how many expressions, and the first seed.

python -m tests.detection.beside_prometheus 5000
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Tell what was equal and what differs by reason; 1 where something differs without one."""
    import django  # noqa: PLC0415  # settings first

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardround.web.settings")
    django.setup()
    from tests.detection.comparison import many  # noqa: PLC0415

    found = many(*([int(text) for text in sys.argv[1:]] or [1000]))
    sys.stdout.write(found.report() + "\n")
    return 1 if found.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
