"""Files of a pack that nobody would read, a foreign pack called `own`, and words of refusals."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cmdb.conftest import AT, PLATFORM
from tests.hospital import ApiClient, client_of
from wardround.schema import actions as schema
from wardround.schema import sources
from wardround.schema.sources import Source

HEAD = b'pack: m\nversion: "1"\nlabel: {zh: x, en: x}\nrequires: [base]\n'
LAYER = b"kind: layer\nname: NAME\nlabel: {zh: x, en: x}\norder: 99\nview: hardware\n"


def found_in_zip(files: Mapping[str, bytes]) -> sources.Sources:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    found = sources.Sources()
    sources.archive(target.getvalue(), "m", found)
    return found


def found_in_folder(folder: Path, files: Mapping[str, bytes]) -> sources.Sources:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return sources.find([folder / "m"])


@pytest.mark.parametrize("path", ["t.YAML", "t.Yml", ".t.yaml", "types/.t.yml"])
def test_definitions_in_a_file_that_is_not_read_are_refused(tmp_path: Path, path: str) -> None:
    files = {"m/pack.yaml": HEAD, f"m/{path}": LAYER}
    for found in (found_in_zip(files), found_in_folder(tmp_path, files)):
        (problem,) = found.problems
        assert str(problem.place).endswith(f"m/{path}:1:1")
        assert "is not read" in problem.text()


def test_definitions_beside_the_packs_of_a_zip_are_refused() -> None:
    (problem,) = found_in_zip({"m/pack.yaml": HEAD, "t.yaml": LAYER}).problems
    assert str(problem.place) == "m.zip/t.yaml:1:1"


def test_what_holds_no_definitions_is_left_alone(tmp_path: Path) -> None:
    files = {
        "m/pack.yaml": HEAD,
        "m/a.yml": LAYER,
        "m/.lint.yaml": b"rules: {}\n",
        "m/.ci/x.yaml": LAYER,
        "m/__MACOSX/._a.yml": LAYER,
        "m/._a.yml": LAYER,
        "m/README.md": b"kind: words\n",
    }
    for found in (found_in_zip(files), found_in_folder(tmp_path, files)):
        assert found.problems == []
        (pack,) = found.packs
        assert sorted(pack.files) == ["README.md", "a.yml", "pack.yaml"]


@pytest.fixture
def admin(db: None) -> ApiClient:
    found = sources.find([sources.shipped_folder() / "base"])
    schema.import_packs(PLATFORM, found.packs, at=AT)
    return client_of("head-of-packs", "administrator")


def put(admin: ApiClient, name: str, text: bytes) -> Any:
    return admin.put(f"/definitions/layer/{name}", {"text": text.decode()})


def test_a_pack_called_own_does_not_replace_what_was_saved_here_unasked(admin: ApiClient) -> None:
    assert put(admin, "roof", LAYER.replace(b"NAME", b"roof")).status == 200
    assert put(admin, "attic", LAYER.replace(b"NAME", b"attic").replace(b"99", b"98")).status == 200
    other = LAYER.replace(b"NAME", b"cellar").replace(b"99", b"97")
    source = Source("own", {"pack.yaml": HEAD.replace(b"pack: m", b"pack: own"), "a.yaml": other})
    difference, problems = schema.check_packs(PLATFORM, [source])
    assert problems == []
    lost = [each for change in difference.lost for each in change.lost]
    assert sorted((each.thing, each.count, each.names) for each in lost) == [
        ("definition", 1, ("attic",)),
        ("definition", 1, ("roof",)),
    ]
    with pytest.raises(schema.ConsentNeeded):
        schema.import_packs(PLATFORM, [source], at=AT)
    # Retiring one of them alone asks nothing more than it did.
    assert admin.delete("/definitions/layer/roof?base_version=1").status == 204


def test_words_of_what_is_missing(admin: ApiClient) -> None:
    nameless = LAYER.replace(b"name: NAME\n", b"")
    (problem,) = put(admin, "roof", nameless).body["problems"]
    assert problem["message"] == "“name” is missing; write “name: roof”"
    empty = b"kind: item-type\nname: x\nlabel: x\nlayer: hardware\nattributes:\n"
    empty += b"  - {name: a, label: a, type: }\n"
    body = {"text": empty.decode()}
    told = admin.post("/definitions/item-type/x/check", body).body["problems"]
    assert [each["suggestion"] for each in told] == [None]
