"""What a browser is told before and after a request: the app itself, asked by the event that API Gateway gives."""

import json
import subprocess
import sys
from typing import Any

import pytest

from infra import smoke
from infra.local.processes import ROOT

ORIGIN = "https://portaal.voorbeeld.nl"
ASK = "import json, sys, app; print(json.dumps(app.app(json.load(sys.stdin), None)))"


def ask(verb: str, path: str, origin: str, allowed: str) -> Any:
    """The answer of a process that was told which origins are allowed."""
    event = smoke.event("route", "api.voorbeeld.nl")
    event |= {"httpMethod": verb, "resource": path, "path": path, "pathParameters": {"leerlingId": "l-1"}}
    event["headers"]["Origin"] = origin
    event["multiValueHeaders"]["Origin"] = [origin]
    event["requestContext"] |= {"httpMethod": verb, "resourcePath": path}
    env = {"OSO_STAGE": "sandbox", "OSO_DEUREN": "portal", "AWS_DEFAULT_REGION": "eu-west-1", "PATH": "/usr/bin:/bin"}
    env["OSO_CORS_ORIGINS"] = allowed
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=env, input=json.dumps(event), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_page_of_an_allowed_origin_may_ask_what_a_path_offers_and_read_the_answer() -> None:
    before = ask("OPTIONS", "/v1/leerlingen/{leerlingId}", ORIGIN, ORIGIN)
    assert before["statusCode"] == 204
    assert before["headers"]["Access-Control-Allow-Origin"] == ORIGIN
    assert {"GET", "PUT", "DELETE"} <= set(before["headers"]["Access-Control-Allow-Methods"].split(", "))
    assert "Authorization" in before["headers"]["Access-Control-Allow-Headers"]
    after = ask("GET", "/v1/gezondheid", ORIGIN, ORIGIN)
    assert (after["statusCode"], after["headers"]["Access-Control-Allow-Origin"]) == (200, ORIGIN)
    assert "Access-Control-Allow-Credentials" not in after["headers"]


@pytest.mark.parametrize("allowed", ["", "https://ander.voorbeeld.nl"])
@pytest.mark.parametrize("verb", ["OPTIONS", "GET"])
def test_a_page_of_any_other_origin_may_not(verb: str, allowed: str) -> None:
    answer = ask(verb, "/v1/gezondheid", ORIGIN, allowed)
    assert not [name for name in answer["headers"] if name.startswith("Access-Control-")]


def test_a_refusal_may_be_read_by_an_allowed_page_too() -> None:
    refused = ask("GET", "/v1/leerlingen", ORIGIN, ORIGIN)
    assert (refused["statusCode"], refused["headers"]["Access-Control-Allow-Origin"]) == (401, ORIGIN)
