"""Large texts: read once a save, and refused where a limit is passed, with the limit said."""

from __future__ import annotations

import pytest

from tests.hospital import HOSPITAL, client_of
from wardround.kernel import clock
from wardround.schema import actions, documents
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.types import MOST_ATTRIBUTES

pytestmark = pytest.mark.django_db


def type_of(count: int, label: str = "Big") -> str:
    lines = (f"  - {{name: a{number}, label: A, type: text}}\n" for number in range(count))
    head = f"kind: item-type\nname: big\nlabel: {label}\nlayer: attic\nattributes:\n"
    return head + "".join(lines)


LAYER = """\
kind: layer
name: attic
label: {zh: 我院的层, en: Our own layer}
order: 100
view: infrastructure
"""


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the texts that are read, in order."""
    sizes: list[int] = []
    whole = documents._read

    def counted(data: bytes, file: str) -> documents.Reading:
        sizes.append(len(data))
        return whole(data, file)

    monkeypatch.setattr(documents, "_read", counted)
    return sizes


def test_a_save_reads_a_large_text_once(read: list[int]) -> None:
    actions.save_definition(
        HOSPITAL, DefinitionDraft(kind="layer", name="attic", text=LAYER), at=clock.now()
    )
    for version in (None, 1, 2):
        text = type_of(MOST_ATTRIBUTES, f"Big {version}")
        draft = DefinitionDraft(kind="item-type", name="big", text=text)
        read.clear()
        actions.save_definition(HOSPITAL, draft, at=clock.now(), base_version=version)
        assert max(read) == len(text.encode())
        assert len([size for size in read if size > len(text) // 2]) == 1


def test_more_attributes_than_fit_are_refused_with_the_limit() -> None:
    admin = client_of("keeper", "administrator")
    answer = admin.put("/definitions/item-type/big", {"text": type_of(MOST_ATTRIBUTES + 1)})
    assert answer.status == 422
    told = {each["field"].split()[-1]: each["message"] for each in answer.body["problems"]}
    assert told["attributes"] == "found a list of 1001, expected at most 1000 entries"


def test_what_is_read_once_is_read_anew_outside(read: list[int]) -> None:
    data = LAYER.encode()
    with documents.read_once():
        first = documents.read(data, "a").documents
        assert documents.read(data, "b").documents == first
        with documents.read_once():
            assert documents.read(data, "c").documents == first
        wrong = documents.read(b"a: [", "d"), documents.read(b"a: [", "e")
    assert [reading.problems[0].place.file for reading in wrong if reading.problems[0].place] == [
        "d",
        "e",
    ]
    documents.read(data, "f")
    assert len(read) == 4
