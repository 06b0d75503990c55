"""What can go wrong in notify, in words for the reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import Conflict, NotFound
from wardround.notify.webhook_types import Trouble


class UnknownWebhook(NotFound):
    code = "unknown_webhook"


class UnknownDelivery(NotFound):
    code = "unknown_delivery"


class StillWaiting(Conflict):
    code = "delivery_waits"
    message = _("This delivery has not been given up: it is tried again by itself.")


class PostFailed(Exception):
    """It did not come to an answer; its text is what the system says of it."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(detail)
        self.trouble = trouble
