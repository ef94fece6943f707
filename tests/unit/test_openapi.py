"""The document tells what the code does: the status of every code as it is raised, and all of it on the page too."""

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # the package has no stubs

import chalicelib
from chalicelib import errors
from chalicelib.domain.rechten import Rol
from chalicelib.flows.pakket import MEESTE_IN_PAKKET
from chalicelib.gegevensset.regels import alle_regels
from chalicelib.gegevensset.regels_codelijsten import toetsen
from chalicelib.gegevensset.tabel import VERSIES, standaard
from chalicelib.web import toegang
from chalicelib.web.deur import LANGSTE_SLEUTEL, ROUTES, Route
from chalicelib.web.openapi import document
from chalicelib.web.openapi_bron import met_bron, verwijst
from chalicelib.web.pagina import pagina
from chalicelib.web.replies import status_van
from chalicelib.web.voorbeelden import VARIANTEN, VOORBEELDEN
from chalicelib.web.vormen import KaartWijziging
from tests.pupil import record

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


def words(of: Any) -> Iterator[str]:
    """Every text that stands in code, at any depth."""
    for one in of:
        if isinstance(one, str):
            yield one
        elif isinstance(one, tuple | CodeType):
            yield from words(one.co_consts if isinstance(one, CodeType) else one)


def says(view: Any, word: str) -> bool:
    """Whether a view, or a function of its own file that it calls, holds this text."""
    todo, seen = [view.__code__], set()
    while todo:
        code = todo.pop()
        seen.add(code)
        if word in words(code.co_consts):
            return True
        called = (getattr(sys.modules[view.__module__], name, None) for name in code.co_names)
        found = (getattr(one, "__code__", None) for one in called)
        todo += [one for one in found if isinstance(one, CodeType) and one not in seen]
    return False


ids = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.verb} {route.pad}")


@ids
def test_a_route_sends_the_etag_and_the_location_that_the_document_names_and_no_other(route: Route) -> None:
    assert says(route.view, "ETag") == route.etag
    assert says(route.view, "Location") == bool({201, 202} & set(route.antwoorden))
    operation = document()["paths"][route.pad][route.verb.lower()]
    for status, answer in operation["responses"].items():
        headers = set(answer["headers"])
        assert {"API-Version", "X-Correlation-Id"} <= headers
        assert ("ETag" in headers) == (route.etag and status < "300")
        assert ("Location" in headers) == (status in ("201", "202"))
        assert ("WWW-Authenticate" in headers) == (status == "401")
        assert ("Retry-After" in headers) == (status == "429")


def test_the_document_tells_how_a_token_is_made() -> None:
    told = document()["components"]["securitySchemes"]["token"]["description"]
    parts = (*toegang.ALGORITMES, *toegang.VERBODEN_KOPPEN, *toegang.VERPLICHT, *Rol, "kid", "school", "sub", "naam")
    assert [part for part in parts if part not in told] == []
    assert str(toegang.LANGST) in told


def test_the_document_bounds_the_idempotency_key() -> None:
    keys = [p for operation in OPERATIONS for p in operation["parameters"] if p["name"] == "Idempotency-Key"]
    assert {p["schema"]["maxLength"] for p in keys} == {LANGSTE_SLEUTEL}


def contents() -> Iterator[tuple[str, Any]]:
    """Every content of the document, in and out, with where it stands."""
    for verbs in document()["paths"].values():
        for operation in verbs.values():
            places = {"body": operation.get("requestBody", {}), **operation["responses"]}
            for place, one in places.items():
                for kind, content in one.get("content", {}).items():
                    yield f"{operation['operationId']} {place} {kind}", content


def value_of(example: Any) -> Any:
    if "$ref" in example:
        example = document()["components"]["examples"][example["$ref"].rpartition("/")[2]]
    return example["value"]


def test_every_json_content_has_an_example() -> None:
    without = {where for where, content in contents() if "json" in where and not content.get("examples")}
    open_ = {"openapi_algemeen 200 application/json"}  # the document does not hold itself
    assert without - open_ == set()


def test_every_example_fits_its_schema() -> None:
    components = {"components": document()["components"]}
    checked = 0
    for where, content in contents():
        validator = Draft202012Validator({**content["schema"], **components})
        for name, example in content.get("examples", {}).items():
            assert [fault.message for fault in validator.iter_errors(value_of(example))] == [], (where, name)
            checked += 1
    assert checked > 300


def test_every_example_of_a_body_is_taken_by_its_model() -> None:
    for route in ROUTES:
        shape = route.body or route.voorbeeld_body
        if shape is not None:
            for example in (VOORBEELDEN[shape.__name__], *VARIANTEN.get(shape.__name__, {}).values()):
                shape.model_validate_json(json.dumps(example), strict=True)


