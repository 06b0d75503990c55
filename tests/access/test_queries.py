"""What the other rooms ask about people."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.access.conftest import Hire
from wardround.access import actions, keys, queries
from wardround.access.types import AccountRef
from wardround.kernel.errors import NotFound
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import EVERYWHERE, ActorKind, Scope

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def names(refs: list[AccountRef]) -> list[str]:
    return [ref.user_name for ref in refs]


def test_names_for_ids(hire: Hire) -> None:
    zhang, li = hire("zhang", "reader", display_name="张伟"), hire("li", "reader")
    found = queries.accounts([zhang, li, uuid4()])
    assert {key: ref.name for key, ref in found.items()} == {zhang: "张伟", li: "li"}
    assert queries.accounts([]) == {}


def test_by_user_name_in_any_spelling(hire: Hire) -> None:
    zhang = hire("zhang", "reader")
    assert queries.account_by_user_name(" ZHANG ").id == zhang
    with pytest.raises(NotFound):
        queries.account_by_user_name("ghost")


def test_who_is_on_duty_for_a_system(hire: Hire) -> None:
    pacs, his = uuid4(), uuid4()
    hire("everywhere", "duty-engineer")
    hire("pacs", "duty-engineer", scope=Scope(systems=frozenset({pacs})))
    hire("his", "duty-engineer", scope=Scope(systems=frozenset({his})))
    hire("gone", "duty-engineer", active=False)
    hire("reader", "reader")
    assert names(queries.accounts_with_role("duty-engineer")) == ["everywhere", "his", "pacs"]
    assert names(queries.accounts_with_role("duty-engineer", system=pacs)) == ["everywhere", "pacs"]
    assert queries.accounts_with_role("no-such-role") == []


def test_the_account_of_a_person(hire: Hire) -> None:
    person, retired = uuid4(), uuid4()
    zhang = hire("zhang", "reader", person_item=person)
    hire("old", "reader", person_item=retired, active=False)
    found = queries.account_for_person(person)
    assert found is not None
    assert found.id == zhang
    assert queries.account_for_person(retired) is None
    assert queries.account_for_person(uuid4()) is None


def test_an_actor_with_the_union_of_its_roles(hire: Hire) -> None:
    pacs = Scope(systems=frozenset({uuid4()}))
    zhang = hire("zhang", "auditor", display_name="张伟", language="en", scope=pacs)
    actor = queries.actor_for(zhang)
    assert (actor.id, actor.name, actor.kind, actor.language) == (
        zhang,
        "张伟",
        ActorKind.PERSON,
        "en",
    )
    assert actor.scope_of("access.audit") == pacs
    assert queries.actor_for(hire("boss", "administrator")).scope_of("access.audit") == EVERYWHERE
    with pytest.raises(NotFound):
        queries.actor_for(hire("gone", "reader", active=False))


class TestFirstAccount:
    def test_the_first_start_makes_an_administrator(self, db: None) -> None:
        made = actions.ensure_first_account(user_name="admin", at=AT)
        assert made.created
        assert made.password
        account = queries.account_by_user_name("admin")
        assert queries.account(EVERYTHING, account.id, at=AT).must_change_password

    def test_the_demonstrations_password_is_kept(self, db: None) -> None:
        password = keys.random_password()
        made = actions.ensure_first_account(user_name="admin", password=password, at=AT)
        assert made.password == password
        actor = queries.actor_for(queries.account_by_user_name("admin").id)
        assert actor.scope_of("access.manage") == EVERYWHERE

    def test_a_later_start_touches_nobody(self, hire: Hire) -> None:
        hire("zhang", "reader")
        made = actions.ensure_first_account(user_name="admin", at=AT)
        assert (made.created, made.password) == (False, None)
        with pytest.raises(NotFound):
            queries.account_by_user_name("admin")
