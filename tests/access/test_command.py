"""The commands of this room, as `wardround` parses and runs them."""

from __future__ import annotations

import argparse
import json

import pytest

from tests.access.conftest import PASSWORD, Browser, Hire
from wardround.access import command
from wardround.kernel.errors import NotFound, WardroundError

pytestmark = pytest.mark.django_db


def wardround(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_commands(parser.add_subparsers(required=True))
    given = parser.parse_args(arguments)
    assert given.needs_stores
    return int(given.run(given))


def test_token_prints_the_token_and_nothing_else(
    hire: Hire, capsys: pytest.CaptureFixture[str]
) -> None:
    hire("zhang", "engineer")
    assert wardround("token", "zhang") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("wr_")
    assert printed.count("\n") == 1
    answer = Browser(bearer=printed.strip())("GET", "/session")
    assert answer.body["account"]["user_name"] == "zhang"


def test_token_for_programs(hire: Hire, capsys: pytest.CaptureFixture[str]) -> None:
    hire("zhang", "engineer")
    wardround("token", "zhang", "--json", "--days", "1", "--permission", "access.read")
    printed = json.loads(capsys.readouterr().out)
    assert printed.keys() == {"token", "user_name", "expires_at"}
    session = Browser(bearer=printed["token"])("GET", "/session")
    assert session.body["permissions"] == ["access.read"]


@pytest.mark.parametrize("arguments", [("token", "ghost"), ("account", "unlock", "ghost")])
def test_an_unknown_user_is_an_error(db: None, arguments: tuple[str, ...]) -> None:
    with pytest.raises(NotFound):
        wardround(*arguments)


def test_days_out_of_reach_are_an_error_by_field(hire: Hire) -> None:
    hire("zhang", "engineer")
    for days in ("0", "-1", "4000"):
        with pytest.raises(WardroundError) as error:
            wardround("token", "zhang", "--days", days)
        assert error.value.problems[0].field == "expires_at"


def test_the_owner_of_the_machine_gets_in_again(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert wardround("account", "create", "rescue", "--role", "administrator") == 0
    password = capsys.readouterr().out.strip()
    assert Browser().sign_in("rescue", password).body["must_change_password"] is True
    for _ in range(6):
        Browser().sign_in("rescue", "wrong")
    assert Browser().sign_in("rescue", password).status == 423
    assert wardround("account", "unlock", "rescue") == 0
    assert Browser().sign_in("rescue", password).status == 200
    assert wardround("account", "password", "rescue") == 0
    *_, another = capsys.readouterr().out.split()
    assert Browser().sign_in("rescue", password).status == 401
    assert Browser().sign_in("rescue", another).status == 200
    assert another != PASSWORD
