"""API Gateway in small: an HTTP request becomes the event that Lambda gets, Chalice's answer becomes an HTTP answer.

No sockets here (`httpd.py` has them). What API Gateway does and the app must live with is done here too: bodies of a
binary type in base64 and all others as text, at most 10 MB in, at most 6 MB between gateway and Lambda either way, at
most 29 seconds. What never reaches the app is answered in problem+json.
"""

import base64
import json
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import local
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalice.app import Chalice
from chalice.local import LambdaContext, LocalChalice, RouteMatcher

from chalicelib.web.replies import KOPPEN, TITEL
from chalicelib.web.soap import SOORTEN

MAX_REQUEST = 10 * 1024 * 1024
MAX_LAMBDA = 6 * 1024 * 1024
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """One HTTP request: target is path and query as sent; `client_cert` is what mutual TLS established, if anything."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    client_cert: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; Content-Length is left to whoever sends it."""

    status: int
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)


def problem(status: int, code: str, detail: str, *extra: tuple[str, str]) -> Answer:
    """Give an RFC 9457 answer of our own, as the GatewayResponses of a deployed API do."""
    content = {
        "type": "about:blank",
        "title": TITEL.get(status, HTTPStatus(status).phrase),
        "status": status,
        "code": code,
    }
    body = json.dumps({**content, "detail": detail, "meldingen": []}, ensure_ascii=False).encode()
    return Answer(status, (*KOPPEN.items(), ("Content-Type", "application/problem+json"), *extra), body)


class _ThreadSafe(LocalChalice):
    """A Chalice that keeps the request and context of each thread apart; a plain one mixes them up."""

    _own = local()

    @property
    def lambda_context(self) -> Any:
        return self._own.context

    @lambda_context.setter
    def lambda_context(self, value: Any) -> None:
        self._own.context = value


class Gateway:
    """Answers requests by one Chalice app, at most `workers` at a time, each within `seconds`."""

    def __init__(self, app: Any, domein: str, workers: int = 16, seconds: float = 29) -> None:
        # a deployed app (lambda_app.py) is processes of its own
        if isinstance(app, Chalice) and not isinstance(app, _ThreadSafe):
            app.__class__ = type("ServedChalice", (_ThreadSafe, type(app)), {})
        self._app = app
        self._domein = domein
        self._seconds = seconds
        self._binary = [*app.api.binary_types, *_taken(app.routes)]
        self._matcher = RouteMatcher(list(app.routes))
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="lambda")

    def answer(self, request: Request) -> Answer:
        """Give the answer of the app, or the one of the gateway where the app is not reached or does not answer."""
        try:
            match = self._matcher.match_route(request.target)
        except ValueError:
            return problem(404, "NIET_GEVONDEN", "Dit adres bestaat niet.")
        methods = self._app.routes[match.route]
        if request.method not in methods:
            return _preflight(methods) if request.method == "OPTIONS" else _not_allowed(methods)
        event = self._event(request, match.route, match.captured)
        if len(request.body) > MAX_REQUEST or _size(event) > MAX_LAMBDA:
            return too_large()
        return self._invoke(event)

    def _invoke(self, event: Mapping[str, Any]) -> Answer:
        """Call the app as Lambda does: a crash and being late are faults of ours, that say nothing of the cause."""
        context = LambdaContext("local", 512, int(self._seconds * 1000))
        future = self._workers.submit(self._app, event, context)
        try:
            error = future.exception(self._seconds)
        except TooLate:
            return problem(
                500, "TECHNISCHE_FOUT", "Het antwoord liet te lang op zich wachten. Probeer het later opnieuw."
            )
        if error is not None:
            return _broken()
        return _to_answer(future.result())

    def _event(self, request: Request, route: str, captured: Mapping[str, str]) -> dict[str, Any]:
        path, query = _split(request.target)
        body, encoded = self._body(request)
        values = parse_qs(query, keep_blank_values=True)
        many: dict[str, list[str]] = {}
        for name, value in request.headers:
            many.setdefault(name, []).append(value)
        return {
            "resource": route,
            "path": path,
            "httpMethod": request.method,
            "headers": {name: values[-1] for name, values in many.items()},
            "multiValueHeaders": many,
            "queryStringParameters": {name: one[-1] for name, one in values.items()} or None,
            "multiValueQueryStringParameters": values or None,
            "pathParameters": dict(captured),
            "stageVariables": {},
            "requestContext": self._context(request, route, path),
            "body": body,
            "isBase64Encoded": encoded,
        }

    def _context(self, request: Request, route: str, path: str) -> dict[str, Any]:
        identity: dict[str, Any] = {"sourceIp": request.source_ip}
        if request.client_cert is not None:
            identity["clientCert"] = dict(request.client_cert)
        return {
            "accountId": "000000000000",
            "apiId": "local",
            "stage": "api",
            "domainName": self._domein,
            "protocol": "HTTP/1.1",
            "requestId": str(uuid.uuid4()),
            "requestTimeEpoch": int(time.time() * 1000),
            "httpMethod": request.method,
            "resourcePath": route,
            "path": path,
            "identity": identity,
        }

    def _body(self, request: Request) -> tuple[str | None, bool]:
        """Give the body as the event carries it. Text that is not UTF-8 arrives damaged, as it does on AWS."""
        if not request.body:
            return None, False
        kind = next((value for name, value in request.headers if name.lower() == "content-type"), "")
        if _is_binary(kind, self._binary):
            return base64.b64encode(request.body).decode("ascii"), True
        return request.body.decode("utf-8", "replace"), False

    def close(self) -> None:
        """Wait for the calls that run."""
        self._workers.shutdown()


