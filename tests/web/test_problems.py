"""Every error is one problem+json answer that names the field and speaks the reader's language."""

from __future__ import annotations

import pytest

from tests.hospital import ApiClient, client_of

pytestmark = pytest.mark.django_db


def test_an_unknown_parameter_is_named(api: ApiClient) -> None:
    answer = api.get("/items", colour="red")
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.body["code"], answer.body["field"]) == ("unknown_parameter", "colour")
    assert "condition, cursor" in answer.body["detail"]


def test_a_wrong_value_is_named_with_what_was_expected(api: ApiClient) -> None:
    answer = api.get("/items", limit="many")
    assert (answer.status, answer.body["field"]) == (422, "limit")
    assert answer.body["problems"][0]["message"] == "This must be a whole number."


def test_a_value_out_of_range_says_the_range(api: ApiClient) -> None:
    answer = api.get("/items", limit=100_000)
    assert answer.body["problems"][0]["message"] == "This must be at most 500."


def test_the_same_error_in_chinese() -> None:
    chinese = client_of("王医生", "reader", language="zh-CN")
    answer = chinese.get("/items", limit="many")
    assert answer.body["problems"][0]["message"] == "必须是整数。"
    assert answer.headers["Content-Language"] == "zh-hans"


def test_nobody_is_asked_to_sign_in() -> None:
    answer = ApiClient(None).get("/items")
    assert (answer.status, answer.body["code"]) == (401, "sign_in_needed")


def test_an_unknown_address_is_a_problem_too(api: ApiClient) -> None:
    answer = api.get("/no-such-thing")
    assert answer.status == 404


def test_a_body_that_is_not_json(api: ApiClient) -> None:
    response = api._client.generic(
        "POST",
        "/api/v1/items",
        data=b"{",
        content_type="application/json",
        headers=api._headers,
    )
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_cursor_of_another_list(api: ApiClient) -> None:
    answer = api.get("/items", cursor="bm90IGEgY3Vyc29y")
    assert (answer.status, answer.body["code"], answer.body["field"]) == (
        422,
        "bad_cursor",
        "cursor",
    )


def test_a_sort_that_is_not_offered(api: ApiClient) -> None:
    answer = api.get("/items", sort="-colour")
    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, "bad_sort", "sort")


def test_choices_are_told_without_words_of_another_language() -> None:
    answer = client_of("李医生", "reader", language="zh-CN").get("/tickets", colour="purple")
    assert answer.body["problems"][0]["message"] == (
        "必须是以下之一：black, red, yellow, green, grey, none。"
    )
