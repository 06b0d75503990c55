"""Rule files of Prometheus in, a pack of ours out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.detection.story import Machine
from wardround.__main__ import main
from wardround.detection.definitions import ALERT_RULES
from wardround.detection.engine import Engine
from wardround.detection.intake.packing import Packed, pack
from wardround.detection.intake.taking import Known, Taken, Wishes, take
from wardround.detection.parse import parse
from wardround.detection.types import Severity
from wardround.detection.written import written

RULES = """
groups:
  - name: recorded
    rules:
      - record: code:requests:rate5m
        expr: sum by (job, code) (rate(requests_total[5m]))
        labels: {made: here}
  - name: web
    labels: {team: net}
    rules:
      - alert: ManyErrors
        expr: |
          # of all requests
          code:requests:rate5m{code="500", made="here"}
            / ignoring (code) sum without (code) (code:requests:rate5m) > 0.1
        for: 1h30m
        keep_firing_for: 5m
        labels: {severity: page, tier: "1"}
        annotations:
          summary: '{{ $labels.instance }}: {{ $value | humanizePercentage }} of {{ .Labels.code }}'
          description: '{{ printf "%.2f" $value }} {{ with query "up" }}{{ . }}{{ end }}{{$labels}}'
          runbook_url: https://runbooks.example/many-errors#now
      - alert: ManyErrors
        expr: requests_total{job="web"} offset 1d > 5 unless other
        labels: {severity: warning}
"""
MANIFESTS = """
apiVersion: v1
kind: List
items:
  - apiVersion: monitoring.coreos.com/v1
    kind: PrometheusRule
    spec: {groups: [{name: a, rules: [{alert: A, expr: a > 1}]}]}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
