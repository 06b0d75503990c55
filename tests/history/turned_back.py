"""The history server on a machine whose clock stands an hour back."""

import sys
import time

from wardround.history import server

if __name__ == "__main__":
    right = time.time
    time.time = lambda: right() - 3600
    sys.exit(server.main())
