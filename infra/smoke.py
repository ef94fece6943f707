"""`python -m infra.smoke STAGE`: does what was deployed work? Invokes functions with recorded events; changes nothing.

A route of the portal, the wire's door without a certificate, a queue with a message that nobody can read, and a
schedule. Exit 1 if one does not do what it should.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra import package
from infra.stacks import Stacks
from infra.stage import reason, run, secret_name

EVENTS = Path(__file__).with_name("events")
PATIENT = Config(read_timeout=120, retries={"max_attempts": 0})
"""Waiting for a cold start beats a second attempt of the same."""


@dataclass(frozen=True)
class Case:
    """One invocation: of which function (its logical id), by which recorded event, and what must come back."""

    what: str
    door: str
    function: str
    event: str
    good: Callable[[Any], bool]


CASES = (
    Case(
        "route van het portaal",
        "portal",
        "APIHandler",
        "route",
        lambda answer: answer["statusCode"] == 200 and json.loads(answer["body"])["status"] == "ok",
    ),
    Case(
        "OSO-deur zonder certificaat",
        "wire",
        "APIHandler",
        "wire",
        lambda answer: answer["statusCode"] == 500 and "ClientcertificaatOnbekend" in answer["body"],
    ),
    Case(
        "wachtrij met een onleesbaar bericht",
        "portal",
        "Aanvragen",
        "queue",
        lambda answer: [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["onleesbaar"],
    ),
    Case("schema", "portal", "Bewaken", "schedule", lambda answer: answer is None),
)


def event(naam: str, domain: str) -> Any:
    """A recorded event, as it comes by this domain."""
    return json.loads((EVENTS / f"{naam}.json").read_text().replace("DOMEIN", domain))


def findings(stage: str, session: Any, settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Per case its name and what is wrong with it; empty when all is well."""
    stacks = Stacks(session.client("cloudformation"))
    awslambda = session.client("lambda", config=PATIENT)
    resources = {door: stacks.resources(f"oso-{stage}-{door}") for door in package.DOORS}
    for case in CASES:
        sent = event(case.event, settings.get(f"OSO_DOMEIN_{case.door.upper()}", ""))
        name = resources[case.door][case.function]
        answer = awslambda.invoke(FunctionName=name, Payload=json.dumps(sent).encode())
        yield case.what, _wrong(case, answer)


def _wrong(case: Case, answer: Any) -> str:
    if "FunctionError" in answer:
        return "de functie brak af; zie haar logboek"
    return "" if case.good(json.loads(answer["Payload"].read() or "null")) else "een ander antwoord dan verwacht"


def filled(stage: str, session: Any) -> bool:
    """Whether the secret of a stage has a value. Raises ClientError when that cannot be seen."""
    try:
        found = session.client("secretsmanager").get_secret_value(SecretId=secret_name(stage))
    except ClientError as error:
        if reason(error) != "ResourceNotFoundException":
            raise
        return False
    return bool(found.get("SecretString"))


def main(arguments: list[str]) -> int:
    """Print a line per case; 1 if one is wrong, 0 also when nothing can be tested yet."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 1
    return run(lambda: _test(arguments[0], boto3.Session()))


def _test(stage: str, session: Any) -> int:
    good = True
    if not filled(stage, session):
        print("het geheim is nog leeg: vul het met python -m infra.vault, en draai dan python -m infra.smoke")
        return 0
    for what, wrong in findings(stage, session, package.stage_settings(stage)):
        print(f"{'MIS' if wrong else 'OK'} {what}{': ' if wrong else ''}{wrong}", flush=True)
        good = good and not wrong
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
