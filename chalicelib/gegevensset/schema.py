"""XML Schema and JSON Schema, made from the table: the fast path of validation, and the shape of the API.

The XML Schema gives the verdict of the official one on any tree; why a tree fails is told by `structuur.py`.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from threading import Lock
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from chalicelib.domain.gegevensblok import Eis, Profiel
from chalicelib.gegevensset.tabel import Blok, Element, Standaard, standaard

_EEN_TEGELIJK = Lock()
"""libxml2 cannot compile schemas in two threads at once: both fail now and then."""


@cache
def schema(versie: str) -> etree.XMLSchema:
    """The compiled schema of a version, made once per process. Its root is `dossier` and nothing else."""
    with _EEN_TEGELIJK:
        return compileer(standaard(versie))


def compileer(tabel: Standaard) -> etree.XMLSchema:
    """Compile the schema of a table."""
    return etree.XMLSchema(etree.fromstring(xsd(tabel)))


def xsd(tabel: Standaard) -> str:
    """The XML Schema of a table, as text."""
    typen: dict[tuple[int, ...], str] = {}
    regels: list[str] = []
    wortel = _xsd_element(tabel.wortel, typen, regels)
    return (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{tabel.namespace}"'
        f' targetNamespace="{tabel.namespace}" elementFormDefault="qualified">{"".join(regels)}{wortel}</xs:schema>'
    )


def _xsd_element(element: Element, typen: dict[tuple[int, ...], str], regels: list[str]) -> str:
    aantal = "" if element.naam == "dossier" else f' minOccurs="{element.min}" maxOccurs="{element.max or "unbounded"}"'
    kop = f'<xs:element name="{element.naam}"{aantal}'
    if element.is_blok:
        return f'{kop} type="{_xsd_bloktype(element, typen, regels)}"/>'
    if element.attributen:
        basis = _xsd_eigen_type(element, typen, regels)
        attributen = "".join(
            f'<xs:attribute name="{attribuut.naam[1:]}" type="{_xsd_eigen_type(attribuut, typen, regels)}"/>'
            for attribuut in element.attributen
        )
        inhoud = f'<xs:simpleContent><xs:extension base="{basis}">{attributen}</xs:extension></xs:simpleContent>'
        return f"{kop}><xs:complexType>{inhoud}</xs:complexType></xs:element>"
    return f'{kop} type="{_xsd_eigen_type(element, typen, regels)}"/>'


def _xsd_bloktype(blok: Element, typen: dict[tuple[int, ...], str], regels: list[str]) -> str:
    """One named type per distinct list of children, so that shared blocks are compiled once."""
    sleutel = tuple(map(id, blok.kinderen))
    if sleutel not in typen:
        typen[sleutel] = f"blok{len(typen)}"
        inhoud = "".join(_xsd_deeltjes(blok.kinderen, typen, regels))
        herhaling = ' maxOccurs="unbounded"' if blok.heeft_groep else ""
        regels.append(
            f'<xs:complexType name="{typen[sleutel]}"><xs:sequence{herhaling}>{inhoud}</xs:sequence></xs:complexType>'
        )
    return typen[sleutel]


def _xsd_deeltjes(kinderen: Iterable[Element], typen: dict[tuple[int, ...], str], regels: list[str]) -> Iterator[str]:
    """The children in order, those of one choice together."""
    for keuze, groep in groupby(kinderen, key=lambda kind: (kind.keuze, kind.keuze_verplicht)):
        deel = "".join(_xsd_element(kind, typen, regels) for kind in groep)
        yield f'<xs:choice minOccurs="{int(keuze[1])}">{deel}</xs:choice>' if keuze[0] else deel


def _xsd_eigen_type(element: Element, typen: dict[tuple[int, ...], str], regels: list[str]) -> str:
    if not element.facetten:
        return str(element.basis)
    sleutel = (id(element.facetten),)
    if sleutel not in typen:
        typen[sleutel] = f"waarde{len(typen)}"
        facetten = "".join(f"<xs:{naam} value={quoteattr(waarde)}/>" for naam, waarde in element.facetten.items())
        regels.append(
            f'<xs:simpleType name="{typen[sleutel]}"><xs:restriction base="{element.basis}">{facetten}'
            "</xs:restriction></xs:simpleType>"
        )
    return typen[sleutel]


_DATUM: Final = r"-?[0-9]{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(Z|[+-][0-9]{2}:[0-9]{2})?"
_PATROON: Final = {
    "xs:date": _DATUM,
    "xs:integer": r"[+-]?[0-9]+",
    "xs:int": r"[+-]?[0-9]+",
    "xs:decimal": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
}
_VOORBEELD: Final = {"xs:date": "2019-06-04", "xs:integer": "3", "xs:int": "3", "xs:decimal": "7.5"}


def json_schema(versie: str, profiel: Profiel | None = None) -> dict[str, Any]:
    """JSON Schema (2020-12) of the dossier JSON of a version.

    With a profile: its mandatory blocks required, its forbidden blocks gone, and `overdrachtsoort`, `overstap` and the
    statuses bound to it. The schema describes the shape; what a pattern cannot say is judged by `controle.py`.
    """
    tabel = standaard(versie)
    defs: dict[str, Any] = {}
    namen: dict[tuple[int, ...], str] = {}
    inhoud = _json_blok(tabel.wortel, tabel, defs, namen)
    if profiel is not None:
        _bind(inhoud, defs, tabel, profiel)
    naam = f"dossier {versie}" + (f", profiel {profiel.value}" if profiel else "")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"OSO-{naam}",
        **inhoud,
        "$defs": defs,
    }


def _json_blok(
    blok: Element, tabel: Standaard, defs: dict[str, Any], namen: dict[tuple[int, ...], str]
) -> dict[str, Any]:
    inhoud: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {kind.naam: _json_kind(kind, tabel, defs, namen) for kind in blok.kinderen},
    }
    if nodig := [kind.naam for kind in blok.kinderen if kind.min and not kind.keuze]:
        inhoud["required"] = nodig
    if keuzes := list(_json_keuzes(blok)):
        inhoud["allOf"] = keuzes
    return inhoud


def _json_keuzes(blok: Element) -> Iterator[dict[str, Any]]:
    for (keuze, verplicht), groep in groupby(blok.kinderen, key=lambda kind: (kind.keuze, kind.keuze_verplicht)):
        namen = [kind.naam for kind in groep]
        if keuze:
            een = [{"required": [naam]} for naam in namen]
            geen = [] if verplicht else [{"not": {"anyOf": een}}]
            yield {"oneOf": [*een, *geen]}


def _json_kind(
    kind: Element, tabel: Standaard, defs: dict[str, Any], namen: dict[tuple[int, ...], str]
) -> dict[str, Any]:
    tekst = {"title": kind.label, "description": kind.betekenis}
    een = _json_verwijzing(kind, tabel, defs, namen) if kind.is_blok else _json_blad(kind, tabel)
    if kind.heeft_groep:
        een = {"type": "array", "items": een}
    if kind.herhaalt:
        return {**tekst, "type": "array", "items": een}
    return {**tekst, **een}


def _json_verwijzing(
    blok: Element, tabel: Standaard, defs: dict[str, Any], namen: dict[tuple[int, ...], str]
) -> dict[str, Any]:
    sleutel = tuple(map(id, blok.kinderen))
    if sleutel not in namen:
        vrij = blok.naam if blok.naam not in defs else f"{blok.naam}-{len(defs)}"
        namen[sleutel] = vrij
        defs[vrij] = {}
        defs[vrij].update(_json_blok(blok, tabel, defs, namen))
    return {"$ref": f"#/$defs/{namen[sleutel]}"}


def _json_blad(blad: Element, tabel: Standaard) -> dict[str, Any]:
    tekst = _json_waarde(blad, tabel)
    if not blad.attributen:
        return tekst
    namen = {attribuut.naam: _json_waarde(attribuut, tabel) for attribuut in blad.attributen}
    met = {
        "type": "object",
        "additionalProperties": False,
        "required": ["#text"],
        "properties": {**namen, "#text": tekst},
    }
    return {"anyOf": [tekst, met]}


def _json_waarde(blad: Element, tabel: Standaard) -> dict[str, Any]:
    waarde: dict[str, Any] = {"type": "string"}
    if blad.codelijst is not None:
        waarde["enum"] = list(tabel.codelijsten[blad.codelijst].codes)
    elif blad.basis == "xs:boolean":
        waarde["enum"] = ["true", "false", "1", "0"]
    elif patroon := blad.facetten.get("pattern") or _PATROON.get(str(blad.basis)):
        alleen_cijfers = patroon.replace(r"\p{Nd}", r"\d")  # not every reader of JSON Schema knows \p
        waarde["pattern"] = f"^(?:{alleen_cijfers})$"
    waarde |= {naam: int(grens) for naam, grens in blad.facetten.items() if naam in ("minLength", "maxLength")}
    if voorbeeld := _VOORBEELD.get(str(blad.basis)):
        waarde["examples"] = [voorbeeld]
    return waarde


def _bind(inhoud: dict[str, Any], defs: dict[str, Any], tabel: Standaard, profiel: Profiel) -> None:
    for blok in tabel.blokken:
        _bind_blok(inhoud, defs, blok, blok.eisen[profiel])
    inhoud["properties"]["overdrachtsoort"]["enum"] = [profiel.overdrachtsoort]
    metadata = defs["metadata"]
    if not profiel.binnen_brin:
        metadata["properties"]["overstap"]["enum"] = [profiel.overstap]
        metadata["required"].append("overstap")
    metadata["required"].append("categorie_uitlevering")


def _bind_blok(inhoud: dict[str, Any], defs: dict[str, Any], blok: Blok, eis: Eis) -> None:
    status = {Eis.OPTIONEEL: ["OPTIONEEL", "OPT-UIT"]}.get(eis, [eis.value])
    defs["categorie_uitlevering"]["properties"][f"cat_{blok.naam}"]["enum"] = status
    for pad in blok.paden:
        ouder = inhoud if len(pad) == 1 else defs[pad[-2]]
        if eis is Eis.VERBODEN:
            ouder["properties"].pop(pad[-1])
        elif eis is Eis.VERPLICHT and len(blok.paden) == 1:
            ouder.setdefault("required", []).append(pad[-1])
