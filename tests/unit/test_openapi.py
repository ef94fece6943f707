"""The document tells what the code does: the status of every code as it is raised, and all of it on the page too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import chalicelib
from chalicelib import errors
from chalicelib.web.openapi import document
from chalicelib.web.pagina import pagina
from chalicelib.web.replies import status_van

ROOT = Path(chalicelib.__file__).parent
OPERATIONS = [op for verbs in document()["paths"].values() for op in verbs.values()]


def raised() -> Iterator[tuple[str, int]]:
    """Every code that stands in a `raise` of ours as a literal, with the status that it leaves with."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
                kind, first = getattr(errors, node.exc.func.id, None), node.exc.args[:1]
                if isinstance(kind, type) and first and isinstance(first[0], ast.Constant):
                    yield str(first[0].value), status_van(kind(str(first[0].value)))


def test_a_code_is_documented_with_the_status_that_it_is_raised_with() -> None:
    found: dict[str, set[int]] = {}
    for code, status in raised():
        found.setdefault(code, set()).add(status)
    named = {
        (code, int(status))
        for operation in OPERATIONS
        for status, answer in operation["responses"].items()
        for code in answer.get("x-codes", ())
        if code in found
    }
    assert len(named) > 40
    assert [(code, status) for code, status in named if status not in found[code]] == []


def test_the_page_shows_every_operation_body_and_code() -> None:
    page, doc = pagina(), document()
    assert page.count("<section>") == len(OPERATIONS) + len(doc["components"]["schemas"])
    for name, schema in doc["components"]["schemas"].items():
        assert f'id="{name}"' in page
        assert all(f"<td>{field}" in page for field in schema.get("properties", {}))
    assert all(f"<td>{code}</td>" in page for code in doc["x-codes"])
