"""Rules on the statuses of the gegevensblokken, made from the table of a version (business rules 1.3, R119, R120)."""

from collections.abc import Iterator

from chalicelib.domain.gegevensblok import Eis
from chalicelib.gegevensset.regel import FAMILIES, Context, Knoop, Oordeel, Regel
from chalicelib.gegevensset.tabel import Blok, Standaard

_NIET_GECONTROLEERD = ("school", "leerling")  # OS.cat03 and OS.cat04: the schema makes them mandatory
_TYPEFOUT = "toelichting_onderwijsbehoeften"  # the official check of this element tests a misspelled name
_ZONDER_GEGEVENS = ("OPT-UIT", "VERBODEN")
_PASSEND = {
    Eis.VERPLICHT: ("VERPLICHT",),
    Eis.OPTIONEEL: ("OPTIONEEL", "OPT-UIT"),
    Eis.VERBODEN: ("VERBODEN",),
}
_EIGEN_CODES = {
    "oudersverzorgers": "OSO.VERZORGERS",
    "onderwijsondersteuning": "OSO.ONDERSTEUNING",
    "zorgenbegeleiding": "OSO.ONDERSTEUNING",
}
_KEUZE = "Pas de keuze van gegevensblokken aan en verzamel het dossier opnieuw."
_INVULLEN = "Vul de gegevens van dit blok in en verzamel het dossier opnieuw."


def _status(blok: Blok, context: Context) -> str:
    return context.tekst("categorie_uitlevering", f"cat_{blok.naam}")


def _leeg(blok: Blok, context: Context) -> bool:
    return not any(context.heeft(pad) for pad in blok.paden)


def regels_uitlevering(standaard: Standaard) -> tuple[Regel, ...]:
    """All status rules of a version: the official OS.cat rules, and our own OSO.* for the mode `intended`."""
    genummerd = standaard.versie > "2018.1"
    return tuple(
        regel
        for volgnummer, blok in enumerate(standaard.blokken, start=1)
        for regel in (
            *_officieel(blok, f"OS.cat{volgnummer:02}" if genummerd else f"OS.cat_{blok.naam}", genummerd),
            _past_bij_profiel(blok),
            *_aanwezig_in_zorgvraag(blok, genummerd),
            *_aanwezig_in_overstap(blok, genummerd),
        )
    )


def _officieel(blok: Blok, code: str, genummerd: bool) -> Iterator[Regel]:
    """OS.cat*: from 2019.1 on VERPLICHT, VERBODEN and OPT-UIT are checked, before that OPT-UIT only."""
    if blok.naam in _NIET_GECONTROLEERD:
        return
    verboden = _ZONDER_GEGEVENS if genummerd else ("OPT-UIT",)
    for pad in blok.paden:
        yield _regel(
            code,
            op=pad[-2] if len(pad) > 1 else "dossier",
            kind=pad[-1],
            tekst=f"Het blok {blok.label} is uitgezet of verboden, maar er staan toch gegevens van in het dossier.",
            oordeel=_toch_aanwezig(blok, pad[-1], verboden),
            levend=pad[-1] != _TYPEFOUT,
        )
    if genummerd and blok.naam != "metadata":  # the status itself is data of that block, so it is never absent
        yield _regel(
            code,
            op="categorie_uitlevering",
            kind=f"cat_{blok.naam}",
            tekst=f"Het blok {blok.label} is verplicht, maar er staan geen gegevens van in het dossier.",
            wat_nu=_INVULLEN,
            oordeel=lambda _, context: _status(blok, context) == "VERPLICHT" and _leeg(blok, context),
        )


def _toch_aanwezig(blok: Blok, kind: str, verboden: tuple[str, ...]) -> Oordeel:
    return lambda knoop, context: kind in knoop and _status(blok, context) in verboden


def _past_bij_profiel(blok: Blok) -> Regel:
    """OSO.STATUS: the status must be one that the profile allows; the official validator never compares them."""

    def oordeel(uitlevering: Knoop, context: Context) -> str:
        profiel, veld = context.profiel, f"cat_{blok.naam}"
        if profiel is None or veld not in uitlevering:
            return ""
        passend = _PASSEND[blok.eisen[profiel]]
        if uitlevering.tekst(veld) in passend:
            return ""
        return f"De status van het blok {blok.label} moet bij dit profiel {' of '.join(passend)} zijn."

    return _regel(
        "OSO.STATUS",
        op="categorie_uitlevering",
        kind=f"cat_{blok.naam}",
        tekst=f"De status van het blok {blok.label} past niet bij het profiel.",
        oordeel=oordeel,
    )


def _aanwezig_in_zorgvraag(blok: Blok, genummerd: bool) -> Iterator[Regel]:
    """OSO.VERZORGERS and OSO.ONDERSTEUNING: mandatory in a zorgvraag by the matrix (R117), by no official rule."""
    if blok.naam not in _EIGEN_CODES:
        return

    def oordeel(_: Knoop, context: Context) -> bool:
        spreekt_al = genummerd and _status(blok, context) == "VERPLICHT"  # then OS.cat* says it
        return not spreekt_al and _leeg(blok, context)

    yield _regel(
        _EIGEN_CODES[blok.naam],
        op="huidigeschool",
        kind="leerling",
        tekst=f"Een zorgvraag moet het blok {blok.label} bevatten.",
        wat_nu=_INVULLEN,
        oordeel=oordeel,
        families=("PaO",),
    )


def _aanwezig_in_overstap(blok: Blok, genummerd: bool) -> Iterator[Regel]:
    """OSO.ONDERSTEUNING for an overstapdossier of 2018.1: mandatory there (R118, R119), by no official rule."""
    if genummerd or _EIGEN_CODES.get(blok.naam) != "OSO.ONDERSTEUNING":
        return
    yield _regel(
        "OSO.ONDERSTEUNING",
        op="categorie_uitlevering",
        kind=f"cat_{blok.naam}",
        tekst=f"Het blok {blok.label} is verplicht, maar het staat niet in het dossier.",
        wat_nu="Verzamel het dossier opnieuw.",
        oordeel=lambda _, context: _status(blok, context) == "VERPLICHT" and _leeg(blok, context),
        families=tuple(een for een in FAMILIES if een != "PaO"),
    )


def _regel(
    code: str,
    *,
    op: str,
    kind: str,
    tekst: str,
    oordeel: Oordeel,
    wat_nu: str = _KEUZE,
    levend: bool = True,
    families: tuple[str, ...] = FAMILIES,
) -> Regel:
    return Regel(
        code=code,
        ook=(),
        op=op,
        kind=kind,
        tekst=tekst,
        wat_nu=wat_nu,
        oordeel=oordeel,
        levend=levend,
        families=families,
    )
