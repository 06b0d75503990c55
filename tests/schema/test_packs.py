"""Everything that can be wrong with a pack: told at once, each with file, line and column."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.schema.conftest import HEAD, LAYER, TYPES, pack
from wardround.schema import packs, sources
from wardround.schema.pack_contents import located
from wardround.schema.sources import Source
from wardround.schema.types import Problem, with_inherited


def problems(*given: Source) -> list[Problem]:
    return packs.load(given).problems


def told(*given: Source) -> list[str]:
    return [str(one) for one in problems(*given)]


def of_type(body: str) -> list[str]:
    """What is told of one item type with this body."""
    return told(pack({"t.yaml": f"kind: item-type\nname: host\nlayer: hardware\n{body}"}))


def test_a_sound_pack_has_no_problems(ward: Source) -> None:
    ready = packs.load([ward])
    assert ready.problems == []
    assert [(one.kind, one.name) for one in ready.packs[0].definitions] == [
        ("layer", "hardware"),
        ("item-type", "device"),
        ("item-type", "host"),
    ]
    types = ready.view.all("item-type")
    host = with_inherited(types["host"], types)
    assert [one.name for one in host.attributes] == ["serial", "memory"]
    assert (host.layer, host.icon, host.lineage) == ("hardware", "device", ("host", "device"))


@pytest.mark.parametrize(
    ("body", "line", "meant"),
    [
        ("lable: X\n", "ward/t.yaml:1:1: “label” is missing", ""),
        ("lable: X\n", "ward/t.yaml:4:1: lable: “lable” is not known here", "label"),
        ("label: 3\n", "ward/t.yaml:4:8: label: found 3, expected mapping or text", ""),
        ("label: {zh: 甲, fr: A}\n", "ward/t.yaml:4:16: label.fr: “fr” is not known here", ""),
        ("label: X\nlayer: 3\n", "ward/t.yaml:5:1: the key “layer” stands here twice", ""),
        (
            "label: X\nattributes: {a: 1}\n",
            "ward/t.yaml:5:13: attributes: found a mapping (a), expected list",
            "",
        ),
        (
            "label: X\nattributes:\n  - {name: a, label: A, type: nmuber}\n",
            "ward/t.yaml:6:31: attributes[0].type: found nmuber, expected one of: text,",
            "number",
        ),
        (
            "label: X\nattributes:\n  - {name: A b, label: A, type: text}\n",
            "ward/t.yaml:6:12: attributes[0].name: found A b, expected text like ^[a-z]",
            "",
        ),
        (
            "label: X\nattributes:\n  - &a {name: a, label: A, type: text}\n  - *a\n",
            "ward/t.yaml:6:15: attributes[1].name: two attributes are called “a”",
            "",
        ),
        (
            "label: X\nattributes:\n  - {name: a, label: A, type: text, unit: s}\n",
            "ward/t.yaml:6:37: attributes[0].unit: “unit” belongs to type number, not to text",
            "",
        ),
        (
            "label: X\nattributes:\n  - {name: a, label: A, type: choice}\n",
            "ward/t.yaml:6:5: attributes[0]: a choice needs its “choices”",
            "",
        ),
        (
            "label: X\nattributes:\n  - {name: a, label: A, type: number, default: x}\n",
            "ward/t.yaml:6:48: attributes[0].default: the default does not fit",
            "",
        ),
        (
            "label: X\nattributes:\n  - {name: a, label: A, type: reference, to: hots}\n",
            "ward/t.yaml:6:46: attributes[0].to[0]: there is no item-type “hots”",
            "host",
        ),
        ("label: X\nextends: hots\n", "ward/t.yaml:5:10: extends: there is no item-type", "host"),
        ("label: X\nextends: host\n", "ward/t.yaml:5:10: extends: item-type definitions lead", ""),
    ],
)
def test_a_wrong_item_type_is_told(body: str, line: str, meant: str) -> None:
    found = [
        one
        for one in problems(
            pack({"t.yaml": f"kind: item-type\nname: host\nlayer: hardware\n{body}"})
        )
        if str(one).startswith(line)
    ]
    assert [one.suggestion for one in found] == [meant], of_type(body)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "kind: itemtype\nname: a\n",
            "ward/t.yaml:1:7: kind: there is no kind",
        ),
        ("name: a\n", "ward/t.yaml:1:1: “kind” is missing; it says what is defined here"),
        ("- 1\n", "ward/t.yaml:1:1: a definition is a mapping with “kind” and “name”"),
        ("kind: [layer]\nname: a\n", "ward/t.yaml:1:7: kind: there is no kind of definition"),
        ("kind: layer\n", "ward/t.yaml:1:1: “name” is missing"),
        ("kind: layer\nname: 3\n", "ward/t.yaml:2:7: name: found 3, expected text"),
        ("just words\n", "ward/t.yaml:1:1: a definition is a mapping"),
        ("kind: {a: [}\n", "ward/t.yaml:1:12: this is not YAML"),
    ],
)
def test_what_is_no_definition_is_told(text: str, line: str) -> None:
    assert any(one.startswith(line) for one in told(pack({"t.yaml": text})))


def test_all_mistakes_are_told_at_once_and_what_depends_on_one_is_not_blamed() -> None:
    """`host` extends a device that has a mistake of its own: one problem, not two."""
    text = TYPES.replace("type: text", "type: txet").replace("unit: B", "unti: B")
    found = problems(pack({"t.yaml": text}))
    assert [(str(one.place), one.dotted, one.suggestion) for one in found] == [
        ("ward/t.yaml:9:56", "attributes[0].type", "text"),
        ("ward/t.yaml:16:63", "attributes[0].unti", "unit"),
    ]


def test_two_definitions_of_one_name_are_told_with_both_places() -> None:
    assert told(pack({"a.yaml": TYPES, "b.yaml": TYPES})) == [
        "ward/b.yaml:3:7: name: item-type “device” is defined twice, also at ward/a.yaml:3:7",
        "ward/b.yaml:12:7: name: item-type “host” is defined twice, also at ward/a.yaml:12:7",
    ]


def test_two_packs_cannot_define_the_same() -> None:
    other = pack(name="other", head=HEAD.replace("pack: ward", "pack: other"))
    found = problems(pack(), other)
    assert [(str(one.place), str(one.details["other"])) for one in found] == [
        ("other/layers.yaml:2:7", "ward/layers.yaml:2:7")
    ]


def test_a_circle_of_references_is_told_with_its_path() -> None:
    types = "\n---\n".join(
        f"kind: item-type\nname: {name}\nlabel: X\nlayer: hardware\nextends: {parent}"
        for name, parent in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"))
    )
    assert told(pack({"t.yaml": types})) == [
        "ward/t.yaml:5:10: extends: item-type definitions lead back to themselves: a → b → c → a"
    ]


def test_a_circle_of_packs_is_told_with_its_path() -> None:
    heads = {
        name: f'pack: {name}\nversion: "1"\nlabel: X\nrequires: [{needed}]\n'
        for name, needed in (("a", "b"), ("b", "a"))
    }
    given = [Source(name, {"pack.yaml": head.encode()}) for name, head in heads.items()]
    assert told(*given) == [
        "a/pack.yaml:4:11: requires: packs need each other in a circle: a → b → a"
    ]


def test_packs_come_in_the_order_they_need_each_other() -> None:
    given = [
        Source(name, {"pack.yaml": f'pack: {name}\nversion: "1"\nlabel: X\n{needs}'.encode()})
        for name, needs in (("a", "requires: [c, b]"), ("b", ""), ("c", "requires: [b]"))
    ]
    assert [one.name for one in packs.load(given).packs] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("", "ward/pack.yaml:1:1: the file is empty"),
        ("pack: Ward\nversion: '1'\nlabel: X\n", "ward/pack.yaml:1:7: pack: found Ward, expected"),
        (
            "pack: ward\nversion: 1.0\nlabel: X\n",
            "ward/pack.yaml:2:10: version: found 1.0",
        ),
        (HEAD + "require: [base]\n", "ward/pack.yaml:4:1: require: “require” is not known here"),
        (HEAD + "requires: [base]\n", "ward/pack.yaml:4:12: requires[0]: the pack “base”"),
        ("[]\n", "ward/pack.yaml:1:1: found a list of 0, expected mapping"),
    ],
)
def test_a_wrong_head_is_told(head: str, line: str) -> None:
    assert any(one.startswith(line) for one in told(pack(head=head)))


def test_a_mistake_inside_an_expression_is_told_at_its_character() -> None:
    """Placed by the offset into the scalar, plain or quoted."""
    from wardround.schema.documents import read  # noqa: PLC0415

    for text, column in (("guard: userz > 1", 8), ("guard: 'a == userz'", 14)):
        document = read(text.encode(), "f").documents[0]
        offset = str(document.root.plain()["guard"]).index("userz")
        problem = located(Problem(("guard",), "x", offset=offset), document, "f")
        assert str(problem.place) == f"f:1:{column}"


# Where packs come from ---------------------------------------------------------------------------


def zip_of(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return target.getvalue()


def test_a_zip_and_a_folder_give_the_same_pack(tmp_path: Path, ward: Source) -> None:
    for path, data in ward.files.items():
        (tmp_path / "ward" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ward" / path).write_bytes(data)
    (tmp_path / "ward" / ".hidden").write_text("no part of it")
    (tmp_path / "ward.zip").write_bytes(sources.zipped([ward]))
    found = sources.find([tmp_path / "ward", tmp_path / "ward.zip", tmp_path])
    assert [one.files for one in found.packs] == [ward.files] * 3
    assert {one.digest for one in found.packs} == {ward.digest}


@pytest.mark.parametrize(
    ("data", "told_"),
    [
        (b"no zip at all", "this is neither a pack's folder nor a zip archive"),
        (
            zip_of({"readme.md": b"x"}),
            "there is no pack here: a pack's folder has a file pack.yaml",
        ),
        (zip_of({"../pack.yaml": b"x"}), "a file's path leads out of the pack"),
        (zip_of({"/etc/pack.yaml": b"x"}), "a file's path leads out of the pack"),
        (
            zip_of({"ward/pack.yaml": HEAD.encode()})[:-30] + b"x" * 30,
            "this is neither a pack's folder nor a zip archive",
        ),
        (
            zip_of({"pack.yaml": HEAD.encode(), "bomb": b"0" * (129 * 1024 * 1024)}),
            "a pack has at most 134217728 bytes",
        ),
        (zip_of({f"{n}": b"" for n in range(5_001)}), "a pack has at most 5000 files"),
    ],
)
def test_a_bad_archive_is_refused(tmp_path: Path, data: bytes, told_: str) -> None:
    path = tmp_path / "ward.zip"
    path.write_bytes(data)
    found = sources.find([path])
    assert found.packs == []
    assert [one.text() for one in found.problems] == [told_]


def test_a_missing_path_and_a_link_outside_are_not_read(tmp_path: Path) -> None:
    assert "there is no such file or folder" in str(sources.find([tmp_path / "x"]).problems[0])
    (tmp_path / "secret").write_text("x")
    folder = tmp_path / "ward"
    folder.mkdir()
    (folder / "pack.yaml").write_text(HEAD)
    (folder / "layers.yaml").write_text(LAYER)
    (folder / "link.yaml").symlink_to(tmp_path / "secret")
    assert sorted(sources.find([folder]).packs[0].files) == ["layers.yaml", "pack.yaml"]


def test_the_product_s_own_packs_are_sound() -> None:
    """They come through the same door as everybody's."""
    found = sources.find([sources.shipped_folder()])
    assert [str(one) for one in found.problems] == []
    assert [str(one) for one in packs.load(found.packs).problems] == []
