"""What is called a full disk."""

from __future__ import annotations

from pathlib import Path

from wardround.kernel.disk import LEAST, Room, room_at


def test_room_is_told_of_folders_that_are_there(tmp_path: Path) -> None:
    room = room_at(tmp_path)
    assert room is not None
    assert room.free > 0
    assert room_at(tmp_path / "gone") is None


def test_full_and_enough() -> None:
    place = Path("/")
    assert (Room(place, 0).full, Room(place, 0).enough) == (True, False)
    assert (Room(place, LEAST - 1).full, Room(place, LEAST - 1).enough) == (False, False)
    assert (Room(place, LEAST).full, Room(place, LEAST).enough) == (False, True)
