"""Judge a dossier before it is stored or opened: the rules as written, and its size (15.12, 15.30, 15.37)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chalicelib.domain import teksten
from chalicelib.errors import Melding, Refused
from chalicelib.gegevensset.codec import Waarden
from chalicelib.gegevensset.controle import controleer

# A Lambda reply is at most 6 MB as JSON, and JSON writes a quote or a newline as two characters (9b.8).
MAX_ANTWOORD = 5_000_000

# What the parents still have to say stands in the dossier only after the inzage: klaarzetten asks for it (R63).
PAS_BIJ_KLAARZETTEN = frozenset({"OVa.IZ01", "OVa.IZ02", "OVa.IZ03", "OVa.IZ04"})

# Faults that are mended on the card or in the settings, not in the record: said with the field there (R62, R64).
_OP_DE_KAART = {
    "OVa.OA02": ("ADVIES_VO_ONTBREEKT", "/uitschrijving/adviesVo"),
    "OVa.OA04": ("DIRECTEUR_ONTBREEKT", "/contactNodig"),
    "OVa.OA05": ("DIRECTEUR_ONTBREEKT", "/contactNodig"),
}

_VAN_DE_SCHOOL = "/dossier/huidigeschool/communicatielijst"


def meldingen_van(data: bytes, later: frozenset[str] = PAS_BIJ_KLAARZETTEN) -> tuple[Melding, ...]:
    """Every remark on the bytes of a dossier, apart from what is asked only `later`."""
    alle = (melding for melding in controleer(data, "intended").meldingen if melding.code not in later)
    return tuple(dict.fromkeys(map(_van_de_kaart, alle)))


def keur(dossier: Waarden, data: bytes, later: frozenset[str] = PAS_BIJ_KLAARZETTEN) -> tuple[Melding, ...]:
    """The remarks that do not keep a dossier (and its bytes) from being stored.

    Raises Refused: DOSSIER_ONGELDIG, or what the card lacks where it is that alone; DOSSIER_TE_GROOT.
    """
    meldingen = meldingen_van(data, later)
    fouten = [melding for melding in meldingen if melding.is_fout]
    if fouten:
        kaart = {code for code, _ in _OP_DE_KAART.values()}
        raise Refused(
            fouten[0].code if {fout.code for fout in fouten} <= kaart else "DOSSIER_ONGELDIG", meldingen=fouten
        )
    if zwaarste := te_groot(dossier, data):
        raise Refused("DOSSIER_TE_GROOT", meldingen=zwaarste)
    return meldingen


def te_groot(dossier: Waarden, data: bytes) -> tuple[Melding, ...]:
    """What makes a dossier (and its bytes) too large to be fetched; nothing when it fits (15.30)."""
    if len(json.dumps(data.decode())) <= MAX_ANTWOORD:
        return ()
    return tuple(_zwaarste(dossier)) or (teksten.melding("DOSSIER_TE_GROOT", pad="/dossier"),)


def controleer_fouten(data: bytes) -> tuple[Melding, ...]:
    """Every fault that the rules as written find in a dossier that is about to be opened (15.12, 15.37)."""
    return tuple(melding for melding in meldingen_van(data, frozenset()) if melding.is_fout)


def _van_de_kaart(melding: Melding) -> Melding:
    if melding.pad.startswith(_VAN_DE_SCHOOL):
        return replace(melding, wat_nu=f"{melding.wat_nu} Dit staat bij de Schoolgegevens, niet bij de leerling.")
    if melding.code not in _OP_DE_KAART:
        return melding
    code, pad = _OP_DE_KAART[melding.code]
    return teksten.melding(code, pad=pad, ernst=melding.ernst)


def _zwaarste(waarde: object, pad: str = "/dossier") -> Iterator[Melding]:
    """The five heaviest attachments, by place and size."""
    for grootte, plek in sorted(_documenten(waarde, pad), reverse=True)[:5]:
        yield teksten.melding("DOSSIER_TE_GROOT", pad=plek, detail=f"Deze bijlage is {grootte // 1024} kB groot.")


def _documenten(waarde: object, pad: str) -> Iterable[tuple[int, str]]:
    if isinstance(waarde, list):
        for nummer, deel in enumerate(waarde, 1):
            yield from _documenten(deel, f"{pad}[{nummer}]")
    elif isinstance(waarde, dict):
        if "bestandsinhoud" in waarde:
            yield len(waarde["bestandsinhoud"]), pad
        for naam, deel in waarde.items():
            yield from _documenten(deel, f"{pad}/{naam}")
