"""Do bytes survive the trip? Own and published dossiers, any text in any leaf, and rubbish in place of values."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from chalicelib.errors import Invalid
from chalicelib.gegevensset.codec import decode, encode, lees_json
from chalicelib.gegevensset.controle import controleer, controleer_waarden
from chalicelib.gegevensset.lezen import lees_xml
from tests.dossiers import OWN, PUBLISHED, full

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40).filter(
    lambda text: not any((ord(sign) < 32 and sign not in "\t\n\r") or sign in "\ufffe\uffff" for sign in text)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


def canonical(data: bytes) -> bytes:
    """C14N without comments, processing instructions and the blanks between elements."""
    root = lees_xml(data)
    for element in root.iter():
        if len(element) and not (element.text or "").strip():
            element.text = None
        for child in element:
            if not (child.tail or "").strip():
                child.tail = None
    return etree.tostring(root, method="c14n")


def published_or_skip() -> Iterator[Any]:
    if not PUBLISHED:
        yield pytest.param(None, marks=pytest.mark.skip(reason="the published examples are not on this machine"))
    yield from PUBLISHED


@pytest.mark.parametrize("path", [*OWN, *published_or_skip()], ids=lambda path: path.stem if path else "published")
def test_a_dossier_is_canonically_the_same_after_the_trip(path: Path) -> None:
    data = path.read_bytes()
    read = decode(data)
    written = encode(read.dossier, read.versie)
    assert canonical(written) == canonical(data)
    assert decode(written).dossier == read.dossier
    assert encode(read.dossier, read.versie) == written
    assert controleer(data).geldig
    assert controleer(written).geldig


def refusal(act: Callable[[], object]) -> Invalid | None:
    """The Invalid that the act raised, or None where it succeeded; anything else goes through."""
    try:
        act()
    except Invalid as fault:
        return fault
    return None


@FEW
@given(TEXT, TEXT)
@example("]]>&<\r\n", '"\t\n')
def test_any_text_in_any_leaf_survives_the_trip(text: str, other: str) -> None:
    values = decode(full()).dossier
    values["metadata"]["pakketnaam"] = text or "x"
    school = values["huidigeschool"]
    school["adreslijst"]["adres"][0]["land"] = {"@omschrijving": other or "x", "#text": text or "x"}
    school["leerling"]["overigdocumentlijst"]["document"][0]["omschrijving"] = other or "x"
    assert decode(encode(values, "2019.1")).dossier == values


@FEW
@given(JSON, st.sampled_from(["metadata", "inzage", "huidigeschool", "overdrachtsoort", "x"]))
def test_rubbish_in_place_of_values_gives_meldingen_or_invalid_and_nothing_else(rubbish: Any, name: str) -> None:
    values = {**decode(full()).dossier, name: rubbish}
    for melding in controleer_waarden(values, "2019.1"):
        assert melding.pad.startswith("/dossier")
        assert melding.tekst
        assert melding.wat_nu
    fault = refusal(lambda: encode(values, "2019.1"))
    assert fault is None or (fault.code == "DOSSIER_ONGELDIG" and fault.meldingen)


@FEW
@given(st.binary(max_size=200) | JSON.map(repr).map(str.encode))
def test_rubbish_in_place_of_json_is_invalid_or_an_object(data: bytes) -> None:
    fault = refusal(lambda: lees_json(data))
    assert fault is None or fault.code.startswith("JSON_")
