"""Every route of the register x every role x own and other schools x every fault of a token (issue 2, 7).

The routes come from the app's own register, so a new one is in here by itself; who may use it stands in `roles.py`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from urllib3.response import BaseHTTPResponse

from chalicelib.web import portal
from chalicelib.web.deur import ROUTES, Route
from chalicelib.web.voorbeelden import VOORBEELDEN
from infra.local.issuer import MEDEWERKER
from infra.local.stack import Stack
from tests.e2e.client import HTTP, Client, problem
from tests.e2e.roles import PORTAL, ROLES, may
from tests.e2e.tokens import NOT_ITS_SCHOOL, UNKNOWN, signed
from tests.pupil import NUMBERS, record

assert portal.__all__  # importing it filled the register
OPEN = [route for route in ROUTES if route.recht is None]
CLOSED = [route for route in ROUTES if route.recht is not None]


def name(route: Route) -> str:
    return f"{route.verb} {route.pad}"


def every(routes: list[Route]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", routes, ids=name)


@dataclass(frozen=True)
class Things:
    """What the parameters of a path can name: our own, and those of a school of the same BRIN and of another one."""

    own: Mapping[str, str]
    others: tuple[Mapping[str, str], ...]


@pytest.fixture(scope="module")
def things(sandbox: Stack) -> Things:
    made = [_things(Client(sandbox, school), number) for number, school in enumerate(("14SS00", "14SS01", "99EF00"))]
    return Things(made[0], tuple(made[1:]))


def _things(client: Client, number: int) -> Mapping[str, str]:
    leerling_id = f"gezag-{number}"
    client.put_pupil(leerling_id)
    asked = client.request(NUMBERS[-1], brin="16VO").json()["id"]
    return {"leerlingId": leerling_id, "id": asked, "nummer": "77"}


@pytest.fixture(scope="module")
def tokens(sandbox: Stack) -> Mapping[str, str]:
    """A token for every fault, for every role, and a good one: each is made once."""
    made = {fault: make(sandbox) for fault, make in (UNKNOWN | NOT_ITS_SCHOOL).items()}
    return made | {"good": signed(sandbox)} | {role: token_of(sandbox, role) for role in ROLES}


def send(
    sandbox: Stack, route: Route, token: str | None, things: Mapping[str, str], if_match: str = '"nope"'
) -> BaseHTTPResponse:
    """One request that has nothing wrong but, perhaps, who sends it and what it is about."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    headers |= {"If-Match": if_match} if route.if_match else {}
    headers |= {"Idempotency-Key": "gezag-" + things["leerlingId"]} if route.idempotent else {}
    body = _body(route)
    if body is not None:
        headers["Content-Type"] = route.soorten[0]
    query = "&".join(f"{p.naam}={p.schema.get('enum', ['x'])[0]}" for p in route.query if p.verplicht)
    path = route.pad.format_map(_Named(things))
    return HTTP.request(route.verb, sandbox.portal + path + (f"?{query}" if query else ""), body=body, headers=headers)


