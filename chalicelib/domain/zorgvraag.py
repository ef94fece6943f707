"""A zorgvraag: a school asks a samenwerkingsverband for support (ch. 9, R106-R116, 15.22-15.26).

After sending it never changes: whoever wants something else sends a new one (R112).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from chalicelib.domain.dagen import eerstvolgende
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.resultaat import RESULTATEN, TECHNISCHE_FOUT
from chalicelib.domain.teksten import TEKSTEN


class Zorgvraagstatus(StrEnum):
    """15.22-15.26. Stored as their value."""

    VERZONDEN = "VERZONDEN"
    NOTIFICATIE_VERSTUURD = "NOTIFICATIE_VERSTUURD"
    OPGEHAALD = "OPGEHAALD"
    TERUGGEKOPPELD = "TERUGGEKOPPELD"
    INGETROKKEN = "INGETROKKEN"
    MISLUKT = "MISLUKT"


_OP_TE_HALEN = frozenset(
    {
        Zorgvraagstatus.VERZONDEN,  # the SWV may be quicker than our note that it was told
        Zorgvraagstatus.NOTIFICATIE_VERSTUURD,
        Zorgvraagstatus.OPGEHAALD,
        Zorgvraagstatus.TERUGGEKOPPELD,
    }
)

WACHT_OP = {
    Zorgvraagstatus.VERZONDEN: ("het versturen van de notificatie", "U hoeft niets te doen."),
    Zorgvraagstatus.NOTIFICATIE_VERSTUURD: (
        "het ophalen door het samenwerkingsverband",
        "Niet zichtbaar bij het SWV? Vraag het SWV om de notificatie te verwerken, of verstuur een nieuwe zorgvraag.",
    ),
    Zorgvraagstatus.OPGEHAALD: (
        "de terugkoppeling van het samenwerkingsverband",
        "Neem bij vragen contact op met het samenwerkingsverband.",
    ),
    Zorgvraagstatus.TERUGGEKOPPELD: ("", "Lees de terugkoppeling."),
    Zorgvraagstatus.INGETROKKEN: ("", "Verstuur een nieuwe zorgvraag als dat nodig is."),
    Zorgvraagstatus.MISLUKT: ("", "Verstuur de zorgvraag opnieuw, of controleer het aanleverpunt van het SWV."),
}

_REDENEN = {  # the codes of the wire are about another school; here the other side is an SWV
    "PEER_ONBEREIKBAAR": (
        "Het systeem van het samenwerkingsverband is niet bereikbaar.",
        "Verstuur de zorgvraag later opnieuw. Blijft dit zo, neem dan contact op met het samenwerkingsverband.",
    ),
    "PEER_ANTWOORD": (
        "Het antwoord van het systeem van het samenwerkingsverband is niet leesbaar.",
        "Neem contact op met het samenwerkingsverband en verstuur de zorgvraag daarna opnieuw.",
    ),
    "TRAFFIC_CENTER_ONBEREIKBAAR": (
        "Het Traffic Center van OSO is niet bereikbaar.",
        "Verstuur de zorgvraag later opnieuw.",
    ),
    "TECHNISCHE_FOUT": (
        "Het versturen is afgebroken door een technische fout.",
        "Verstuur de zorgvraag opnieuw. Blijft dit zo, neem dan contact op met uw leverancier.",
    ),
    "ONBEKEND_AANLEVERPUNT": (
        "Het aanleverpunt is bij het Traffic Center niet (meer) actief als samenwerkingsverband.",
        "Controleer het aanleverpunt in Mijn OSO en verstuur de zorgvraag daarna opnieuw.",
    ),
    "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND": (
        "Het aanleverpunt van uw school is niet (meer) actief bij het Traffic Center.",
        "Registreer het aanleverpunt van uw school en verstuur de zorgvraag daarna opnieuw.",
    ),
}


def reden(code: str) -> tuple[str, str]:
    """Why a zorgvraag did not arrive, and what to do now, in Dutch (9b.6)."""
    if code in _REDENEN:
        return _REDENEN[code]
    resultaat = RESULTATEN.get(code)
    tekst, wat_nu = (resultaat.tekst, resultaat.wat_nu) if resultaat else TEKSTEN[code]
    return tekst, f"{wat_nu} Verstuur de zorgvraag daarna opnieuw."


MEESTE_TERUGKOPPELINGEN = 20
"""Of one zorgvraag; no source bounds them, and each is an object and a part of the row."""


@dataclass(frozen=True)
class Terugkoppeling:
    """One answer of the SWV; its text lies in the box, the hash tells a second delivery from a second answer."""

    datum: datetime
    ontvangen_op: datetime
    object: str
    sha256: str


@dataclass(frozen=True)
class Zorgvraag:
    """One zorgvraag. `koppelsleutel` is a bearer secret: encrypted, and looked up by its HMAC (`pointer`)."""

    id: str
    school: Vestiging
    leerling_id: str
    omschrijving: str
    aanleverpunt: str
    aanleverpunt_naam: str
    profiel: Profiel
    standaardversie: str
    gemaakt_op: datetime
    door: str
    door_sub: str
    map: str
    inhoud_hash: str
    verzend_hash: str
    bron_aanleverpunt: str = ""
    status: Zorgvraagstatus = Zorgvraagstatus.VERZONDEN
    koppelsleutel: str | None = None
    pointer: str | None = None
    url: str | None = None
    notificatie_op: datetime | None = None
    opgehaald_op: datetime | None = None
    terugkoppelingen: tuple[Terugkoppeling, ...] = ()
    code: str | None = None
    ingetrokken_op: datetime | None = None
    aandachtspunten: str | None = None
    blokken: tuple[str, ...] | None = None
    toelichting_document_id: str | None = None
    bijlagen: tuple[str, ...] = ()
    sleutel_tot: date | None = None
    """Until when its koppelsleutel holds, as was set when it was made; None in a row of before: 1 August."""
    version: int = 0

    @property
    def notificatie_verstuurd(self) -> Literal["Ja", "Nee"]:
        """The column Notificatie verstuurd (R113)."""
        return "Ja" if self.notificatie_op else "Nee"

    @property
    def terugkoppeling_ontvangen(self) -> Literal["Ja", "Nee"]:
        """The column Terugkoppeling ontvangen (R113)."""
        return "Ja" if self.terugkoppelingen else "Nee"

    @property
    def gebruikt_aanleverpunt(self) -> str:
        """`{nr}: {naam}` (R108)."""
        return f"{self.aanleverpunt}: {self.aanleverpunt_naam}"

    @property
    def loopt(self) -> bool:
        """Whether the SWV may still act on it."""
        return self.status in _OP_TE_HALEN

    @property
    def verteld(self) -> bool:
        """Whether the SWV may know of it: the koppelsleutel is made before anybody is told, and goes on 1 August."""
        return any((self.koppelsleutel, self.notificatie_op, self.opgehaald_op, self.terugkoppelingen))

    def geldig(self, vandaag: date) -> bool:
        """Whether its koppelsleutel still opens it: not after the first of August, nor after a withdrawal."""
        ingetrokken = self.status is Zorgvraagstatus.INGETROKKEN
        return not ingetrokken and vandaag < self.geldig_tot

    @property
    def geldig_tot(self) -> date:
        """The first day on which its koppelsleutel opens it no more."""
        return self.sleutel_tot or sleutel_geldig_tot(self.gemaakt_op.date())

    def met_sleutel(self, koppelsleutel: str, pointer: str, url: str) -> "Zorgvraag":
        """What the Traffic Center gave; kept before anybody is told. The first one stays: a later one is an orphan."""
        if self.koppelsleutel is not None or self.status is Zorgvraagstatus.INGETROKKEN:
            return self
        return self._next(koppelsleutel=koppelsleutel, pointer=pointer, url=url)

    def genotificeerd(self, op: datetime) -> "Zorgvraag":
        """The SWV's system acknowledged the notificatie. It may have fetched already, or we withdrew: that stays."""
        if self.notificatie_op is not None:
            return self
        wacht = self.status in (Zorgvraagstatus.VERZONDEN, Zorgvraagstatus.MISLUKT)
        status = Zorgvraagstatus.NOTIFICATIE_VERSTUURD if wacht else self.status
        return self._next(status=status, notificatie_op=op, code=None)

    def mislukt(self, code: str) -> "Zorgvraag":
        """The SWV could not be told; it can be sent again. Not when it was told after all, or is withdrawn."""
        if self.status is not Zorgvraagstatus.VERZONDEN:
            return self
        return self._next(status=Zorgvraagstatus.MISLUKT, code=code)

    def zonder_leerling(self) -> "Zorgvraag":
        """Its pupil is here no more: what still had to be sent is not."""
        return self.mislukt(TECHNISCHE_FOUT.code)

    def opnieuw(self) -> "Zorgvraag":
        """Try again with the same content and, where there is one, the same koppelsleutel."""
        return self._next(status=Zorgvraagstatus.VERZONDEN, code=None)

    def opgehaald(self, op: datetime) -> "Zorgvraag":
        """Fetched by the SWV, which therefore got the notificatie, whatever we heard of it."""
        verder = self.status is Zorgvraagstatus.TERUGGEKOPPELD
        status = self.status if verder else Zorgvraagstatus.OPGEHAALD
        return self._next(status=status, opgehaald_op=op, notificatie_op=self.notificatie_op or op, code=None)

    def teruggekoppeld(self, terugkoppeling: Terugkoppeling) -> "Zorgvraag":
        """Answered by the SWV. The same answer once more changes nothing, nor does one too many."""
        eerder = {een.sha256 for een in self.terugkoppelingen}
        if terugkoppeling.sha256 in eerder or len(eerder) >= MEESTE_TERUGKOPPELINGEN:
            return self
        return self._next(
            status=Zorgvraagstatus.TERUGGEKOPPELD,
            terugkoppelingen=(*self.terugkoppelingen, terugkoppeling),
            notificatie_op=self.notificatie_op or terugkoppeling.ontvangen_op,
            code=None,
        )

    def ingetrokken(self, op: datetime) -> "Zorgvraag":
        """Content destroyed, tombstone kept."""
        if self.status is Zorgvraagstatus.INGETROKKEN:
            return self
        return self._next(
            status=Zorgvraagstatus.INGETROKKEN,
            omschrijving="",
            aandachtspunten=None,
            blokken=None,
            toelichting_document_id=None,
            bijlagen=(),
            koppelsleutel=None,
            terugkoppelingen=(),
            code=None,
            ingetrokken_op=op,
        )

    def _next(self, **velden: Any) -> "Zorgvraag":
        return replace(self, **velden, version=self.version + 1)


def sleutel_geldig_tot(gemaakt_op: date, dag: str = "08-01") -> date:
    """The first of August after its making: one whole OSO season (ch. 16, protocol 7); `dag`: another day."""
    return eerstvolgende(gemaakt_op, dag)
