"""Secrets in packs: nothing keeps them, everything else of a text stays byte for byte."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from django.test import override_settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests.schema.conftest import pack
from tests.stored import everything_stored
from wardround.cmdb import models as cmdb
from wardround.collect import models as collect
from wardround.collect import queries as targets
from wardround.kernel import secrets
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import system_actor
from wardround.schema import actions, differences, models, packs, queries, sealing, sources
from wardround.schema.sources import Source

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLATFORM = system_actor("platform")
TIGER, LION = "TIGER-hunter2", "LION: \"päss'word #1"

HEAD = 'pack: ours\nversion: "1"\nlabel: {zh: 我院, en: Ours}\nrequires: [base, monitors]\n'
ITEMS = """\
# Servers of the ward.
kind: items
name: ward-servers
items:
  - key: ward-1
    type: host
    name: 服务器一          # stays
    attributes: {serial: SN-1, password: TIGER-hunter2 , memory: 64}
  - {key: ward-2, type: host, name: 服务器二, attributes: {password: "LION: \\"päss'word #1"}}
  - key: ward-3
    type: host
    name: 服务器三
    attributes:
      password: |-
        TIGER-hunter2
      serial: SN-3
---
kind: targets
name: ward-targets
targets:
  - {item: ward-1, template: prometheus, address: "10.0.0.1:9", parameters: {token: TIGER-hunter2}}
"""


def ours(items: str = ITEMS) -> Source:
    return Source("ours", {"pack.yaml": HEAD.encode(), "ward.yaml": items.encode()})


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def shipped(db: None) -> None:
    actions.import_shipped(PLATFORM, at=AT, names=("base", "monitors"))


def install(*wanted: Source) -> Any:
    return actions.import_packs(PLATFORM, wanted, at=AT)


def test_no_secret_is_kept_anywhere(shipped: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        install(ours())
        install(ours(ITEMS.replace("TIGER-hunter2", "TIGER-changed").replace("SN-1", "SN-9")))
    stored = everything_stored()
    assert "SN-9" in stored
    for secret in ("TIGER", "LION", "päss"):
        assert secret not in stored
        assert secret not in caplog.text


def test_the_rooms_get_the_secret_itself(shipped: None) -> None:
    install(ours())
    held = {one.key: one.attributes["password"] for one in cmdb.Item.objects.filter(type="host")}
    opened = {key: secrets.unseal(sealed) for key, sealed in held.items()}
    assert opened == {"ward-1": TIGER, "ward-2": LION, "ward-3": TIGER}
    target = collect.TargetRow.objects.get()
    assert targets.spec(EVERYTHING, target.id).parameters["token"] == TIGER


@pytest.mark.parametrize(
    "address",
    [
        "http://ward:TIGER-hunter2@10.0.0.1:9/metrics",
        "ward:TIGER-hunter2@10.0.0.1:9",
        "postgresql://10.0.0.1/his?password=TIGER-hunter2",
        "host=10.0.0.1 user=ward password='TIGER-hunter2'",
    ],
)
def test_an_address_that_signs_in_is_refused_and_kept_nowhere(
    shipped: None, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    plain = ITEMS.replace(TIGER, "x").replace("LION", "y")
    signing_in = plain.replace("10.0.0.1:9", address)
    assert signing_in != plain
    with caplog.at_level(logging.DEBUG), pytest.raises(actions.BadPack) as refused:
        install(ours(signing_in))
    (told,) = refused.value.problems
    assert told.field.endswith("targets[0].address")
    assert "give them as parameters" in told.message
    assert not collect.TargetRow.objects.exists()
    for said in (everything_stored(), caplog.text, str(refused.value), told.message):
        assert "TIGER" not in said
    install(ours(plain))
    assert collect.TargetRow.objects.get().address == "10.0.0.1:9"


def test_an_export_is_the_same_text_with_tokens_and_comes_in_again(shipped: None) -> None:
    install(ours())
    exported = queries.exported(PLATFORM, "ours")
    text = exported.files["ward.yaml"].decode()
    given, told = ITEMS.splitlines(), text.splitlines()
    assert {line for line in given if line not in told} == {
        line for line in given if "TIGER" in line or "LION" in line or "|-" in line
    }
    body = list(yaml.safe_load_all(text))
    tokens = [one["attributes"].pop("password") for one in body[0]["items"]]
    plain = list(yaml.safe_load_all(ITEMS))
    for one in plain[0]["items"]:
        del one["attributes"]["password"]
    assert body[0] == plain[0]
    assert all(token.startswith("sealed:") for token in tokens)
    assert tokens[0] != tokens[2]  # the same secret of two things tells nobody that it is the same
    before = list(cmdb.Item.objects.values("key", "attributes", "version"))
    assert install(exported).empty
    assert install(ours()).empty
    assert list(cmdb.Item.objects.values("key", "attributes", "version")) == before


def test_a_moved_line_keeps_its_token_and_a_copied_one_does_not(shipped: None) -> None:
    install(ours())
    text = queries.exported(PLATFORM, "ours").files["ward.yaml"].decode()
    line = next(one for one in text.splitlines(keepends=True) if "ward-2" in one)
    moved = text.replace(line, "").replace("items:\n", f"items:\n{line}")
    install(ours(moved))
    assert secrets.unseal(cmdb.Item.objects.get(key="ward-2").attributes["password"]) == LION
    stolen = text + "".join(
        f"---\nkind: items\nname: mine\nitems:\n{line.replace('ward-2', 'ward-9')}"
    )
    with override_settings(INSTALLED=True), pytest.raises(actions.BadPack) as refused:
        install(ours(stolen))
    (told,) = refused.value.problems
    assert told.field.endswith("items[0].attributes.password")
    assert "write the secret itself here" in told.message


def test_another_installation_asks_for_the_secret_anew(
    shipped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(ours())
    exported = queries.exported(PLATFORM, "ours")
    foreign = secrets.AESSIV(b"k" * 64)
    monkeypatch.setattr(secrets, "_siv", lambda: foreign)
    with override_settings(INSTALLED=True), pytest.raises(actions.BadPack) as refused:
        install(exported)
    assert len(refused.value.problems) == 4
    told = "this secret was sealed by another installation, or for another place; write the"
    assert all(one.message.startswith(told) for one in refused.value.problems)


def test_a_difference_shows_that_a_secret_changed_and_not_what_it_was(shipped: None) -> None:
    install(ours())
    ready = differences.loaded([ours(ITEMS.replace("TIGER-hunter2", "TIGER-changed"))])
    diffs = [one.diff for one in differences.difference(ready).changes]
    assert len(diffs) == 2
    assert all("+" in diff and "sealed:" in diff and "TIGER" not in diff for diff in diffs)


@pytest.mark.parametrize(
    "line",
    [
        "attributes: {password: &p TIGER-hunter2, serial: *p}",
        "attributes: &a {password: TIGER-hunter2}",
    ],
)
def test_a_secret_is_not_shared_by_anchors(shipped: None, line: str) -> None:
    text = f"kind: items\nname: x\nitems:\n  - {{key: k, type: host, name: n, {line}}}\n"
    with pytest.raises(actions.BadPack) as refused:
        install(ours(text))
    assert [one.message for one in refused.value.problems] == [
        "a secret is written where it belongs, not by “&” and “*”"
    ]


@pytest.mark.parametrize(
    ("was", "told"),
    [
        ("# Servers of the ward.", "# 一号机的密码 TIGER-hunter2"),
        ("# stays", "# was TIGER-hunter2, since May"),
        ("kind: targets", "#TIGER-hunter2\nkind: targets"),
        ("# Servers of the ward.", "# the old one: LION: \"päss'word #1"),
    ],
)
def test_a_secret_is_told_in_no_remark(shipped: None, was: str, told: str) -> None:
    with pytest.raises(actions.BadPack) as refused:
        install(ours(ITEMS.replace(was, told)))
    messages = {problem.message for problem in refused.value.problems}
    assert [text[:36] for text in messages] == ["this secret stands in a remark too, "]
    assert "TIGER" not in everything_stored()
    install(ours(ITEMS.replace("# stays", "# TIGER and päss are no secrets")))


@pytest.mark.parametrize(
    ("was", "told", "where"),
    [
        ("name: 服务器一", "name: 服务器一 TIGER-hunter2", "items[0].name"),
        ("serial: SN-1", 'serial: "SN:TIGER-hunter2x"', "items[0].attributes.serial"),
        ("serial: SN-3", r'serial: "\x54IGER-hunter2"', "items[2].attributes.serial"),
        ("10.0.0.1:9", "http://10.0.0.1:9/TIGER-hunter2", "targets[0].address"),
        ("10.0.0.1:9", "http://10.0.0.1:9/?p=%54IGER%2Dhunter2", "targets[0].address"),
        (
            "item: ward-1, template",
            "item: ward-1, name: TIGER-hunter2, template",
            "targets[0].name",
        ),
        ("TIGER-hunter2 , memory: 64", '"64640", memory: 64640', "items[0].attributes.memory"),
    ],
)
def test_a_secret_is_told_in_no_other_value(shipped: None, was: str, told: str, where: str) -> None:
    with pytest.raises(actions.BadPack) as refused:
        install(ours(ITEMS.replace(was, told)))
    (problem,) = {(problem.field, problem.message) for problem in refused.value.problems}
    assert problem[0].endswith(where)
    assert problem[1].startswith("here stands the secret of “")
    assert "TIGER" not in problem[1]
    assert "TIGER" not in everything_stored()


def test_a_short_secret_is_looked_for_as_a_word_and_never_in_names_of_definitions(
    shipped: None,
) -> None:
    for secret in ("host", "'\"1234\"'", "SN"):
        text = ITEMS.replace("serial: SN-1", "serial: SN-0012345").replace(TIGER, secret, 1)
        ready = differences.loaded([ours(text)])
        assert ready.problems == []
    with pytest.raises(actions.BadPack):
        install(ours(ITEMS.replace("serial: SN-1", "serial: the 1234").replace(TIGER, '"1234"', 1)))


def test_what_stands_so_already_keeps_nobody_from_changing_another(
    shipped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of before it was refused; whoever touches that definition mends it."""
    torn = ITEMS.replace("name: 服务器一", "name: TIGER-hunter2")
    with monkeypatch.context() as before:
        before.setattr(sealing, "told_in_values", lambda *_: ())
        install(ours(torn))
    other = torn.replace("10.0.0.1:9", "10.0.0.2:9")
    install(ours(other))
    assert collect.TargetRow.objects.get().address == "10.0.0.2:9"
    with pytest.raises(actions.BadPack):
        install(ours(other.replace("服务器二", "服务器2")))


@pytest.mark.parametrize(
    "attributes",
    ["{passwrod: TIGER-hunter2}", "{password: [TIGER-hunter2]}", "{password: 90210}"],
)
def test_a_mistake_does_not_tell_the_secret(shipped: None, attributes: str) -> None:
    entry = f"{{key: k, type: host, name: n, attributes: {attributes}}}"
    text = f"kind: items\nname: x\nitems:\n  - {entry}\n"
    ready = differences.loaded([ours(text)])
    assert len(ready.problems) == 1
    told = f"{ready.problems[0]} {ready.problems[0].found} {actions.wording(ready.problems[0])}"
    assert "TIGER" not in told
    assert "90210" not in told


def test_old_versions_and_bodies_have_tokens(shipped: None) -> None:
    install(ours())
    install(ours(ITEMS.replace("TIGER-hunter2", "TIGER-changed")))
    rows = models.Definition.objects.filter(name="ward-servers").order_by("version")
    passwords = [json.loads(row.body)["items"][0]["attributes"]["password"] for row in rows]
    assert len(set(passwords)) == 2
    assert all(one.startswith("sealed:") for one in passwords)


def test_the_archive_of_an_export_has_no_secret(shipped: None) -> None:
    install(ours())
    found = sources.Sources()
    sources.archive(sources.zipped([queries.exported(PLATFORM, "ours")]), "x", found)
    text = b"".join(found.packs[0].files.values()).decode()
    assert "ward-1" in text
    assert "TIGER" not in text


# Any text ----------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=30)
STYLES: tuple[dict[str, Any], ...] = (
    {"default_flow_style": True},
    {"default_flow_style": False},
    {"default_flow_style": False, "default_style": '"'},
    {"default_flow_style": None, "width": 20},
    {"default_flow_style": False, "default_style": "|"},
)


@given(
    st.lists(st.tuples(WORDS, WORDS.filter(lambda one: len(one) > 3)), min_size=1, max_size=5),
    st.sampled_from(STYLES),
)
def test_in_every_style_of_yaml(given_: list[tuple[str, str]], style: dict[str, Any]) -> None:
    body = {"list": [{"a": word, "s": secret, "b": [word]} for word, secret in given_]}
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, **style)
    declared = [sealing.Secret(("list", index, "s"), f"{index}/s") for index in range(len(given_))]
    tokens, problems = sealing.tokens(body, declared)
    told, more = sealing.in_text(text, tokens.sealed)
    assert [*problems, *more] == []
    assert yaml.safe_load(told) == sealing.put(body, tokens.sealed)
    assert sealing.put(body, tokens.opened) == body


def test_a_pack_without_secrets_stays_as_it_is(ward: Source) -> None:
    loaded = packs.load([ward])
    assert loaded.packs[0].source.files == ward.files
    assert pack().files["pack.yaml"] == ward.files["pack.yaml"]


def test_secrets_follow_a_renamed_template(shipped: None) -> None:
    """A token opens at its own place alone, and the template's name is a part of that place."""
    install(ours())
    before = queries.exported(PLATFORM, "ours").files["ward.yaml"].decode()
    text = queries.stored(PLATFORM, "monitor-template", "prometheus").text
    fresh = text.replace("name: prometheus", "name: any-page", 1)
    draft = actions.DefinitionDraft(
        kind="monitor-template", name="any-page", text=fresh, renamed_from="prometheus"
    )
    with override_settings(INSTALLED=True):
        actions.save_definition(PLATFORM, draft, at=AT, base_version=1)
        exported = queries.exported(PLATFORM, "ours")
        after = exported.files["ward.yaml"].decode()
        assert "template: any-page" in after
        assert TIGER not in after
        changed = [line for line in after.splitlines() if line not in set(before.splitlines())]
        assert len(changed) == 1
        target = collect.TargetRow.objects.get()
        assert target.template == "any-page"
        assert targets.spec(EVERYTHING, target.id).parameters["token"] == TIGER
        assert install(exported).empty
        stale = Source("ours", {**exported.files, "ward.yaml": before.encode()})
        with pytest.raises(actions.BadPack):
            install(stale)
