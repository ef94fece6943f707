"""Random requests to every route: no 5xx ever, and every answer is one that the OpenAPI document names."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # the package has no stubs
from urllib3.response import BaseHTTPResponse

from chalicelib.web.openapi import document
from infra.local.issuer import MEDEWERKER
from infra.local.stack import Stack
from tests.e2e.client import HTTP, Client
from tests.e2e.random_input import nearly, values

DOCUMENT = document()
SCHEMAS = DOCUMENT["components"]["schemas"]
OPERATIONS = [
    (verb.upper(), path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for verb, operation in operations.items()
]
_PUPIL = "willekeurig"
_GATEWAY = {"400", "404", "405", "413", "414", "415"}
"""What API Gateway or Chalice answers by itself, before any operation of ours is found."""
_EXAMPLES = settings(
    max_examples=3,
    phases=[Phase.generate],  # to shrink a case over HTTP takes longer than to read it
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def employee(doel: Client) -> Client:
    """Somebody who may do everything at 99EF00, where one pupil is known."""
    client = doel.as_(*sorted(MEDEWERKER))
    client.put_pupil(_PUPIL)
    return client


def path_of(path: str) -> st.SearchStrategy[str]:
    """The path with something in each of its places: what is there, what could be, what never can."""
    part = st.one_of(
        st.just(_PUPIL),
        st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True).filter(lambda text: text.strip(".")),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/."), min_size=1, max_size=9),
        st.sampled_from(["1", "0", "x" * 1500]),
    ).map(lambda text: quote(text, safe=""))
    names = re.findall(r"\{(\w+)\}", path)
    return st.tuples(*[part] * len(names)).map(lambda parts: _fill(path, parts))


def _fill(path: str, parts: tuple[str, ...]) -> str:
    for part in parts:
        before, _, rest = path.partition("{")
        path = before + part + rest.partition("}")[2]
    return path


def query_of(operation: Any) -> st.SearchStrategy[dict[str, Any]]:
    """The query: what is asked for, nearly."""
    named = {p["name"]: values(p["schema"], SCHEMAS) for p in operation["parameters"] if p["in"] == "query"}
    return st.fixed_dictionaries({}, optional=named | {"verzonnen": st.just("1")}) if named else st.just({})


def body_of(operation: Any) -> st.SearchStrategy[Any]:
    """The body, nearly as the document has it."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = next((one["schema"] for kind, one in content.items() if "json" in kind), None)
    return st.none() if schema is None else nearly(values(schema, SCHEMAS))


def check_headers(named: Any, answer: BaseHTTPResponse) -> None:
    """Every header that the document promises is there, and none of ours that it does not name."""
    promised = set(named["headers"])
    assert promised <= set(answer.headers), (answer.status, promised)
    assert set(DOCUMENT["components"]["headers"]) & set(answer.headers) == promised, (answer.status, answer.headers)


def check(operation: Any, answer: BaseHTTPResponse) -> None:
    """The answer is one of those that the document names, and has its form."""
    assert answer.status < 500 or str(answer.status) in ("502", "503"), (answer.status, answer.data[:300])
    named = operation["responses"].get(str(answer.status))
    if named is None:
        assert str(answer.status) in _GATEWAY, (answer.status, answer.data[:300])
        assert "X-Correlation-Id" not in answer.headers, answer.data[:300]  # what an operation of ours answers has one
        assert answer.headers["Content-Type"] == "application/problem+json"
        return
    check_headers(named, answer)
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if "content" not in named:
        assert answer.data == b""
        return
    assert kind in named["content"], (answer.status, kind, answer.data[:300])
    if "json" in kind:
        body = json.loads(answer.data)
        schema = {**named["content"][kind]["schema"], "components": DOCUMENT["components"]}
        Draft202012Validator(schema).validate(body)
        assert kind == "application/json" or body["code"] in named["x-codes"], (answer.status, body)


@pytest.mark.parametrize(
    ("verb", "path", "operation"), OPERATIONS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_whatever_is_sent_the_answer_is_one_that_the_document_names(
    sandbox: Stack, employee: Client, verb: str, path: str, operation: Any
) -> None:
    kind = next((one for one in operation.get("requestBody", {}).get("content", {}) if "json" in one), None)

    @_EXAMPLES
    @given(
        address=path_of(path),
        query=query_of(operation),
        body=body_of(operation),
        if_match=st.sampled_from(["*", '"anders"', "", None]),
        key=st.sampled_from(["sleutel", "een andere", "\t", None]),
    )
    def run(address: str, query: dict[str, Any], body: Any, if_match: str | None, key: str | None) -> None:
        headers = {"Authorization": f"Bearer {sandbox.token(employee.school, *employee.rollen)}"}
        headers |= {} if if_match is None else {"If-Match": if_match}
        headers |= {} if key is None else {"Idempotency-Key": key}
        headers |= {} if kind is None else {"Content-Type": kind}
        asked = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in query.items())
        data = None if kind is None else json.dumps(body).encode()
        address = f"{sandbox.portal}{address}{'?' if asked else ''}{asked}"
        check(operation, HTTP.request(verb, address, body=data, headers=headers))

    run()


@pytest.mark.parametrize("sent", ["__main__", "kort", "x" * 65, "12345678", "662460613", "é" * 9])
def test_a_correlation_id_that_is_replaced_is_one_that_the_document_allows(employee: Client, sent: str) -> None:
    parameters = DOCUMENT["paths"]["/v1/school"]["get"]["parameters"]
    (schema,) = [p["schema"] for p in parameters if p["name"] == "X-Correlation-Id"]
    Draft202012Validator(schema).validate(sent)
    answer = employee.ask("GET", "/school", headers={"X-Correlation-Id": sent})
    assert answer.status == 200
    assert answer.headers["X-Correlation-Id"] not in sent
