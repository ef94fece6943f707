"""Ask for many dossiers in one act: every row is checked before anything is sent (api.md, dossieraanvragen).

What comes of each row is that of an opdracht: a request of our own, made by the flow of one request. With
`alleen_als_nieuwer` a row asks only for what is newer than was received before, so that June's second round is one act.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.domain import teksten
from chalicelib.domain.nummers import Brin, Pgn, PgnType
from chalicelib.domain.opdracht import MEESTE_LEERLINGEN, Bulksoort, Opdracht, Taak, Vraagtaak
from chalicelib.errors import Invalid, Melding, NotFound, Refused
from chalicelib.flows import Werk
from chalicelib.flows.opdrachten import Bulkvraag, geef_opdracht
from chalicelib.flows.opvragen import Daglimiet, Verzoek, vraag_op

_KOLOMMEN = ("brin", "pgnType", "pgn")


@dataclass(frozen=True)
class Rij:
    """One row as it was sent: nothing of it is checked yet."""

    brin: str
    pgn_type: str
    pgn: str = field(repr=False)


@dataclass(frozen=True)
class Gevraagd:
    """One row that can be asked."""

    brin: Brin
    pgn: Pgn


def lees_csv(data: bytes) -> list[Rij]:
    """The rows of a CSV with the columns brin, pgnType and pgn, in any order, comma or semicolon. Raises Invalid."""
    try:
        regels = [regel for regel in data.decode("utf-8-sig").splitlines() if regel.strip()] or [""]
    except UnicodeDecodeError:
        raise Invalid("CSV_ONLEESBAAR") from None
    scheiding = ";" if ";" in regels[0] else ","
    try:
        kop, *rijen = csv.reader(io.StringIO("\n".join(regels)), delimiter=scheiding)
    except (csv.Error, ValueError):  # a cell of more than 131,072 characters, a line end of its own; nothing at all
        raise Invalid("CSV_ONLEESBAAR") from None
    kolommen = [naam.strip() for naam in kop]
    if sorted(kolommen) != sorted(_KOLOMMEN) or any(len(rij) != len(kolommen) for rij in rijen):
        raise Invalid("CSV_ONLEESBAAR")
    plek = [kolommen.index(naam) for naam in _KOLOMMEN]
    return [Rij(*(rij[n].strip() for n in plek)) for rij in rijen]


def vraag_lijst_op(
    werk: Werk, rijen: Sequence[Rij], limiet: Daglimiet, sleutel: str, id_: str, *, alleen_als_nieuwer: bool
) -> Opdracht:
    """Check every row, then order that they are asked. The same key again gives the same opdracht.

    Raises Invalid naming every wrong row, and nothing is sent; Refused: AANLEVERPUNT_ONTBREEKT, SLEUTEL_HERGEBRUIKT,
    TE_VEEL_AANVRAGEN.
    """
    gevraagd = _controleer(werk, rijen, alleen_als_nieuwer=alleen_als_nieuwer)
    if not werk.stores.school(werk.school).aanleverpunten:
        raise Refused("AANLEVERPUNT_ONTBREEKT", meldingen=[teksten.melding("AANLEVERPUNT_ONTBREEKT")])
    nummers = werk.stores.geheim.versleutel_alle(werk.school, [een.pgn for een in gevraagd])
    taken = tuple(
        Taak(f"#{n}", vraag=Vraagtaak(n, een.brin.code, nummer, een.pgn.type.value, alleen_als_nieuwer))
        for n, (een, nummer) in enumerate(zip(gevraagd, nummers, strict=True))
    )
    afdruk = repr([(rij.brin, rij.pgn_type, rij.pgn) for rij in rijen]) + str(alleen_als_nieuwer)
    if werk.stores.find_sleutel(werk.school, sleutel) is None:
        limiet.tel(werk, len(taken))
    return geef_opdracht(werk, Bulkvraag(Bulksoort.OPVRAGEN, taken, afdruk=afdruk), sleutel, id_)


def _controleer(werk: Werk, rijen: Sequence[Rij], *, alleen_als_nieuwer: bool) -> list[Gevraagd]:
    if not 1 <= len(rijen) <= MEESTE_LEERLINGEN:
        raise Invalid("AANTAL_VRAGEN", meldingen=[teksten.melding("AANTAL_VRAGEN", pad="/aanvragen")])
    gevraagd: dict[int, Gevraagd] = {}
    fouten: list[tuple[int, Melding]] = []
    for n, rij in enumerate(rijen):
        for een in _lees(n, rij):
            if isinstance(een, Gevraagd):
                gevraagd[n] = een
            else:
                fouten.append((n, een))
    fouten += _dubbel(gevraagd)
    if not alleen_als_nieuwer:  # R93: who is here already is asked for again, not as a new pupil
        hier = werk.stores.bekende_leerlingen(werk.school, [een.pgn for een in gevraagd.values()])
        al_hier = [n for n, een in gevraagd.items() if een.pgn in hier]
        fouten += [(n, teksten.melding("LEERLING_BESTAAT_AL", pad=f"/aanvragen/{n}/pgn")) for n in al_hier]
    if fouten:
        meldingen = [melding for _, melding in sorted(fouten, key=lambda fout: fout[0])]
        raise Invalid(meldingen[0].code, meldingen[0].tekst, meldingen)
    return list(gevraagd.values())


def _lees(n: int, rij: Rij) -> Iterator[Gevraagd | Melding]:
    """The row as values, or everything that is wrong with it; a number is never shown."""
    fout = False
    pad = f"/aanvragen/{n}"
    try:
        Brin.parse(rij.brin)
    except Invalid as ongeldig:
        fout = True
        yield teksten.melding(ongeldig.code, pad=f"{pad}/brin")
    if rij.pgn_type not in {soort.value for soort in PgnType}:
        yield teksten.melding("VELD_ONJUIST", pad=f"{pad}/pgnType", detail="Een pgnType is BSN of ONDERWIJSNUMMER.")
        return
    try:
        pgn = Pgn.parse(PgnType(rij.pgn_type), rij.pgn)
    except Invalid as ongeldig:
        yield teksten.melding(ongeldig.code, pad=f"{pad}/pgn", detail=f"Het nummer is niet geldig: {ongeldig.detail}.")
        return
    if not fout:
        yield Gevraagd(Brin(rij.brin), pgn)


def _dubbel(gevraagd: dict[int, Gevraagd]) -> Iterable[tuple[int, Melding]]:
    gezien: set[Pgn] = set()
    for n, een in gevraagd.items():
        if een.pgn in gezien:
            yield n, teksten.melding("VRAAG_DUBBEL", pad=f"/aanvragen/{n}/pgn")
        gezien.add(een.pgn)


def aanvraag_id(opdracht_id: str, plek: int) -> str:
    """Under which id the request of a row is kept: the same however often its message comes."""
    return f"{opdracht_id[:28]}{plek:04x}"


def vraag_uit_lijst(werk: Werk, opdracht: Opdracht, vraag: Vraagtaak) -> None:
    """Ask for one row, as for one request alone. Who is here already is asked for as an existing pupil (R98)."""
    stores = werk.stores
    if not vraag.nummer:  # the pupil's data were destroyed meanwhile, or it is asked for long after the others
        raise NotFound("INHOUD_WEG")
    pgn = stores.geheim.ontsleutel(werk.school, vraag.nummer, vraag.nummer_type)
    nieuwer = stores.laatste_ontvangst(werk.school, pgn, vraag.brin) if vraag.alleen_als_nieuwer else None
    leerling_id = stores.find_leerling(werk.school, pgn) if vraag.alleen_als_nieuwer else None
    verzoek = Verzoek(Brin(vraag.brin), pgn, nieuwer, leerling_id)
    vraag_op(werk, verzoek, f"{opdracht.id} {vraag.plek}", aanvraag_id(opdracht.id, vraag.plek))
