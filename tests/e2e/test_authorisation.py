"""Every route of the register x every role x own and other schools x every fault of a token.

The routes come from the app's own register, so a new one is in here by itself; who may use it stands in `roles.py`.
"""

import json
from collections.abc import Iterator, Mapping

import pytest

from chalicelib.web.deur import ROUTES, Route
from infra.local.gateway import Answer
from infra.local.stack import Stack
from tests.e2e.client import HTTP, Client, problem
from tests.e2e.indoors import Indoors, indoors
from tests.e2e.matrix import (
    CLOSED,
    OPEN,
    Things,
    about_a_thing,
    ask,
    has_body,
    kept,
    make_pupil,
    make_things,
    name,
    send,
    token_of,
    who,
)
from tests.e2e.roles import ROLES, may
from tests.e2e.tokens import FOR_A_ROLE, NOT_ITS_SCHOOL, UNKNOWN, signed
from tests.pupil import record


def every(routes: list[Route]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", routes, ids=name)


@pytest.fixture(scope="module")
def own(sandbox: Stack) -> Things:
    return make_things(sandbox, "14SS00")


@pytest.fixture(scope="module")
def others(sandbox: Stack) -> tuple[Things, ...]:
    """Of another vestiging of the same BRIN, and of a school of another issuer."""
    return make_things(sandbox, "14SS01"), make_things(sandbox, "99EF00")


@pytest.fixture(scope="module")
def tokens(sandbox: Stack) -> Mapping[str, str]:
    """A token for every fault, for every role, and a good one: each is made once."""
    made = {fault: make(sandbox) for fault, make in (UNKNOWN | NOT_ITS_SCHOOL).items()}
    return made | {"good": signed(sandbox)} | {role: token_of(sandbox, role) for role in ROLES}


def spare(sandbox: Stack, route: Route, own: Things) -> Things:
    """Our things, with a pupil of its own for a route that destroys one."""
    return own if route.verb != "DELETE" else {**own, **make_pupil(Client(sandbox, "14SS00"))}


@every(ROUTES)
def test_each_role_may_do_what_15_28_says_and_nothing_else(
    sandbox: Stack, own: Things, tokens: Mapping[str, str], route: Route
) -> None:
    allowed = may(name(route))
    for role in ROLES:
        answer = send(sandbox, route, tokens[role], spare(sandbox, route, own) if role in allowed else own)
        assert answer.status < 500, (role, answer.data)
        if role not in allowed:
            problem(answer, 403, "ROL_ONVOLDOENDE")
        else:
            assert answer.status not in (401, 403), (role, answer.data)
            if about_a_thing(route) and kept(route, own):
                assert answer.status != 404 or "VERSIE" in answer.json()["code"], (role, answer.data)


@every([route for route in CLOSED if about_a_thing(route)])
def test_the_thing_of_another_school_is_404_for_whoever_may_use_the_route(
    sandbox: Stack, others: tuple[Things, ...], tokens: Mapping[str, str], route: Route
) -> None:
    assert has_body(route), "give a body in matrix.py"
    for role in sorted(may(name(route))):
        for other in others:
            problem(send(sandbox, route, tokens[role], other, if_match="*"), 404)


@every([route for route in CLOSED if "{documentId}" in route.pad])
def test_a_document_of_another_school_is_404_under_a_pupil_of_our_own_too(
    sandbox: Stack, own: Things, others: tuple[Things, ...], tokens: Mapping[str, str], route: Route
) -> None:
    for other in others:
        mixed = {**own, "documentId": other["documentId"]}
        problem(send(sandbox, route, tokens["good"], mixed), 404)


def test_a_pupil_put_under_the_key_of_another_school_is_another_pupil(
    sandbox: Stack, others: tuple[Things, ...]
) -> None:
    ours, theirs = Client(sandbox, "14SS00"), Client(sandbox, "99EF00")
    leerling_id = others[1]["leerlingId"]
    before = theirs.get(f"/leerlingen/{leerling_id}")
    ours.put_pupil(leerling_id, roepnaam="Anders")
    assert theirs.get(f"/leerlingen/{leerling_id}") == before
    assert ours.get(f"/leerlingen/{leerling_id}") != before
    assert ours.ask("DELETE", f"/leerlingen/{leerling_id}", if_match="*").status == 204
    assert theirs.get(f"/leerlingen/{leerling_id}") == before


@pytest.fixture(scope="module")
def inside(sandbox: Stack) -> Iterator[Indoors]:
    with indoors(sandbox) as opened:
        yield opened


def refused(answer: Answer, status: int, code: str) -> bool:
    found = json.loads(answer.body) if answer.status >= 400 else {"status": 0, "code": ""}
    headers = dict(answer.headers)
    challenge = headers.get("WWW-Authenticate") == "Bearer" or status != 401
    return (answer.status, found["status"], found["code"]) == (status, status, code) and challenge


def test_every_route_refuses_every_role_under_every_fault_of_its_token(
    sandbox: Stack, inside: Indoors, own: Things
) -> None:
    """Beside the roles under a good token (above): each fault that matters for whom the token speaks, for each role."""
    faulty: dict[tuple[str, str], tuple[int, str, str | None]] = {
        (role, fault): (status, code, make(sandbox, **who(role)))
        for role in ROLES
        for fault, (status, code, make) in FOR_A_ROLE.items()
    }
    faulty |= {(role, "no token"): (401, "TOKEN_ONTBREEKT", None) for role in ROLES}
    wrong = [
        (name(route), role, fault)
        for route in CLOSED
        for (role, fault), (status, code, token) in faulty.items()
        if not refused(inside.portal(ask(route, token, own)), status, code)
    ]
    faults = len(FOR_A_ROLE) + 1
    print(f"\n{len(CLOSED)} routes x {len(ROLES)} roles x {faults} faults: {len(CLOSED) * len(faulty)} refused")
    assert wrong == []
    assert len(CLOSED) > 70


def test_every_route_refuses_every_other_fault_of_a_token(
    inside: Indoors, own: Things, tokens: Mapping[str, str]
) -> None:
    """However much its bearer may do."""
    codes = dict.fromkeys(UNKNOWN, (401, "TOKEN_ONGELDIG")) | dict.fromkeys(
        NOT_ITS_SCHOOL, (403, "SCHOOL_NIET_TOEGESTAAN")
    )
    wrong = [
        (name(route), fault)
        for route in CLOSED
        for fault, (status, code) in codes.items()
        if not refused(inside.portal(ask(route, tokens[fault], own)), status, code)
    ]
    print(f"\n{len(CLOSED)} routes x {len(codes)} faults: {len(CLOSED) * len(codes)} refused")
    assert wrong == []


def test_the_door_itself_refuses_a_sample_of_them(sandbox: Stack, own: Things, tokens: Mapping[str, str]) -> None:
    """Over HTTP each route with one fault, each fault at some route; and with a good token none of them."""
    faults = [*UNKNOWN, *NOT_ITS_SCHOOL]
    for number, route in enumerate(CLOSED):
        fault = faults[number % len(faults)]
        answer = send(sandbox, route, tokens[fault], own)
        problem(answer, *((401, "TOKEN_ONGELDIG") if fault in UNKNOWN else (403, "SCHOOL_NIET_TOEGESTAAN")))
    absent = send(sandbox, CLOSED[0], None, own)
    problem(absent, 401, "TOKEN_ONTBREEKT")
    assert absent.headers["WWW-Authenticate"] == "Bearer"
    assert len(CLOSED) > len(faults)
    for route in CLOSED:  # else the refusals prove nothing
        good = send(sandbox, route, tokens["good"], spare(sandbox, route, own))
        assert good.status not in (401, 403), good.data


@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "", "bearer  ", "Token x", "Bearer ÿ"])
def test_an_authorization_header_of_another_form_is_401(sandbox: Stack, value: str) -> None:
    answer = HTTP.request("GET", f"{sandbox.portal}/v1/leerlingen", headers={"Authorization": value})
    problem(answer, 401)


@every(OPEN)
def test_an_open_route_asks_for_no_token_and_takes_any(sandbox: Stack, own: Things, route: Route) -> None:
    for token in (None, "geen-token", UNKNOWN["expired"](sandbox)):
        assert send(sandbox, route, token, own).status == 200


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
    elsewhere = {"X-School": "99EF00", "School": "99EF00"}
    assert client.get("/school", elsewhere)["brin"] == "14SS"
    ours, theirs = Client(sandbox, "14SS00"), Client(sandbox, "99EF00")
    body = {"dossier": record()}
    assert ours.ask("PUT", "/leerlingen/gezag-kop", body, headers=elsewhere).status == 201
    problem(theirs.ask("GET", "/leerlingen/gezag-kop"), 404)
    assert ours.ask("GET", "/leerlingen/gezag-kop", headers=elsewhere).status == 200
