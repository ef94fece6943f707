"""What calls an operator, and what is counted for it: alarms, dashboard, log lines that are metrics, CORS."""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib import config
from chalicelib.config import Settings
from chalicelib.sender import CORRELATIE
from chalicelib.web import bewaking, cors, log, schedules
from infra import scan, watching
from infra.local.pki import make_pki
from infra.local.processes import ROOT

QUEUES = ["aanvragen", "publicaties", "zorgvragen"]
FUNCTIONS = ["APIHandler", "Aanvragen", "Opruimen"]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("OSO_STAGE", "sandbox")
    monkeypatch.setenv("OSO_CORS_ORIGINS", "https://portaal.voorbeeld.nl,https://ander.voorbeeld.nl")
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """Every line that is logged, as it is written."""
    written: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(json.loads(log.log.handlers[0].format(record)))

    keep = Keep()
    log.log._logger.addHandler(keep)
    yield written
    log.log._logger.removeHandler(keep)


def counted(line: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Metric to dimensions, every one of them a field of the line."""
    found = {}
    for part in line["_aws"]["CloudWatchMetrics"]:
        assert part["Namespace"] == watching.OWN
        (names,), (metric,) = part["Dimensions"], part["Metrics"]
        assert isinstance(line[metric["Name"]], int)
        assert all(isinstance(line[name], str) for name in names)
        found[metric["Name"]] = tuple(names)
    return found


def test_a_line_counts_its_outcome(lines: list[dict[str, Any]]) -> None:
    log.regel("request", "OK", status=200)
    log.regel("soap", "ClientError", mislukt="wire")
    assert counted(lines[0]) == {"aantal": ("stage", "event", "code")}
    assert counted(lines[1]) == {"aantal": ("stage", "event", "code"), "mislukt": ("stage", "deur")}
    assert (lines[1]["code"], lines[1]["deur"], lines[1]["stage"]) == ("ClientError", "wire", "sandbox")


def test_lines_of_one_request_stand_under_the_id_of_the_caller_unless_that_says_too_much(
    lines: list[dict[str, Any]],
) -> None:
    assert log.begin({"x-correlation-id": "portaal-4f2c9a"}) == "portaal-4f2c9a"
    log.regel("request", "OK")
    for bad in ("662460613", "66-24-60-613", "kort", "x" * 65, "a b c d e f g", ""):
        assert log.begin({"x-correlation-id": bad}) not in ("", bad)
    assert lines[0]["correlation_id"] == "portaal-4f2c9a"
    assert CORRELATIE.get() != "portaal-4f2c9a"


def test_an_error_of_aws_is_named_by_its_call_and_code_alone() -> None:
    class RefusedError(Exception):
        operation_name = "PutItem"
        response: Mapping[str, Any] = {"Error": {"Code": "AccessDenied", "Message": "geheim"}}

    assert log.soort(RefusedError("geheim")) == "PutItem:AccessDenied"
    assert log.soort(ValueError("geheim")) == "ValueError"


def test_what_expires_first_is_counted_in_days(lines: list[dict[str, Any]], tmp_path: Path) -> None:
    pki = make_pki(tmp_path)
    nu = datetime.now(UTC)
    soon = int((nu + timedelta(days=12, hours=1)).timestamp())
    issuer = {"iss": "x", "aud": "y", "scholen": [], "jwks": {"keys": [{"kid": "1"}, {"kid": "2", "exp": soon}]}}
    env = {"OSO_ISSUERS": json.dumps([issuer]), "OSO_TC_CA": pki.ca, "OSO_CLIENT_CERT": pki.cert("verlopen")}
    bewaking.meld(Settings.from_env(env), nu)
    assert {name: line[name] for line in lines for name in counted(line)} == {
        "certificaat_dagen": lines[0]["certificaat_dagen"],
        "tokensleutel_dagen": 12,
    }
    assert lines[0]["certificaat_dagen"] < 0, "the oldest decides"
    lines.clear()
    bewaking.meld(Settings.from_env({}), nu)
    assert lines == []


def test_an_alarm_on_a_metric_of_ours_reads_what_the_lines_count(lines: list[dict[str, Any]]) -> None:
    log.regel("request", "TECHNISCHE_FOUT", mislukt="portal")
    nu = datetime.now(UTC)
    issuer = {"iss": "x", "aud": "y", "scholen": [], "jwks": {"keys": [{"exp": int(nu.timestamp()) + 9}]}}
    bewaking.meld(Settings.from_env({"OSO_ISSUERS": json.dumps([issuer])}), nu)
    for naam in ("opruimen", "wortel"):
        schedules._meld_dagen(naam, nu, nu)
    written = {name: set(dimensions) for line in lines for name, dimensions in counted(line).items()}
    asked = {
        one.metric.name: set(one.metric.dimensions)
        for one in watching.alarms("portal", FUNCTIONS, QUEUES).values()
        if one.metric.namespace == watching.OWN
    }
    names = ("mislukt", "tokensleutel_dagen", "opruimen_dagen", "wortel_dagen")
    assert set(asked) == {*names, "certificaat_dagen"}
    assert {name: written[name] for name in names} == {name: asked[name] for name in names}


@pytest.mark.parametrize("naam", ["opruimen", "wortel"])
def test_what_is_not_finished_night_after_night_calls_somebody(naam: str, lines: list[dict[str, Any]]) -> None:
    nu = datetime(2026, 6, 10, 2, tzinfo=UTC)
    for last in (nu, nu - timedelta(days=2), nu - timedelta(days=3), (nu - timedelta(days=3)).date(), None):
        schedules._meld_dagen(naam, last, nu)
    alarm = watching.alarms("portal", FUNCTIONS, QUEUES)[f"AlarmNietAf{naam.capitalize()}"]
    told = [line[alarm.metric.name] > alarm.above for line in lines]
    assert told == [False, False, True, True, True]
    assert (alarm.below, alarm.metric.statistic) == (False, "Maximum")


def test_there_is_an_alarm_for_everything_that_goes_wrong_by_itself() -> None:
    made = watching.resources("portal", FUNCTIONS, QUEUES)
    names = {one["Properties"].get("MetricName") for one in made.values()}
    assert names >= {
        "ApproximateNumberOfMessagesVisible",
        "ApproximateAgeOfOldestMessage",
        "5XXError",
        "Latency",
        "Throttles",
        "Errors",
        "DaysToExpiry",
        "certificaat_dagen",
        "tokensleutel_dagen",
        "opruimen_dagen",
        "wortel_dagen",
        "mislukt",
    }
    for queue in QUEUES:
        assert {f"AlarmDood{queue.capitalize()}", f"AlarmOud{queue.capitalize()}"} <= set(made)
    alarms = [one["Properties"] for one in made.values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert all(one["AlarmActions"] == [watching.TOPIC] and one["AlarmDescription"] for one in alarms)
    assert [one["Type"] for one in made.values()].count("AWS::CloudWatch::Dashboard") == 1


def test_the_alarm_about_dead_messages_says_what_putting_them_back_does() -> None:
    made = watching.resources("portal", FUNCTIONS, ["publicaties", "aanvragen", "zorgvragen"])
    todo = {
        naam: one["Properties"]["AlarmDescription"]["Fn::Sub"]
        for naam, one in made.items()
        if naam.startswith("AlarmDood")
    }
    assert "slaat over wat sindsdien met de hand is gewijzigd" in todo["AlarmDoodPublicaties"]
    assert "de school vraagt opnieuw" in todo["AlarmDoodAanvragen"]
    assert "de school verstuurt ze opnieuw" in todo["AlarmDoodZorgvragen"]
    assert all(
        text.endswith(f"infra.redrive {naam[9:].lower()} --stage ${{Stage}} --doe") for naam, text in todo.items()
    )


def test_what_must_run_by_itself_and_does_not_is_told() -> None:
    made = watching.resources("portal", FUNCTIONS, QUEUES, {"Opruimen": 26})
    silent = made["AlarmStilOpruimen"]["Properties"]
    assert (silent["MetricName"], silent["ComparisonOperator"], silent["Threshold"]) == (
        "Invocations", "LessThanThreshold", 1,
    )  # fmt: skip
    assert silent["TreatMissingData"] == "breaching", "no run is no data"
    assert 86_400 < silent["Period"] * silent["EvaluationPeriods"] <= 604_800
    others = [one["Properties"] for one in made.values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert {one["TreatMissingData"] for one in others if one is not silent} == {"notBreaching"}


def test_work_that_is_tried_again_as_it_should_calls_nobody_yet() -> None:
    queue = yaml.safe_load((ROOT / "infra" / "resources.yaml").read_text())["Resources"]["QueueAanvragen"]["Properties"]
    trying = queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"]
    old = watching.alarms("portal", FUNCTIONS, QUEUES)["AlarmOudAanvragen"]
    assert old.above > trying


def test_a_school_that_tries_numbers_sets_off_an_alarm_at_the_wire() -> None:
    made = watching.resources("wire", ["APIHandler"], [])
    (query,) = made["AlarmZoeker"]["Properties"]["Metrics"]
    assert "GROUP BY vrager" in query["Expression"]["Fn::Sub"]
    assert made["AlarmZoeker"]["Properties"]["Threshold"] == watching.UNKNOWN_PER_HOUR
    assert not {"AlarmStoring"} & set(made), "a refusal on the wire is a 500"


def test_the_dashboard_shows_every_metric_that_has_an_alarm() -> None:
    made = watching.resources("portal", FUNCTIONS, QUEUES)
    body = json.loads(made["DashboardOso"]["Properties"]["DashboardBody"]["Fn::Sub"])
    shown = {widget["properties"]["title"] for widget in body["widgets"]}
    assert shown == {one.metric.name for one in watching.alarms("portal", FUNCTIONS, QUEUES).values()} | {
        "uitkomst per code"
    }


# --- CORS -------------------------------------------------------------------------------------------------------------


def test_an_origin_on_the_list_may_read_the_answer_and_no_other() -> None:
    assert cors.koppen("https://portaal.voorbeeld.nl")["Access-Control-Allow-Origin"] == "https://portaal.voorbeeld.nl"
    for other in ("https://portaal.voorbeeld.nl.elders.nl", "https://voorbeeld.nl", "null", "*", ""):
        assert cors.koppen(other) == {"Vary": "Origin"}


def test_by_default_no_origin_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OSO_CORS_ORIGINS", "")
    config.settings.cache_clear()
    for origin in ("https://portaal.voorbeeld.nl", "null", ""):
        assert cors.koppen(origin) == {}


# --- the scan ---------------------------------------------------------------------------------------------------------


def test_a_failed_check_needs_a_reason_and_a_reason_a_failed_check() -> None:
    known = scan.reasons()
    assert known
    assert all(len(reason) > 60 for reason in known.values())
    failed = {check: ["portal X"] for check in known}
    assert list(scan.objections(failed, known)) == []
    assert list(scan.objections(failed | {"CKV_AWS_999": ["wire Y"]}, known)) == [
        "CKV_AWS_999: mislukt zonder reden bij wire Y"
    ]
    failed.pop("CKV_AWS_117")
    assert list(scan.objections(failed, known)) == ["CKV_AWS_117: mislukt niet meer; haal de reden weg"]
