"""Root cause: small explanations, likeliest first, stable when observations are missing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dependability.small_models import fallible, models
from wardround.dependability import Model, Verdict, live_state, parse, root_cause

WARD = parse(
    """
    pacs = app and 2 of (web1, web2, web3) and (db1 hot db2 cold[15min] db3)
    ris = app2 and db4
    web1 = host1
    web2 = host1
    web3 = host2
    app = host2
    db1 = host3 and switch
    db2 = host4 and switch
    db4 = host5 and switch
    host9 = power
    """
)


def test_the_host_below_explains_its_servers_and_the_rest_is_unrelated() -> None:
    found = root_cause(WARD, down=["pacs"], failed=["web1", "web2", "host1", "host9"])
    assert found.causes[0].items == ("host1",)
    assert found.verdicts == {
        "web1": Verdict.EXPLAINED,
        "web2": Verdict.EXPLAINED,
        "host1": Verdict.CONTRIBUTING,
        "host9": Verdict.UNRELATED,
    }


def test_a_cause_nobody_watches_is_assumed() -> None:
    found = root_cause(WARD, down=["pacs", "ris"], failed=["db1", "db2", "db4"])
    assert found.causes[0].items == found.causes[0].assumed == ("switch",)
    assert found.causes[1].items == ("db1", "db2", "db4")


def test_what_was_seen_up_is_never_blamed() -> None:
    found = root_cause(WARD, down=["pacs", "ris"], failed=["db1", "db2", "db4"], up=["switch"])
    assert [cause.items for cause in found.causes] == [("db1", "db2", "db4")]


def test_the_cause_stays_when_an_observation_is_missing() -> None:
    observed = ["db1", "db2", "db4"]
    for missing in observed:
        left = [name for name in observed if name != missing]
        found = root_cause(WARD, down=["pacs", "ris"], failed=left)
        assert found.causes[0].items == ("switch",)


def test_equal_explanations_are_all_given() -> None:
    found = root_cause(WARD, down=["pacs"], failed=["web1"], up=["app", "host1", "web2"])
    assert {cause.items for cause in found.causes} >= {("pacs",), ("switch",), ("web1", "web3")}
    assert abs(sum(cause.share for cause in found.causes) - 1.0) < 1e-9


@given(models(), st.data())
@settings(max_examples=25, deadline=None)
def test_every_cause_takes_the_service_down_and_nothing_in_it_is_idle(
    model: Model, data: st.DataObject
) -> None:
    failed = [
        model.label(n) for n in data.draw(st.sets(st.sampled_from(fallible(model)), min_size=1))
    ]
    live = live_state(model, failed)
    if live.state("top").name != "DOWN" or live_state(model).state("top").name == "DOWN":
        return
    found = root_cause(model, down=["top"], failed=failed)
    assert found.causes
    assert not found.unexplained
    for cause in found.causes:
        assert live_state(model, cause.items).state("top").name == "DOWN"
        for item in cause.items:
            rest = [each for each in cause.items if each != item]
            assert live_state(model, rest).state("top").name != "DOWN"
    assert set(found.verdicts) == set(failed)
