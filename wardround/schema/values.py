"""Whether a value fits its type, and the form it is stored in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.kernel.addresses import tells_secret
from wardround.kernel.telephone import normal_number
from wardround.kernel.typed_text import typed, typed_code
from wardround.schema.errors import Unfit
from wardround.schema.suggestions import closest
from wardround.schema.types import Attribute, AttributeType

_CODES = frozenset(
    {
        AttributeType.ADDRESS,
        AttributeType.NETWORK,
        AttributeType.EMAIL,
        AttributeType.PHONE,
        AttributeType.URL,
        AttributeType.PORT,
        AttributeType.DATE,
        AttributeType.DATETIME,
        AttributeType.REFERENCE,
    }
)
"""Written with the letters and marks of a code alone, whichever keyboard typed them."""
_MOST_TEXT = 500
_MOST_LONGTEXT = 50_000


def normal(attribute: Attribute, value: Any) -> Any:
    """`value` in its stored form; raises Unfit. Empty text and None are None."""
    if isinstance(value, str) and attribute.type is not AttributeType.SECRET:
        value = typed_code(value) if attribute.type in _CODES else typed(value)
    if value is None or value == "":
        return None
    return _NORMAL[attribute.type](attribute, value)


def _as_text(value: Any, most: int = _MOST_TEXT) -> str:
    if not isinstance(value, str):
        raise Unfit(_("expected text, found %(found)s") % {"found": _kind_of(value)})
    if len(value) > most:
        text = _("the text has %(length)s characters; at most %(most)s fit")
        raise Unfit(text % {"length": len(value), "most": most})
    if "\x00" in value:
        raise Unfit(_("the text has a character that cannot be stored (NUL)"))
    return value


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes or no")
    if isinstance(value, int | float):
        return _("a number (%(value)s)") % {"value": value}
    if isinstance(value, str):
        return _("text (“%(value)s”)") % {"value": value[:40]}
    return _("a list") if isinstance(value, list | tuple) else _("a group of values")


def _text(_attribute: Attribute, value: Any) -> str:
    text = _as_text(value)
    if len(text.splitlines()) > 1:
        raise Unfit(_("the text must be on one line"))
    return text


def _longtext(_attribute: Attribute, value: Any) -> str:
    return _as_text(value, _MOST_LONGTEXT)


def _number(attribute: Attribute, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(_("expected a number, found %(found)s") % {"found": _kind_of(value)})
    if not abs(value) <= 1e18:  # so written that NaN is refused too
        raise Unfit(_("the number is too large or not finite"))
    if attribute.minimum is not None and value < attribute.minimum:
        raise Unfit(_("must be at least %(limit)s") % {"limit": attribute.minimum})
    if attribute.maximum is not None and value > attribute.maximum:
        raise Unfit(_("must be at most %(limit)s") % {"limit": attribute.maximum})
    return value


def _boolean(_attribute: Attribute, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit(
            _("expected yes or no (true, false), found %(found)s") % {"found": _kind_of(value)}
        )
    return value


def _date(_attribute: Attribute, value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(_as_text(value)).isoformat()
    except ValueError:
        raise Unfit(
            _("expected a date such as 2026-01-31, found %(found)s") % {"found": _kind_of(value)}
        ) from None


def _datetime(_attribute: Attribute, value: Any) -> str:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(_as_text(value))
        if moment.tzinfo is None:
            raise Unfit(_("say the time zone, such as 2026-01-31T08:00:00+08:00"))
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError) as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit(
            _("expected a time such as 2026-01-31T08:00:00+08:00, found %(found)s")
            % {"found": _kind_of(value)}
        ) from None


def _choice_value(attribute: Attribute, value: Any) -> str:
    values = [choice.value for choice in attribute.choices]
    if value in values:
        return str(value)
    suggestion = closest(str(value), values)
    if suggestion:
        text = _("“%(value)s” is no choice; did you mean “%(suggestion)s”?")
        raise Unfit(text % {"value": str(value)[:40], "suggestion": suggestion})
    text = _("“%(value)s” is no choice; choose one of: %(choices)s")
    raise Unfit(text % {"value": str(value)[:40], "choices": ", ".join(values)})


_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*\.?")
_NUMERIC = re.compile(r"[\d.]+")


def _address(_attribute: Attribute, value: Any) -> str:
    text = _as_text(value)
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        if _is_host_name(text):
            return text
    raise Unfit(_("expected an address such as 10.1.2.3, fd00::1 or a host name"))


def _is_host_name(text: str) -> bool:
    """What looks like an IPv4 address and is none is a mistake, not a name."""
    return _HOST.fullmatch(text) is not None and _NUMERIC.fullmatch(text) is None


def _is_host(text: str) -> bool:
    """An address, a name, or one of a country's own letters, as an address bar takes it."""
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        pass
    else:
        return True
    try:
        return _is_host_name(text if text.isascii() else text.encode("idna").decode())
    except UnicodeError:
        return False


