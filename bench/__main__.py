"""`make bench`: every table of figures, one after another, each row beside its yardstick.

`python -m bench history collect` runs some of them; each is also a program of its own
(`python -m bench.history`).
"""

from __future__ import annotations

import subprocess
import sys
import time

TABLES = ("history", "collect", "cmdb", "cmdb.lists", "detection", "dependability", "platform")


def main(wanted: list[str]) -> int:
    """Run the tables; a table that fails is named at the end."""
    failed = []
    for name in wanted or TABLES:
        print(f"\n== {name}", flush=True)
        began = time.monotonic()
        code = subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode
        print(f"   ({time.monotonic() - began:.0f} s)", flush=True)
        if code:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