def _taken(routes: Iterable[str]) -> Sequence[str]:
    """The kinds of XML of the wire: octets by its template, no matter of Chalice (infra/front.py)."""
    return SOORTEN if any(path.startswith("/oso/") for path in routes) else ()


def too_large() -> Answer:
    """Give the answer to a body over the limit; it is not read any further."""
    return problem(413, "TE_GROOT", "Het bericht is te groot.", ("Connection", "close"))


def _broken() -> Answer:
    return problem(500, "TECHNISCHE_FOUT", "Er ging iets mis. Probeer het later opnieuw.")


def _not_allowed(methods: Mapping[str, Any]) -> Answer:
    detail = "Deze methode kan hier niet worden gebruikt."
    return problem(405, "METHODE_NIET_TOEGESTAAN", detail, ("Allow", ", ".join(sorted(methods))))


def _preflight(methods: Mapping[str, Any]) -> Answer:
    """Answer a CORS preflight as the OPTIONS method that Chalice adds to a deployed API; without CORS there is none."""
    open_ = {name: entry.cors for name, entry in methods.items() if entry.cors is not None}
    if not open_:
        return _not_allowed(methods)
    headers = next(iter(open_.values())).get_access_control_headers()
    return Answer(200, (*headers.items(), ("Access-Control-Allow-Methods", ",".join([*sorted(open_), "OPTIONS"]))))


def _to_answer(response: Mapping[str, Any]) -> Answer:
    """Turn Lambda's proxy answer into HTTP; one that API Gateway would not take is a fault of ours here as well."""
    text = response.get("body") or ""
    body = base64.b64decode(text) if response.get("isBase64Encoded") else text.encode("utf-8")
    many = [(name, value) for name, values in response.get("multiValueHeaders", {}).items() for value in values]
    headers = (*response.get("headers", {}).items(), *many)
    if body and not any(name.lower() == "content-type" for name, _ in headers):
        headers = (*headers, ("Content-Type", "application/json"))
    sendable = all(_printable(name) and _printable(value) for name, value in headers)
    if len(text) > MAX_LAMBDA or not sendable:
        return _broken()
    return Answer(response["statusCode"], headers, body)


def _printable(value: object) -> bool:
    """Tell whether a header may hold this: printable latin-1 in one line."""
    text = str(value)
    return text.replace("\t", " ").isprintable() and all(ord(sign) < 256 for sign in text)


def _is_binary(content_type: str, binary_types: Sequence[str]) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    family = kind.partition("/")[0] + "/*"
    return bool(kind) and (kind in binary_types or family in binary_types or "*/*" in binary_types)


def _size(event: Mapping[str, Any]) -> int:
    """Count the bytes of the event; exact where it could matter."""
    body = event["body"] or ""
    return len(json.dumps(event, ensure_ascii=False).encode()) if len(body) > MAX_LAMBDA // 8 else 0


def _split(target: str) -> tuple[str, str]:
    parts = urlsplit(target)
    return parts.path, parts.query
