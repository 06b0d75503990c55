"""What makes a target sound."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardround.collect import target_rules as rules
from wardround.collect.types import MonitorTemplate
from wardround.kernel import addresses
from wardround.schema.kinds import read

TEMPLATE = read(
    MonitorTemplate,
    {
        "name": "pump",
        "label": "pump",
        "driver": "prometheus",
        "groups": [{"name": "main"}],
        "parameters": [
            {"name": "user", "label": "user", "required": True},
            {"name": "password", "label": "password", "type": "secret"},
            {"name": "depth", "label": "depth", "type": "number"},
            {"name": "tls", "label": "tls", "type": "boolean"},
            {"name": "names", "label": "names", "type": "list"},
        ],
    },
)


@pytest.mark.parametrize(
    ("interval", "timeout", "fields"),
    [(1, 1, []), (86_400, 10, []), (0.999, 0.5, ["interval_s"]), (86_401, 10, ["interval_s"]),
     (15, 0, ["timeout_s"]), (15, -1, ["timeout_s"]), (15, 0.001, []), (15, 15.1, ["timeout_s"]),
     (0.5, 1, ["interval_s", "timeout_s"])],
)  # fmt: skip
def test_times_of_a_target(interval: float, timeout: float, fields: list[str]) -> None:
    assert [field for field, _, _ in rules.wrong_times(interval, timeout)] == fields


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"user": "a"}, []),
        ({"user": "a", "depth": 3, "tls": False, "names": ["x"], "password": "p"}, []),
        ({"user": "a", "depth": 0.5, "tls": None}, []),
        ({}, ["parameters.user"]),
        ({"user": ""}, ["parameters.user"]),
        ({"user": None}, ["parameters.user"]),
        ({"user": []}, ["parameters.user", "parameters.user"]),
        ({"user": "a", "usr": "b"}, ["parameters.usr"]),
        ({"user": "a", "depth": "3"}, ["parameters.depth"]),
        ({"user": "a", "depth": True}, ["parameters.depth"]),
        ({"user": "a", "tls": 1}, ["parameters.tls"]),
        ({"user": "a", "names": "x"}, ["parameters.names"]),
        ({"user": "a", "password": 5}, ["parameters.password"]),
    ],
)
def test_parameters_are_known_of_their_type_and_complete(
    given: dict[str, Any], wrong: list[str]
) -> None:
    assert [field for field, _, _ in rules.wrong_parameters(TEMPLATE, given)] == wrong


def test_an_unknown_parameter_is_told_which_there_are() -> None:
    (_, template, arguments), *_ = rules.wrong_parameters(TEMPLATE, {"user": "a", "usr": "b"})
    assert template % arguments == (
        "the template has no such parameter; it has: user, password, depth, tls, names"
    )


def test_secrets_are_hidden_and_of_an_unknown_template_everything() -> None:
    given = {"user": "a", "password": "p", "depth": 3}
    hidden = addresses.HIDDEN
    assert rules.without_secrets(TEMPLATE, given) == {"user": "a", "password": hidden, "depth": 3}
    assert rules.without_secrets(TEMPLATE, {"password": ""}) == {"password": ""}
    assert rules.without_secrets(None, given) == dict.fromkeys(given, hidden)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://h:1/p?a=b@c", "http://h:1/p?a=b@c"),
        ("h:1", "h:1"),
        ("http://u:p@h:1/p", "http://••••••@h:1/p"),
        ("u:p@h", "••••••@h"),
        ("http://u:p@q@h/x@y", "http://••••••@h/x@y"),
        ("http://h?to=a@b", "http://h?to=a@b"),
        ("postgresql://u@h,g:5433/his", "postgresql://••••••@h,g:5433/his"),
        ("host=h user=u dbname=his", "host=h user=u dbname=his"),
        ("host=h password=p dbname=his", "host=h password=•••••• dbname=his"),
        ("host=h PassWord = 'a b\\'c' dbname=his", "host=h PassWord = •••••• dbname=his"),
        ("postgresql://h/his?sslpassword=p&user=u", "postgresql://h/his?sslpassword=••••••&user=u"),
        ("http://h/?passwd=p", "http://h/?passwd=••••••"),
        ("http://h/?p%61sswd=p", "http://h/?passwd=••••••"),
        ("http://h/?auth=p&x=%20", "http://h/?auth=••••••&x=%20"),
        ("http://h/?author=p%61&m=key", "http://h/?author=p%61&m=key"),
    ],
)
def test_what_an_address_signs_in_with_is_hidden(address: str, shown: str) -> None:
    assert addresses.without_sign_in(address) == shown
    assert addresses.signs_in(address) is (address != shown)


@given(
    st.sampled_from(
        ["{}:{}@h:1/p", "http://{}:{}@h", "user={} password={}", "postgresql://{1}@h/{0}"]
    ),
    st.text(st.characters(exclude_characters="/?#@\"'\\&;", exclude_categories=("Z", "C"))),
    st.text(st.characters(exclude_characters="/?#@\"'\\&;", exclude_categories=("Z", "C"))),
)
def test_no_password_is_shown_whatever_it_is(form: str, user: str, password: str) -> None:
    address = form.format(user, f"TIGER{password}")
    assert addresses.signs_in(address)
    assert "TIGER" not in addresses.without_sign_in(address)
    assert addresses.without_sign_in(
        addresses.without_sign_in(address)
    ) == addresses.without_sign_in(address)
