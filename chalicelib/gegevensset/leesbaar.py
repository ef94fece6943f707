"""Values of a dossier as people read them: dates as dd-mm-jjjj, ja and nee, words instead of codes (R127, 15.44)."""

import re
from typing import Any

from chalicelib.gegevensset.tabel import Element, Standaard

_DATUM = re.compile(r"(-?[0-9]{4,})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)
_GETAL = re.compile(r"[+-]?[0-9]*\.[0-9]+", re.ASCII)
_JA_NEE = {"true": "ja", "1": "ja", "false": "nee", "0": "nee"}
_CIJFERS = frozenset({"waarde"})  # a mark or score is text in the standard: `7.5`, but `V` too


def leaf(standaard: Standaard, element: Element, value: Any) -> str:
    """The text of a leaf: a str, a dict with its `@omschrijving`, or a list of these."""
    if isinstance(value, list):
        glue = " " if element.naam in ("voornaam", "gbavoornaam") else ", "
        return glue.join(leaf(standaard, element, part) for part in value)
    if isinstance(value, dict):
        return str(value.get("@omschrijving") or value.get("#text", ""))
    text = str(value)
    if element.codelijst is not None:
        return standaard.codelijsten[element.codelijst].tekst(text, element.naam)
    if element.basis == "xs:boolean":
        return _JA_NEE.get(text.strip(), text)
    if element.basis == "xs:date":
        return datum(text)
    if element.basis == "xs:decimal" or element.naam in _CIJFERS:
        return text.replace(".", ",") if _GETAL.fullmatch(text.strip()) else text
    return text


def datum(text: str) -> str:
    """`2026-03-17` (a time zone is allowed) as `17-03-2026`; any other text as it is."""
    match = _DATUM.fullmatch(text.strip())
    return "-".join(match.group(3, 2, 1)) if match else text
