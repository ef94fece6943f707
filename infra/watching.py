"""What calls an operator: the alarms of a door, and the one dashboard. Each alarm says what to do.

Metrics of AWS itself where there are any; the rest comes from the log lines of the app (chalicelib/web/log.py), in the
namespace `oso`. A refusal on the wire is a SOAP fault with status 500, so that API Gateway's count of 5xx says nothing
there: `mislukt` counts what we could not judge.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Template = dict[str, Any]
Value = str | Template
OWN = "oso"
STAGE: Template = {"Ref": "Stage"}
TOPIC: Template = {"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:oso-${Stage}-alarm"}
CERTIFICATE_DAYS, KEY_DAYS = 30, 14
NIGHTS = 2
"""How many days the clean-up and the root may take, as for the doctor: a run goes on where the one before stopped."""
OLDEST_SECONDS = 2700
"""A message that waits longer than this: nobody takes it. Five tries, as its queue gives it, take half an hour."""
NO_CLOCKS: Mapping[str, int] = {}
UNKNOWN_PER_HOUR = 25
"""Questions by one school for numbers that nobody knows, in an hour: a typing error is one, trying numbers is many."""

AFTER = {
    "publicaties": "Terugzetten doet wat mislukte alsnog, en slaat over wat sindsdien met de hand is gewijzigd:",
    "aanvragen": "De aanvragen zijn als mislukt geëindigd: de school vraagt opnieuw. Dit ruimt alleen de berichten op:",
    "zorgvragen": "De zorgvragen zijn als mislukt geëindigd: de school verstuurt ze opnieuw. Dit ruimt alleen op:",
}
"""What putting dead messages back does, per queue; the command follows."""


@dataclass(frozen=True)
class Metric:
    """One number to look at: where it is, and how it is added up."""

    namespace: str
    name: str
    dimensions: Mapping[str, Value]
    statistic: str = "Sum"
    period: int = 300


@dataclass(frozen=True)
class Alarm:
    """When to call, in how many periods in a row, and what to do then."""

    metric: Metric
    above: float
    what: str
    periods: int = 1
    below: bool = False
    missing: str = "notBreaching"
    """What no count at all means; `breaching`: that is what is wrong."""


def alarms(
    door: str, functions: Iterable[str], queues: Iterable[str], clocks: Mapping[str, int] = NO_CLOCKS
) -> dict[str, Alarm]:
    """Every alarm of a door by its logical id, but the one about askers.

    `queues`: their short names. `clocks`: what runs by a clock, and after how many hours without a run it must be told.
    """
    found = dict(_of_api(door))
    for function in functions:
        found |= dict(_of_function(function))
    for function, hours in clocks.items():
        found |= dict(_of_clock(function, hours))
    for queue in queues:
        found |= dict(_of_queue(queue))
    return found | (dict(_of_expiry()) | dict(_of_nights()) if door == "portal" else {})


def _of_api(door: str) -> Iterator[tuple[str, Alarm]]:
    api = {"ApiName": api_name(door)}
    if door == "portal":
        broken = Metric("AWS/ApiGateway", "5XXError", api)
        yield "AlarmStoring", Alarm(broken, 4, "Vragen aan de API mislukken. Zoek in het logboek naar status 5xx.")
    failed = Metric(OWN, "mislukt", {"stage": STAGE, "deur": door})
    yield "AlarmMislukt", Alarm(failed, 4, "De dienst kon niet oordelen. Zoek in het logboek op de code; make doctor.")
    slow = Metric("AWS/ApiGateway", "Latency", api, "p95")
    yield "AlarmTraag", Alarm(slow, 5000, "Een op de twintig antwoorden duurt langer dan 5 seconden.", periods=3)
    closing = Metric("AWS/CertificateManager", "DaysToExpiry", {"CertificateArn": {"Ref": "CertificaatArn"}}, "Minimum")
    todo = "Het certificaat van het domein verloopt. Vernieuw het in ACM en rol opnieuw uit."
    yield "AlarmDomeincertificaat", Alarm(_daily(closing), CERTIFICATE_DAYS, todo, below=True)


def _of_function(function: str) -> Iterator[tuple[str, Alarm]]:
    which = {"FunctionName": {"Ref": function}}
    throttled = Metric("AWS/Lambda", "Throttles", which)
    yield f"AlarmGeremd{function}", Alarm(throttled, 0, "De functie wordt geremd: te veel tegelijk.", periods=2)
    errors = Metric("AWS/Lambda", "Errors", which)
    yield f"AlarmFout{function}", Alarm(errors, 0, "De functie brak af. Zie haar logboek; make doctor.")


def _of_clock(function: str, hours: int) -> Iterator[tuple[str, Alarm]]:
    """A run that fails is an error; one that never comes is nothing at all, so that the silence itself must call."""
    runs = Metric("AWS/Lambda", "Invocations", {"FunctionName": {"Ref": function}}, period=3600)
    todo = f"De functie liep {hours} uur niet. Kijk of haar regel in EventBridge aan staat. Op de eerste dag vanzelf."
    yield f"AlarmStil{function}", Alarm(runs, 1, todo, periods=hours, below=True, missing="breaching")


def _of_queue(queue: str) -> Iterator[tuple[str, Alarm]]:
    naam = queue.capitalize()
    dead = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", _queue(f"{queue}-dood"), "Maximum")
    command = f"python -m infra.redrive {queue} --stage ${{Stage}} --doe"
    todo = f"Berichten lukten vijf keer niet. Los de oorzaak op. {AFTER[queue]} {command}"
    yield f"AlarmDood{naam}", Alarm(dead, 0, todo)
    age = Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", _queue(queue), "Maximum")
    yield (
        f"AlarmOud{naam}",
        Alarm(age, OLDEST_SECONDS, "Werk wacht te lang. Zie het logboek van de functie.", periods=3),
    )


def _of_expiry() -> Iterator[tuple[str, Alarm]]:
    own = _daily(Metric(OWN, "certificaat_dagen", {"stage": STAGE}, "Minimum"))
    todo = "Een certificaat naar het Traffic Center verloopt. Vraag een nieuw aan; README, Rotate."
    yield "AlarmCertificaat", Alarm(own, CERTIFICATE_DAYS, todo, below=True)
    key = _daily(Metric(OWN, "tokensleutel_dagen", {"stage": STAGE}, "Minimum"))
    todo = "Een sleutel waarmee tokens worden ondertekend verloopt. Neem de nieuwe JWKS over; README, Rotate."
    yield "AlarmTokensleutel", Alarm(key, KEY_DAYS, todo, below=True)


def _of_nights() -> Iterator[tuple[str, Alarm]]:
    """What every run ends without, night after night: no run of it fails, so nothing else calls."""
    for naam, what in (("opruimen", "Het opruimen kwam"), ("wortel", "De wortel van de mutatielog kwam")):
        days = Metric(OWN, f"{naam}_dagen", {"stage": STAGE}, "Maximum", 86_400)
        todo = f"{what} al {NIGHTS + 1} dagen niet af. Zie het logboek van de functie {naam}; make doctor."
        yield f"AlarmNietAf{naam.capitalize()}", Alarm(days, NIGHTS, todo)


def _daily(metric: Metric) -> Metric:
    return Metric(metric.namespace, metric.name, metric.dimensions, metric.statistic, 86_400)


def _queue(naam: str) -> Mapping[str, Value]:
    return {"QueueName": {"Fn::Sub": f"oso-${{Stage}}-{naam}"}}


def api_name(door: str) -> Template:
    """The name under which the API of a door counts."""
    return {"Fn::Sub": f"oso-${{Stage}}-{door}"}


def resources(door: str, functions: list[str], queues: list[str], clocks: Mapping[str, int] = NO_CLOCKS) -> Template:
    """The alarms of a door, and at the portal the dashboard of the whole installation, as resources."""
    every = alarms(door, functions, queues, clocks)
    made = {naam: _resource(alarm) for naam, alarm in every.items()}
    if door == "wire":
        made["AlarmZoeker"] = _seeker()
    else:
        made["DashboardOso"] = _dashboard(every)
    return made


def _resource(alarm: Alarm) -> Template:
    metric = alarm.metric
    statistic = "ExtendedStatistic" if metric.statistic.startswith("p") else "Statistic"
    return _alarm(
        alarm.what,
        Namespace=metric.namespace,
        MetricName=metric.name,
        Dimensions=[{"Name": naam, "Value": value} for naam, value in metric.dimensions.items()],
        Period=metric.period,
        EvaluationPeriods=alarm.periods,
        Threshold=alarm.above,
        ComparisonOperator="LessThanThreshold" if alarm.below else "GreaterThanThreshold",
        TreatMissingData=alarm.missing,
        **{statistic: metric.statistic},
    )


def _seeker() -> Template:
    """The school that asks most for numbers that nobody knows: which one it is stands in the log, never a number."""
    table = f'SCHEMA("{OWN}", stage, vrager)'
    where = "WHERE stage = '${Stage}' GROUP BY vrager ORDER BY SUM() DESC LIMIT 1"
    query = {"Fn::Sub": " ".join(("SELECT SUM(leerling_niet_bekend) FROM", table, where))}
    return _alarm(
        "Een school vraagt naar veel leerlingen die hier niet bekend zijn. Zoek de vrager in het logboek.",
        Metrics=[{"Id": "zoeker", "Expression": query, "Period": 3600, "ReturnData": True}],
        EvaluationPeriods=1,
        Threshold=UNKNOWN_PER_HOUR,
        ComparisonOperator="GreaterThanThreshold",
    )


def _alarm(what: str, **properties: Any) -> Template:
    text: Value = {"Fn::Sub": what} if "${" in what else what
    shared = {"AlarmDescription": text, "AlarmActions": [TOPIC], "TreatMissingData": "notBreaching"}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**shared, **properties}}


def _dashboard(every: Mapping[str, Alarm]) -> Template:
    """Per kind of metric one graph. Names of functions are references, so that the whole body is one Fn::Sub."""
    names = sorted({alarm.metric.name for alarm in every.values()})
    graphs = [_graph(name, [one.metric for one in every.values() if one.metric.name == name]) for name in names]
    search = f'SEARCH(\'{{{OWN},stage,event,code}} MetricName="aantal" stage="${{Stage}}"\', "Sum", 300)'
    outcomes = {"title": "uitkomst per code", "metrics": [[{"expression": search}]], "view": "timeSeries"}
    graphs.append({**outcomes, "region": "${AWS::Region}", "period": 300, "stat": "Sum"})
    widgets = [
        {"type": "metric", "x": 8 * (at % 3), "y": 6 * (at // 3), "width": 8, "height": 6, "properties": graph}
        for at, graph in enumerate(graphs)
    ]
    properties = {
        "DashboardName": {"Fn::Sub": "oso-${Stage}"},
        "DashboardBody": {"Fn::Sub": json.dumps({"widgets": widgets})},
    }
    return {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}


def _graph(name: str, metrics: list[Metric]) -> Template:
    rows = [
        [one.namespace, one.name, *(part for d, value in one.dimensions.items() for part in (d, _text(value)))]
        for one in metrics
    ]
    first = metrics[0]
    shown = {"title": name, "metrics": rows, "stat": first.statistic, "period": first.period}
    return {**shown, "region": "${AWS::Region}", "view": "timeSeries"}


def _text(value: Value) -> str:
    """A value as it stands inside the Fn::Sub of the whole body."""
    if isinstance(value, str):
        return value
    return str(value.get("Fn::Sub") or f"${{{value['Ref']}}}")