def test_the_answer_of_a_code_is_the_one_that_leaves() -> None:
    for name, example in document()["components"]["examples"].items():
        code, _, status = name.rpartition(".")
        assert (example["value"]["code"], str(example["value"]["status"])) == (code, status)


@pytest.mark.parametrize("version", VERSIES)
def test_the_dossier_is_described_by_the_table_as_a_portal_may_put_it(version: str) -> None:
    schema = {"$ref": f"#/components/schemas/Dossier-{version}", "components": document()["components"]}
    validator = Draft202012Validator(schema)
    whole = json.loads(json.dumps(record()))
    assert list(validator.iter_errors({"huidigeschool": {"leerling": whole["huidigeschool"]["leerling"]}})) == []
    assert list(validator.iter_errors({"huidigeschool": {"leerling": {"verzonnen": "1"}}})) != []
    described = document()["components"]["schemas"]["RecordVorm"]["properties"]["dossier"]["anyOf"]
    assert {"$ref": schema["$ref"]} in described


_MELDING = re.compile(r"\b(STRUCTUUR\.[A-Z_]+|BLOK_[A-Z]+)\"")


def test_every_code_of_a_melding_is_explained() -> None:
    rooms = [path.read_text() for room in ("gegevensset", "domain") for path in (ROOT / room).rglob("*.py")]
    named = {code for text in rooms for code in _MELDING.findall(text)} - {"BLOK_NIET_GEKOZEN"}  # no melding, R119
    assert {"STRUCTUUR.VORM", "BLOK_VERPLICHT"} <= named
    for version in VERSIES:
        named |= {code for regel in alle_regels(standaard(version)) for code in (regel.code, *regel.ook)}
        checks = toetsen(standaard(version)).values()
        named |= {f"CL.{lijst.nummer}" for check in checks for _, lijst in check.per_ouder.values()}
    assert "OG.01" in named
    codes = document()["x-codes"]
    assert named - set(codes) == set()
    assert [code for code in codes if not (codes[code]["tekst"] and codes[code]["watNu"])] == []


def test_what_reads_content_may_find_it_gone() -> None:
    with_it = {
        op["operationId"] for op in OPERATIONS if "INHOUD_WEG" in op["responses"].get("404", {}).get("x-codes", ())
    }
    assert {"haal_leerlingen", "verzamel_overstap", "plan_importeren", "verschil_versies"} <= with_it


def test_the_pupils_of_an_inzagepakket_have_their_own_bound() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["PakketVorm"]["properties"]["leerlingIds"]["maxItems"] == MEESTE_IN_PAKKET
    assert schemas["ResultaatVanLeerling"]["properties"]["rij"]["description"]


def described() -> Iterator[tuple[str, dict[str, Any]]]:
    """What is described in our own words; the tables of the standard have those of the standard."""
    yield from ((operation["operationId"], operation) for operation in OPERATIONS)
    schemas = document()["components"]["schemas"]
    yield from ((name, one) for name, one in schemas.items() if not name.startswith("Dossier-"))


def test_no_description_cites_what_its_reader_does_not_have() -> None:
    assert [name for name, one in described() if verwijst(one["description"]) or "api.md" in one["description"]] == []
    assert sum("x-bron" in one for _, one in described()) > 40


@pytest.mark.parametrize(
    ("said", "text", "source"),
    [
        ("R90-R93. 202: it comes (R35).", "202: it comes.", "R90-R93, R35"),
        ("R77: progress.", "Progress.", "R77"),
        ("R129.", "", "R129"),
        ("The card (api.md, card, GET).", "The card.", "api.md, card, GET"),
        ("Version 2019.1 (AVG 15).", "Version 2019.1 (AVG 15).", None),
    ],
)
def test_a_source_stands_beside_a_description(said: str, text: str, source: str | None) -> None:
    assert met_bron(said) == {"description": text} | ({"x-bron": source} if source else {})


def test_the_page_shows_every_operation_body_and_code() -> None:
    page, doc = pagina(), document()
    assert page.count("<section>") == len(OPERATIONS) + len(doc["components"]["schemas"])
    for name, schema in doc["components"]["schemas"].items():
        assert f'id="{name}"' in page
        assert all(f"<td>{field}" in page for field in schema.get("properties", {}))
    assert all(f"<td>{code}</td>" in page for code in doc["x-codes"])


def test_no_example_saves_an_inzage_together_with_what_ends_it() -> None:
    """15.39: a change of date or advice asks for a new collection, and the inzage was of the old one."""
    (patch,) = [op for op in OPERATIONS if "KaartWijziging" in str(op.get("requestBody"))]
    examples = [one["value"] for one in patch["requestBody"]["content"]["application/json"]["examples"].values()]
    assert [sorted(one) for one in examples] == [["uitschrijving"], ["inzage"], ["contactNodig"]]
    assert all(KaartWijziging.model_validate(one) for one in examples)