class _Named(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"onbekend-{key.lower()}"


def _body(route: Route) -> bytes | None:
    shape = route.body or route.voorbeeld_body
    if shape is None:
        return None
    example: Any = {"dossier": record()} if shape.__name__ == "RecordVorm" else VOORBEELDEN[shape.__name__]
    return json.dumps(example).encode()


def token_of(sandbox: Stack, role: str) -> str:
    if role == PORTAL:
        return sandbox.token("14SS00", *MEDEWERKER, claims={"sub": None, "naam": None})
    return sandbox.token("14SS00", *([role] if role else []), claims={} if role else {"rollen": []})


@every(ROUTES)
def test_each_role_may_do_what_15_28_says_and_nothing_else(
    sandbox: Stack, things: Things, tokens: Mapping[str, str], route: Route
) -> None:
    allowed = may(name(route))
    for role in ROLES:
        answer = send(sandbox, route, tokens[role], things.own)
        assert answer.status < 500, (role, answer.data)
        if role not in allowed:
            problem(answer, 403, "ROL_ONVOLDOENDE")
        else:
            assert answer.status not in (401, 403), (role, answer.data)
            if "{leerlingId}" in route.pad or "{id}" in route.pad:
                assert answer.status != 404, (role, answer.data)


def _of_somebody(route: Route) -> bool:
    """PUT makes a pupil under a key of our own choice: that it is another pupil is tested below."""
    makes = route.verb == "PUT" and route.pad.endswith("/{leerlingId}")
    return not makes and ("{id}" in route.pad or "{leerlingId}" in route.pad)


@every([route for route in CLOSED if _of_somebody(route)])
def test_the_thing_of_another_school_is_404_for_whoever_may_use_the_route(
    sandbox: Stack, things: Things, tokens: Mapping[str, str], route: Route
) -> None:
    for role in sorted(may(name(route))):
        for other in things.others:
            answer = send(sandbox, route, tokens[role], other, if_match="*")
            problem(answer, 404)


def test_a_pupil_put_under_the_key_of_another_school_is_another_pupil(sandbox: Stack, things: Things) -> None:
    ours, theirs = Client(sandbox, "14SS00"), Client(sandbox, "99EF00")
    leerling_id = things.others[1]["leerlingId"]
    before = theirs.get(f"/leerlingen/{leerling_id}")
    ours.put_pupil(leerling_id, roepnaam="Anders")
    assert theirs.get(f"/leerlingen/{leerling_id}") == before
    assert ours.get(f"/leerlingen/{leerling_id}") != before
    assert ours.ask("DELETE", f"/leerlingen/{leerling_id}", if_match="*").status == 204
    assert theirs.get(f"/leerlingen/{leerling_id}") == before


@every(CLOSED)
def test_a_token_that_is_not_right_opens_nothing(
    sandbox: Stack, things: Things, tokens: Mapping[str, str], route: Route
) -> None:
    good = send(sandbox, route, tokens["good"], things.own)
    assert good.status not in (401, 403), good.data  # else the refusals below prove nothing
    absent = send(sandbox, route, None, things.own)
    problem(absent, 401, "TOKEN_ONTBREEKT")
    assert absent.headers["WWW-Authenticate"] == "Bearer"
    for fault in UNKNOWN:
        answer = send(sandbox, route, tokens[fault], things.own)
        assert answer.status == 401, (fault, answer.data)
        problem(answer, 401, "TOKEN_ONGELDIG")
    for fault in NOT_ITS_SCHOOL:
        answer = send(sandbox, route, tokens[fault], things.own)
        assert answer.status == 403, (fault, answer.data)
        problem(answer, 403, "SCHOOL_NIET_TOEGESTAAN")


@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "", "bearer  ", "Token x", "Bearer ÿ"])
def test_an_authorization_header_of_another_form_is_401(sandbox: Stack, value: str) -> None:
    answer = HTTP.request("GET", f"{sandbox.portal}/v1/leerlingen", headers={"Authorization": value})
    problem(answer, 401)


@every(OPEN)
def test_an_open_route_asks_for_no_token_and_takes_any(sandbox: Stack, things: Things, route: Route) -> None:
    for token in (None, "geen-token", UNKNOWN["expired"](sandbox)):
        assert send(sandbox, route, token, things.own).status == 200


def test_a_role_that_nobody_knows_gives_no_rights(sandbox: Stack) -> None:
    for roles in (["Administratie"], ["admin"], "administratie", [["administratie"]], None, {"administratie": True}):
        token = signed(sandbox, rollen=roles)
        answer = HTTP.request("GET", f"{sandbox.portal}/v1/leerlingen", headers={"Authorization": f"Bearer {token}"})
        problem(answer, 403, "ROL_ONVOLDOENDE")


def test_the_school_is_never_taken_from_query_body_or_header(sandbox: Stack) -> None:
    client = Client(sandbox, "14SS00", ("beheerder",))
    for answer in (
        client.ask("GET", "/school?school=99EF00"),
        client.ask("PATCH", "/school", {"brin": "99EF"}, if_match="*"),
        client.ask("PATCH", "/school", {"school": "99EF00"}, if_match="*"),
    ):
        problem(answer, 422, "ONBEKEND_VELD")
    assert client.get("/school", x_school="99EF00", school="99EF00")["brin"] == "14SS"
