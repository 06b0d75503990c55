"""One id for one thing that a rule can find, the same in every process and after every restart."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from wardround.detection.bind import Labels


def fingerprint(rule: str, labels: Labels, *of: UUID) -> UUID:
    """Hash a rule, labels (sorted by name) and the ids the thing belongs to."""
    text = json.dumps([rule, labels, [str(owner) for owner in of]], ensure_ascii=False)
    return UUID(bytes=hashlib.blake2b(text.encode(), digest_size=16).digest())
