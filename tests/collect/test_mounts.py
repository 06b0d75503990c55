"""Lists of mounts as kernels write them, and counters as kernels count."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.collect.targets import only, target, values
from wardround.collect.drivers import machine
from wardround.collect.drivers.machine_counters import SteadyCounters
from wardround.collect.drivers.machine_mounts import file_systems, mounts
from wardround.collect.readings import Readings
from wardround.collect.runner import check_once

SERVER = r"""
22 28 0:20 / /sys rw,nosuid - sysfs sysfs rw
24 28 0:5 / /dev rw,nosuid - devtmpfs udev rw,size=8138344k
28 1 253:0 / / rw,relatime shared:1 - xfs /dev/mapper/vg-root rw
31 22 0:27 / /sys/fs/cgroup ro - cgroup2 cgroup2 rw
35 28 8:1 / /boot rw,relatime shared:29 - ext4 /dev/sda1 rw
40 28 0:43 / /tank rw,xattr - zfs tank rw,xattr,posixacl
41 40 0:44 / /tank/his\040db rw,xattr - zfs tank/his\040db rw
42 41 0:60 / /tank/his\040db/.zfs/snapshot/daily ro - zfs tank/his\040db@daily ro
43 28 0:45 / /gpfs/pacs rw - gpfs pacs rw
44 28 0:33 /@ /srv rw shared:3 - btrfs /dev/sdb rw,subvol=/@
45 28 0:33 /@home /srv/home rw - btrfs /dev/sdb rw,subvol=/@home
46 28 0:46 / /mnt/nas rw - nfs4 nas:/export rw
47 28 0:47 / /run rw - tmpfs tmpfs rw
48 28 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro
49 28 0:48 / /home/li/remote rw - fuse.sshfs li@other:/ rw
50 28 8:33 / /mnt/usb rw - fuseblk /dev/sdc1 rw
51 28 253:0 /var/lib/bound /export rw - xfs /dev/mapper/vg-root rw
52 28 0:50 / /var/lib/docker/overlay2/ab/merged rw - overlay overlay rw
nonsense
"""
CONTAINER = """
500 400 0:90 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u
501 500 0:91 / /proc rw - proc proc rw
502 500 0:92 / /dev rw - tmpfs tmpfs rw
503 500 253:2 /docker/containers/ab/hosts /etc/hosts rw - ext4 /dev/mapper/vg-docker rw
504 500 253:2 /docker/volumes/data/_data /var/lib/postgresql rw - ext4 /dev/mapper/vg-docker rw
"""
OVER = """
28 1 8:1 / / rw - ext4 /dev/sda1 rw
40 28 8:16 / /data rw - ext4 /dev/sdb rw
41 40 8:32 / /data rw - xfs /dev/sdc rw
50 28 8:48 / /mnt/old rw - ext4 /dev/sdd rw
51 28 8:64 / /mnt rw - ext4 /dev/sde rw
52 51 8:80 / /mnt/new rw - ext4 /dev/sdf rw
"""


def seen(text: str, *, files: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    found = file_systems(mounts(text), is_folder=lambda place: place not in files)
    return [(mount.place, mount.source) for mount in found]


def test_file_systems_are_known_by_what_they_are() -> None:
    assert seen(SERVER) == [
        ("/", "/dev/mapper/vg-root"),
        ("/boot", "/dev/sda1"),
        ("/gpfs/pacs", "pacs"),
        ("/mnt/usb", "/dev/sdc1"),
        ("/srv", "/dev/sdb"),
        ("/tank", "tank"),
        ("/tank/his db", "tank/his db"),
    ]


def test_a_containers_volume_is_found_beside_files_bound_from_the_same_device() -> None:
    assert seen(CONTAINER, files=frozenset({"/etc/hosts"})) == [
        ("/", "overlay"),
        ("/var/lib/postgresql", "/dev/mapper/vg-docker"),
    ]


def test_of_two_devices_at_one_place_the_one_that_is_seen_counts() -> None:
    assert seen(OVER) == [
        ("/", "/dev/sda1"),
        ("/data", "/dev/sdc"),
        ("/mnt", "/dev/sde"),
        ("/mnt/new", "/dev/sdf"),
    ]


BEYOND = """
28 1 8:1 / / rw - ext4 /dev/sda1 rw
40 28 0:46 / /mnt/nas rw - nfs4 nas:/export rw
41 40 8:16 / /mnt/nas/disk rw - ext4 /dev/sdb rw
42 28 0:47 / /home rw - autofs systemd-1 rw,fd=32
43 42 8:32 / /home rw - xfs /dev/sdc rw
44 28 0:49 / /sshd rw - fuse.sshfs li@other:/ rw
45 44 8:48 / /sshd/here rw - ext4 /dev/sdd rw
46 28 0:50 / /odd rw - fuse someone rw
"""


def test_what_lies_behind_another_machine_is_not_asked() -> None:
    """The way to it leads through a server that may be dead: asking would hang for good."""
    asked: list[str] = []
    file_systems(mounts(BEYOND), is_folder=lambda place: not asked.append(place))
    assert sorted(asked) == ["/", "/home"]


def test_a_machine_that_lives_on_a_server_has_disks() -> None:
    text = "28 1 0:9 / / rw - nfs nas:/root rw\n29 28 8:1 / /data rw - ext4 /dev/sda1 rw"
    assert seen(text) == [("/", "nas:/root"), ("/data", "/dev/sda1")]


def test_a_root_that_is_full_by_nature_is_no_full_disk() -> None:
    text = "28 1 7:0 / / ro - squashfs /dev/loop0 ro\n29 28 8:1 / /data rw - ext4 /dev/sda1 rw"
    assert seen(text) == [("/data", "/dev/sda1")]


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\x0b", "\x0c", "\r", "医院 \\134"])
def test_only_a_line_feed_ends_a_line(mark: str) -> None:
    text = (
        f"29 28 8:1 / /data/{mark}x".replace(" \\134", "\\040\\134") + " rw - ext4 /dev/sda1 rw\n"
    )
    (found,) = mounts(text)
    assert found.place == f"/data/{mark}x".replace("\\134", "\\")


@given(st.text(), st.lists(st.sampled_from(SERVER.split()), max_size=40).map(" ".join))
def test_no_list_is_too_odd(rubbish: str, shuffled: str) -> None:
    for text in (rubbish, shuffled, rubbish + " - " + shuffled):
        file_systems(mounts(text), is_folder=lambda _place: True)


def test_every_place_is_told_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With this machine's folders, so that there is something to measure."""
    text = tmp_path / "mountinfo"
    text.write_bytes(
        b"28 1 8:1 / / rw - ext4 /dev/sda1 rw\n29 28 0:9 / /tmp rw - zfs tank/\xff rw\n"
        b"30 29 0:8 / /tmp rw - zfs tank/b rw\n"
    )
    monkeypatch.setattr(machine, "_MOUNTS", text)
    batch = asyncio.run(check_once(only(target("linux-machine"), "disks")))
    sizes = {name for name in values(batch) if name.startswith("node_filesystem_size_bytes")}
    assert sizes == {
        "node_filesystem_size_bytes{device=/dev/sda1,mountpoint=/}",
        "node_filesystem_size_bytes{device=tank/b,mountpoint=/tmp}",
    }
    assert values(batch)["scrape_duplicates"] == 0


