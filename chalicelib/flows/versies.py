"""Versions of a pupil's dossier: which there were, who saw and got them, and what differs (R36, 15.40)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.dossier import Dossier, Versie
from chalicelib.domain.mutatielog import Actie, Logregel
from chalicelib.errors import NotFound
from chalicelib.flows import Werk
from chalicelib.flows.leerlingen import log_lezen
from chalicelib.flows.verzamelen import XML
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.samenstellen import zonder_pdf

_GEHEIM = frozenset({"bsn", "onderwijsnummer", "bestandsinhoud"})


@dataclass(frozen=True)
class Versiestaat:
    """One version, the moments at which it was seen, and the schools that it was sent to."""

    versie: Versie
    gezien_op: tuple[str, ...]
    verzonden_aan: tuple[tuple[str, str], ...]
    huidig: bool


@dataclass(frozen=True)
class Verschil:
    """One field that differs; numbers and attachments are never shown."""

    pad: str
    soort: str
    oud: str | None
    nieuw: str | None


def lijst(werk: Werk, leerling_id: str) -> list[Versiestaat]:
    """Every version, the newest first: its hashes, when its content was seen, to whom its bytes were sent."""
    dossier = werk.stores.dossier(werk.school, leerling_id)
    regels = werk.stores.logregels(dossier.onderwerp)
    versies = werk.stores.versies(werk.school, leerling_id)
    return [_staat(versie, regels, dossier) for versie in reversed(versies)]


def _staat(versie: Versie, regels: list[Logregel], dossier: Dossier) -> Versiestaat:
    return Versiestaat(
        versie=versie,
        gezien_op=tuple(
            regel.op
            for regel in regels
            if regel.actie == Actie.INZAGE_VASTGELEGD.value and regel.details.get("inhoudHash") == versie.inhoud_hash
        ),
        verzonden_aan=tuple(
            (regel.op, str(regel.details["brin"]))
            for regel in regels
            if regel.actie == Actie.VERZONDEN.value and regel.details.get("verzendHash") == versie.verzend_hash
        ),
        huidig=dossier.versie == versie,
    )


def verschil(werk: Werk, leerling_id: str, a: int, b: int) -> list[Verschil]:
    """What differs between two versions, field by field, in the order of the standard. Reading it is logged."""
    inhoud = []
    for nummer in (a, b):
        versie = next((v for v in reversed(werk.stores.versies(werk.school, leerling_id)) if v.nummer == nummer), None)
        if versie is None:
            raise NotFound("VERSIE_NIET_GEVONDEN")
        dossier = zonder_pdf(decode(werk.stores.inhoud.get(versie.map, XML)).dossier, versie.blokken)
        inhoud.append(dict(_velden(dossier, "/dossier")))
    log_lezen(werk, leerling_id, Actie.VERSCHIL_BEKEKEN, a=a, b=b)
    oud, nieuw = inhoud
    return [
        _als_verschil(pad, oud.get(pad), nieuw.get(pad)) for pad in {**oud, **nieuw} if oud.get(pad) != nieuw.get(pad)
    ]


def _als_verschil(pad: str, oud: str | None, nieuw: str | None) -> Verschil:
    soort = "TOEGEVOEGD" if oud is None else "VERWIJDERD" if nieuw is None else "GEWIJZIGD"
    if pad.rpartition("/")[2].partition("[")[0] in _GEHEIM:
        return Verschil(pad, soort, oud and "…", nieuw and "…")
    return Verschil(pad, soort, oud, nieuw)


def _velden(waarde: Any, pad: str) -> Iterator[tuple[str, str]]:
    """Every leaf with its place."""
    if isinstance(waarde, dict):
        for naam, deel in waarde.items():
            yield from _velden(deel, pad if naam == "#text" else f"{pad}/{naam}")
    elif isinstance(waarde, list):
        for nummer, deel in enumerate(waarde, 1):
            yield from _velden(deel, f"{pad}[{nummer}]")
    else:
        yield pad, waarde
