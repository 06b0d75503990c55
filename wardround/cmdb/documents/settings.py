"""How large a file may be, and how much all may take together, from the environment."""

from __future__ import annotations

import os

_FILE, _ALL = "WARDROUND_DOCUMENT_FILE_MB", "WARDROUND_DOCUMENTS_MB"
_USUAL_FILE, _USUAL_ALL = 50, 20 * 1024
MEBIBYTE = 1024 * 1024
_MOST_FILE = 150
"""What the edge takes of any upload."""


def file_bytes() -> int:
    """Of one file."""
    asked = int(os.environ.get(_FILE) or _USUAL_FILE)
    return min(max(asked, 1), _MOST_FILE) * MEBIBYTE


def all_bytes() -> int:
    """Of all files of all versions together."""
    return max(int(os.environ.get(_ALL) or _USUAL_ALL), 1) * MEBIBYTE