def test_series_that_comes_twice_is_told_and_the_first_counts() -> None:
    spec = only(target("linux-machine"), "services")
    out = Readings(spec, spec.template.groups[0])
    for _ in range(2):
        out.add("service_up", 1, name="a")
        out.add("service_up", 0, name="a")
        out.add("service_up", 1, name="b")
        got = out.finish(note="before")
        assert got.values.tolist() == [1, 1]
        assert got.duplicates == 1
        assert got.note == (
            "before; 1 series came twice; the first is service_up{name=a}. The first value counts."
        )


def shown(*raw: float) -> list[float]:
    counters = SteadyCounters()
    return [counters.read("cpu", "iowait", value) for value in raw]


def test_counter_that_falls_a_little_waits_until_it_is_there_again() -> None:
    assert shown(100, 99.5, 99.9, 101) == [100, 100, 100, 101]


def test_counter_that_begins_anew_is_told_so() -> None:
    assert shown(100, 3, 5) == [100, 3, 5]


def test_counter_that_fell_for_good_goes_on_without_a_jump() -> None:
    got = shown(100, *[80 + one for one in range(30)])
    assert got[:20] == [100] * 20
    steps = [after - before for before, after in itertools.pairwise(got)]
    assert set(steps) == {0, 1}
    assert got[-1] > 100


@given(st.lists(st.floats(0, 1e12), min_size=1, max_size=60))
def test_a_counter_rises_stays_or_begins_anew_and_never_counts_what_was_not(
    raw: list[float],
) -> None:
    got = shown(*raw)
    for before, after, now in zip(got, got[1:], raw[1:], strict=False):
        assert after >= before or after == now
    rises = sum(max(after - before, 0) for before, after in itertools.pairwise(raw))
    told = sum(max(after - before, 0) for before, after in itertools.pairwise(got))
    assert told <= rises * (1 + 1e-9) + 1e-6
