"""Labels, as definitions speak of them; how they become words is the kernel's business."""

from __future__ import annotations

from wardround.kernel.wording import Label

__all__ = ["Label"]