def _network(_attribute: Attribute, value: Any) -> str:
    text = _as_text(value)
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise Unfit(_("expected a network such as 10.1.2.0/24")) from None
    raise Unfit(_("this is an address inside the network %(network)s") % {"network": meant})


def _email(_attribute: Attribute, value: Any) -> str:
    text = _as_text(value)
    if not re.fullmatch(r"[^@\s<>,;]{1,64}@[^@\s<>,;.]+(?:\.[^@\s<>,;.]+)+", text):
        raise Unfit(_("expected an e-mail address such as name@hospital.cn"))
    return text


def _phone(_attribute: Attribute, value: Any) -> str:
    number = normal_number(_as_text(value))
    if number is None:
        raise Unfit(_("expected a telephone number such as +86 20 8133 2199 or 62345"))
    return number


_UNSAFE_SCHEMES = frozenset({"javascript", "data", "vbscript", "file"})


def _url(_attribute: Attribute, value: Any) -> str:
    text = _as_text(value, 2_000)
    try:
        parts = urlsplit(text)
        port = parts.port  # which is read only now, and may be none
        known = parts.scheme and parts.netloc and parts.scheme.lower() not in _UNSAFE_SCHEMES
    except ValueError:
        known, port = False, None
    if port == 0 or (known and not _is_host(parts.hostname or "")):
        known = False
    if not known or re.search(r"[\s\x00-\x1f\x7f]", text):
        raise Unfit(_("expected an address such as https://his.hospital.cn/login"))
    if tells_secret(text):
        raise Unfit(
            _(
                "the address holds a password or a token, which everybody would read; keep it in a"
                " field of type secret"
            )
        )
    return text


_LAST_PORT = 65_535
_PORT = re.compile(r"0*[1-9][0-9]{0,4}")


def _port(_attribute: Attribute, value: Any) -> int:
    """A number, typed as one or as text: a form's field and a sheet's cell give either."""
    if isinstance(value, str) and _PORT.fullmatch(value):
        value = int(value)
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or not 1 <= value <= _LAST_PORT:
        raise Unfit(_("expected a port, a whole number from 1 to 65535"))
    return int(value)


def _reference(_attribute: Attribute, value: Any) -> str:
    """An id or a key; whoever knows the things turns keys into ids."""
    if isinstance(value, Mapping) and isinstance(value.get("id"), str):
        value = value["id"]
    if isinstance(value, UUID):
        return str(value)
    return _as_text(value, 200)


def _secret(_attribute: Attribute, value: Any) -> str:
    if isinstance(value, list | tuple | dict):
        raise Unfit(_("expected one text, found a list or a group of values"))
    if not isinstance(value, str):  # and say nothing of it
        raise Unfit(_("expected text; put quotes around a number"))
    return _as_text(value, 10_000)


_NORMAL: Mapping[AttributeType, Callable[[Attribute, Any], Any]] = MappingProxyType(
    {
        AttributeType.TEXT: _text,
        AttributeType.LONGTEXT: _longtext,
        AttributeType.NUMBER: _number,
        AttributeType.BOOLEAN: _boolean,
        AttributeType.DATE: _date,
        AttributeType.DATETIME: _datetime,
        AttributeType.CHOICE: _choice_value,
        AttributeType.ADDRESS: _address,
        AttributeType.NETWORK: _network,
        AttributeType.EMAIL: _email,
        AttributeType.PHONE: _phone,
        AttributeType.URL: _url,
        AttributeType.PORT: _port,
        AttributeType.REFERENCE: _reference,
        AttributeType.SECRET: _secret,
    }
)