spec: {groups: [{name: b, rules: [{alert: B, expr: b > 1, for: 1y}]}]}
"""


def taken(text: str, known: Known | None = None, **wishes: object) -> Packed:
    known = known or Known({}, ())
    return pack(take({"my.yml": text.encode()}, Wishes(**wishes), known), "mine", known)  # type: ignore[arg-type]


def alert(expr: str, **fields: object) -> str:
    return yaml.safe_dump(
        {"groups": [{"name": "g", "rules": [{"alert": "A", "expr": expr, **fields}]}]}
    )


def only(packed: Packed) -> Taken:
    assert [str(note) for note in packed.intake.refused] == []
    (rule,) = packed.intake.taken
    return rule


def why_not(packed: Packed) -> str:
    (note,) = packed.intake.refused
    assert packed.intake.taken == ()
    return f"{note.message} [{note.part}] {note.advice}"


def test_a_rule_file_becomes_a_pack() -> None:
    packed = taken(RULES)
    first, second = packed.intake.taken
    body = yaml.safe_load(packed.files["mine-my.yaml"])
    rule = ALERT_RULES.read(body).rules[0]
    assert (first.name, second.name) == ("ManyErrors", "ManyErrorsWarning")
    assert rule.expr == (
        'label_replace(sum by (code) (rate(requests_total{code="500"}[5m])), "made", "here", "", '
        '"") / ignoring (code) sum without (code) (label_replace(sum by (code) '
        '(rate(requests_total[5m])), "made", "here", "", "")) > 0.1'
    )
    assert (rule.timing.hold, rule.timing.keep, rule.severity) == (5400, 300, Severity.CRITICAL)
    assert rule.labels == (("team", "net"), ("tier", "1"))
    assert rule.summary.en == "{{ item }}: {{ value | percent }} of {{ labels.code }}"
    assert rule.description is not None
    assert rule.description.en == "{{ value | fixed 2 }} {{ labels }}"
    assert rule.runbook_url == "https://runbooks.example/many-errors#now"
    assert body["matching"] == "exact"
    assert second.body["expr"] == "requests_total offset 1d > 5 unless other"
    assert first.needs == ("requests_total",)
    notes = [(note.source.line, note.message, note.part) for note in first.notes]
    assert [line for line, _, _ in notes] == [11, 11]
    assert "cannot be filled in" in notes[1][1]
    assert notes[1][2] == 'with query "up"'
    assert "Prometheus looks at all targets together" in notes[0][1]


def test_manifests_of_kubernetes_several_in_a_file() -> None:
    packed = taken(MANIFESTS)
    assert [rule.name for rule in packed.intake.taken] == ["A", "B"]
    assert packed.intake.taken[1].body["for"] == "365d"


def test_matching_is_as_in_prometheus() -> None:
    """Nothing meets where labels differ; in our own rules the names of one side may be fewer."""
    packed = taken(alert("size > 1 unless maintenance"))
    rules = ALERT_RULES.read(yaml.safe_load(packed.files["mine-my.yaml"])).rules
    machine, engine = Machine(), Engine(rules)
    batch = [machine.scrape(0, {"size{d=a}": 5.0, "maintenance": 1.0})]
    engine.admit(batch)
    assert len(engine.evaluate(batch).findings) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (alert("max_over_time(rate(x[5m])[1h:1m]) > 1"), "over another expression"),
        (alert("rate(x[2d]) > 1"), "not between 1s and 1d [[2d]) > 1]"),
        (alert("vector(1)"), "names no metric"),
        (alert("x @ 5 > 1"), "“@” has no meaning"),
        (alert("a:b:c > 1"), "no file has [a:b:c] Name the file"),
        (alert("(" * 1000 + "x" + ")" * 1000), "too many parts"),
        (alert("(" * 100 + "x" + ")" * 100), "nested too deeply"),
        (alert("x > 1" + " or x > 1" * 1000), "longer than"),
        (alert('up{job="db"} == 0'), "--job JOB=TEMPLATE"),
        (alert('x{instance="db1:9100"} > 1'), "certain targets by “instance”"),
        (alert("x > 1", **{"for": "soon"}), "“for: soon” is no duration"),
        ("groups: [{name: g, rules: [{alert: A}]}]", "“alert” or “record”, and “expr”"),
        ("{", "my.yml:"),
        ("- 1\n- 2", "no groups of rules"),
        ("", "no groups of rules"),
        ("\x00", "my.yml:"),
        ("a: &a [*a]", "stands for nothing above it"),
        ("{a: " * 100 + "1" + "}" * 100, "nested deeper than"),
    ],
)
def test_what_is_not_taken_is_told_with_its_reason(text: str, reason: str) -> None:
    packed = taken(text)
    (note,) = packed.intake.refused
    said = f"{note.source} {note.message} [{note.part}] {note.advice}"
    assert reason in said


def test_bytes_that_are_no_text_and_files_beyond_all_size() -> None:
    known = Known({}, ())
    files = {"a.yml": b"\xff\xfe\x00", "b.yml": b" " * (17 * 1024 * 1024)}
    refused = take(files, Wishes(), known).refused
    assert [note.source.file for note in refused] == ["a.yml", "b.yml"]
    assert "larger than 16 MB" in refused[1].message


def test_recording_rules_that_use_each_other_end() -> None:
    loop = [{"record": "a:b", "expr": "c:d + 1"}, {"record": "c:d", "expr": "a:b"}]
    loop += [{"alert": "A", "expr": "a:b > 1"}]
    text = yaml.safe_dump({"groups": [{"name": "g", "rules": loop}]})
    assert "without end" in why_not(taken(text))
    wide = [{"record": f"r:{n}", "expr": "+".join([f"r:{n + 1}"] * 99)} for n in range(9)]
    wide += [{"record": "r:9", "expr": "x"}, {"alert": "A", "expr": "r:0 > 1"}]
    text = yaml.safe_dump({"groups": [{"name": "g", "rules": wide}]})
    assert "too long" in why_not(taken(text))


@pytest.mark.parametrize(
    ("recorded", "used", "expected"),
    [
        ("sum by (a) (x)", 'r:r{a="1"} > 1', 'sum by (a) (x{a="1"}) > 1'),
        ("sum without (b) (x)", 'r:r{a="1"} > 1', 'sum without (b) (x{a="1"}) > 1'),
        ("sum without (b) (x)", 'r:r{b=""} > 1', "sum without (b) (x) > 1"),
        ("rate(x[5m])", 'r:r{a!="1"} > 1', 'rate(x{a!="1"}[5m]) > 1'),
        ("x and y", 'r:r{a="1"} > 1', '(x{a="1"} and y) > 1'),
        ("x or y", 'r:r{a="1"} > 1', '(x{a="1"} or y{a="1"}) > 1'),
        ("x / on (a) y", 'r:r{a="1"} > 1', 'x{a="1"} / on (a) y{a="1"} > 1'),
        (
            "x * on (a) group_left (b) y",
            'r:r{b="1"} > 1',
            'x * on (a) group_left (b) y{b="1"} > 1',
        ),
        ("x / 2", "r:r offset 5m > 1", "x offset 5m / 2 > 1"),
        ("rate(x[5m])", "r:r offset 1h > 1", "rate(x[5m] offset 1h) > 1"),
    ],
)
def test_matchers_of_what_is_recorded(recorded: str, used: str, expected: str) -> None:
    record, rule = {"record": "r:r", "expr": recorded}, {"alert": "A", "expr": used}
    text = yaml.safe_dump({"groups": [{"name": "g", "rules": [record, rule]}]})
    assert only(taken(text)).body["expr"] == expected


@pytest.mark.parametrize(
    ("recorded", "used", "reason"),
    [
        ("topk(3, x)", 'r:r{a="1"} > 1', "cannot be matched here"),
        ("sum by (a) (x)", 'r:r{b="1"} > 1', "gives “r:r” these labels"),
        ("x", "rate(r:r[5m]) > 1", "A window over “r:r”"),
        ("x +", "r:r > 1", "cannot be read"),
        ("time() - x", "r:r offset 5m > 1", "uses the time"),
    ],
)
def test_what_is_recorded_and_cannot_be_put_in(recorded: str, used: str, reason: str) -> None:
    record, rule = {"record": "r:r", "expr": recorded}, {"alert": "A", "expr": used}
    text = yaml.safe_dump({"groups": [{"name": "g", "rules": [record, rule]}]})
    assert reason in why_not(taken(text))


def test_jobs_become_monitor_templates() -> None:
    packed = taken(alert('up{job=~"node|db"} == 0 and on (job) x > 1'), jobs={"node": "linux"})
    assert "There is no monitor template “linux”" in why_not(packed)
    rule = only(taken(alert('x{job="a"} / on (instance) y{job="a", instance!=""} > 1')))
    assert rule.body["expr"] == "x / on () y > 1"
    assert "The job is left out" in rule.notes[-1].message
    rule = only(taken(alert('x{namespace="prod"} > 1'), target_labels=frozenset({"namespace"})))
    assert rule.body["expr"] == "x > 1"


@pytest.mark.parametrize(
    ("severity", "level"),
    [("critical", "critical"), ("Page", "critical"), ("none", "info"), ("", "warning")],
)
def test_severities(severity: str, level: str) -> None:
    rule = only(taken(alert("x > 1", labels={"severity": severity})))
    assert rule.body["labels"] == {"severity": level}


def test_a_severity_that_nobody_explained_is_told() -> None:
    rule = only(taken(alert("x > 1", labels={"severity": "P0"})))
    assert rule.body["labels"] == {"severity": "warning"}
    assert "“P0” is not known" in rule.notes[0].message
    rule = only(taken(alert("x > 1", labels={"severity": "P0"}), severities={"P0": "disaster"}))
    assert rule.body["labels"] == {"severity": "disaster"}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("{{$value}} {{ .Value }}", "{{ value }} {{ value }}"),
        ("{{ $value | humanize }}", "{{ value | short }}"),
        ("{{ humanizeDuration $value }}", "{{ value | duration }}"),
        ("{{ $value | humanize1024 }}B", "{{ value | binary }}B"),
        ('{{ printf "%.1f%%" $value }}', "{{ value | fixed 1 }}%"),
        ('{{ $value | printf "%.0f" }}', "{{ value | fixed 0 }}"),
        ('{{ printf "%d" $value }}{{ printf "%v" $value }}', "{{ value | fixed 0 }}{{ value }}"),
        ('{{ "43200" | humanizeDuration }}', "12:00:00"),
        ("{{- $labels.pod -}}", "{{ labels.pod }}"),
        ('{{ index $labels "pod" }}', "{{ labels.pod }}"),
        ("{{ $labels.job }}", "{{ item }}"),
        ("{{ if gt $value 1 }}a{{ else }}b{{ end }}c", "c"),
        ("{{ range query }}{{ if x }}y{{ end }}z{{ end }}w", "w"),
        ("{{ $externalLabels.cluster }}!", "…!"),
        ("{{ $labels.pod | toUpper }}", "{{ labels.pod }}"),
        ("open {{ $value", "open { { $value"),
    ],
)
def test_texts(theirs: str, ours: str) -> None:
    rule = only(taken(alert("x > 1", annotations={"summary": theirs})))
    assert rule.body["annotations"]["summary"] == ours


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("Disk(>80%)", "Disk_80"),
        ("磁盘满", "Rule"),
        ("5xx", "Rule_5xx"),
        ("x" * 300, "x" * 90),
    ],
)
def test_names_that_are_none_of_ours(name: str, ours: str) -> None:
    rule = only(taken(alert("x > 1").replace("alert: A", f"alert: {json.dumps(name)}")))
    assert rule.name == ours
    assert rule.body["label"] == name


def test_a_name_that_a_rule_has_already() -> None:
    known = Known({}, {"A"})
    assert only(taken(alert("x > 1"), known)).name == "A_2"


def test_metrics_and_labels_in_utf_8() -> None:
    rule = only(taken(alert('{"http.requests", "客户"="a"} > 1')))
    assert rule.needs == ("http.requests",)


@pytest.mark.parametrize(
    "text",
    [
        "a + b * c - (d - e)",
        "-a ^ 2 > -5",
        "(a or b) and on (x) c unless ignoring (y, z) d",
        "a * on (x) group_left (y) b > bool 1",
        "sum by (x) (rate(a[5m] offset 1h30m)) / 1024",
        'quantile_over_time(0.5, a{b=~"c\\\\.d", e!=""}[1d])',
        "predict_linear(a[6h], 86400) < 0",
        'label_replace(a, "x", "$1", "y", "(.*)") == 1',
        'label_join(a, "x", "-", "y", "z") == 1',
        "histogram_quantile(0.99, sum without (a) (rate(b[5m]))) > 1e-9",
        'count by (x) (count_values by (x) ("value", a)) != 1',
        "topk(3, a) > Inf",
        "hour() > 8 and on () a",
        "day_of_week(a) == 1",
        "clamp(round(a, 0.5), 0, 10) - scalar(b)",
        "vector(1) unless on () a",
        '{__name__=~"a|b"} > 1',
        "absent_over_time(a[5m]) and timestamp(a) < time() - 60",
    ],
)
def test_what_is_written_is_read_as_the_same(text: str) -> None:
    node = parse(text)
    again = written(node)
    assert written(parse(again)) == again
    assert _shape(parse(again)) == _shape(node)


def _shape(node: object) -> str:
    return re.sub(r"position=\d+", "", repr(node))


def test_the_command_writes_a_pack_that_checks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    (tmp_path / "my.yml").write_text(RULES)
    folder = tmp_path / "mine"
    given = ["pack", "import-prometheus", str(tmp_path / "my.yml"), "--to", str(folder)]
    assert main([*given, "--dry-run"]) == 0
    assert not folder.exists()
    assert main(given) == 0
    said = capsys.readouterr().out
    assert "2 of 2 alerts taken" in said
    assert "needs: requests_total" in said
    assert main(["pack", "check", str(folder)]) == 0
    capsys.readouterr()
    assert main([*given, "--json"]) == 2
    assert "is there already" in json.loads(capsys.readouterr().out)["error"]
    assert main([*given[:2], str(tmp_path / "none.yml"), "--to", str(tmp_path / "x")]) == 2
    (tmp_path / "bad.yml").write_text(alert("vector(1)"))
    answer = [*given[:2], str(tmp_path / "bad.yml"), "--to", str(tmp_path / "y"), "--json"]
    capsys.readouterr()
    assert main(answer) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["alerts"] == 1
    assert told["refused"][0]["rule"] == "A"
    assert not (tmp_path / "y").exists()
