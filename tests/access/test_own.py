"""One's own preferences and saved views."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.access.conftest import Browser

pytestmark = pytest.mark.django_db
Come = Callable[..., Browser]


def test_language_and_theme_are_kept(signed_in: Come) -> None:
    browser = signed_in("zhang", "reader")
    body = {"language": "en", "theme": "dark", "display_name": "张伟", "phone": "8001"}
    answer = browser("PATCH", "/me", body)
    assert answer.status == 200, answer.body
    account = browser("GET", "/session").body["account"]
    assert account == {**account, **body, "user_name": "zhang"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"theme": "pink"}, "theme"),
        ({"user_name": "root"}, "user_name"),
        ({"active": False}, "active"),
        ({"roles": []}, "roles"),
        ({"display_name": "x" * 101}, "display_name"),
    ],
)
def test_what_is_not_ones_own_to_change_is_refused(
    signed_in: Come, body: object, field: str
) -> None:
    answer = signed_in("zhang", "reader")("PATCH", "/me", body)
    assert (answer.status, answer.body["problems"][0]["field"]) == (422, field)


def test_views_are_saved_shared_replaced_and_removed(signed_in: Come) -> None:
    zhang, li = signed_in("zhang", "reader"), signed_in("li", "reader")
    view = {"page": "tickets", "name": "红色", "query": "colour=red&open=true"}
    made = zhang("POST", "/me/views", view).body
    assert made == {
        "id": made["id"],
        **view,
        "shared": False,
        "owner": {"id": made["owner"]["id"], "name": "zhang"},
        "mine": True,
    }
    assert li("GET", "/me/views").body["items"] == []
    again = zhang("POST", "/me/views", {**view, "query": "colour=black", "shared": True}).body
    assert (again["id"], again["query"]) == (made["id"], "colour=black")
    (seen,) = li("GET", "/me/views?page=tickets").body["items"]
    assert (seen["id"], seen["mine"]) == (made["id"], False)
    assert li("GET", "/me/views?page=items").body["items"] == []
    assert li("DELETE", f"/me/views/{made['id']}").status == 404
    assert zhang("DELETE", f"/me/views/{made['id']}").status == 204
    assert zhang("GET", "/me/views").body["items"] == []


@pytest.mark.parametrize("field", ["page", "name", "query"])
@pytest.mark.parametrize("value", ["a\0b", "x" * 2001, 7])
def test_a_wrong_view_is_refused_by_field(signed_in: Come, field: str, value: object) -> None:
    view = {"page": "tickets", "name": "mine", "query": "", field: value}
    answer = signed_in("zhang", "reader")("POST", "/me/views", view)
    assert (answer.status, answer.body["problems"][0]["field"]) == (422, field)
