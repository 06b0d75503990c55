"""The engine behind ClickHouse's own addresses alone, as a server of the hospital's would be.

No ClickHouse server can be installed from the package registries (Debian's is of 2018, before
`DateTime64`). This is the same engine, reached the same way, that knows nothing of us: no group
commit, no memory, no `/wardround`.
"""

import sys

from wardround.history import protocol, server

if __name__ == "__main__":
    protocol._OPEN.pop("/wardround")
    protocol._Request._OWN.clear()
    sys.exit(server.main())
