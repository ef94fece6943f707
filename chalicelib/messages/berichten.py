"""The messages of protocol chapter 3 as values, both directions. No element name stands here: see the profiles.

Bron and doel are absolute, by the role in the exchange of the dossier (protocol 1, direction rule); also in a
terugkoppeling, where `bron` stays the school and `doel` the SWV system, whatever the profile writes on the wire.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn
from chalicelib.domain.resultaat import Resultaat
from chalicelib.errors import Invalid
from chalicelib.messages.zoeksleutel import Zoeksleutel


class Doel(StrEnum):
    """What an aanleverpunt is for; on the wire PaO became SWV in '22 (protocol 3.11)."""

    OV = "OV"
    PAO = "PaO"


@dataclass(frozen=True)
class Adressen:
    """The four address fields; a field is filled when it can be known."""

    bron_brin: Brin | None = None
    bron_aanleverpunt: Aanleverpunt | None = None
    doel_brin: Brin | None = None
    doel_aanleverpunt: Aanleverpunt | None = None

    @property
    def omgekeerd(self) -> "Adressen":
        """The same two parties, the other way round."""
        return Adressen(self.doel_brin, self.doel_aanleverpunt, self.bron_brin, self.bron_aanleverpunt)


def _precies_een(eerste: object, tweede: object, namen: str) -> None:
    if (eerste is None) == (tweede is None):
        raise Invalid("BERICHT_ONGELDIG", f"precies één van {namen} moet gevuld zijn")


@dataclass(frozen=True)
class _MetSleutel:
    """What the Traffic Center compares in a session (protocol 4.1). A zoeksleutel or a koppelsleutel, never both."""

    adressen: Adressen
    overdrachtsoort: Overdrachtsoort
    zoeksleutel: Zoeksleutel | None = field(default=None, repr=False)
    koppelsleutel: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        _precies_een(self.zoeksleutel, self.koppelsleutel, "zoeksleutel en koppelsleutel")


@dataclass(frozen=True)
class OverdrachtRequest(_MetSleutel):
    """Doel asks the Traffic Center for a session (protocol 3.1)."""


@dataclass(frozen=True)
class Aanleverpuntadres:
    """One aanleverpunt to query, and where it listens. Its BRIN is not on the wire, but '22 needs it to write one.

    As decoded in '22 the aanleverpunt is a routeringsKenmerk; the client turns it into the index within the BRIN asked.
    """

    aanleverpunt: Aanleverpunt
    url: str
    brin: Brin | None = field(default=None, compare=False)


@dataclass(frozen=True)
class OverdrachtResponse:
    """The session that was granted, and the aanleverpunten to query in this order."""

    sessie_id: str
    aanleverpunten: tuple[Aanleverpuntadres, ...] = ()


@dataclass(frozen=True)
class DocumentRequest:
    """Doel asks bron for one dossier, by plain pgn or, for an SWV, by koppelsleutel (protocol 2.4 step 5, 3.2)."""

    adressen: Adressen
    pgn: Pgn | None
    koppelsleutel: str | None = field(repr=False)
    overdrachtsoort: Overdrachtsoort
    sessie_id: str
    aanvraagdatum: datetime | None = None

    def __post_init__(self) -> None:
        _precies_een(self.pgn, self.koppelsleutel, "pgn en koppelsleutel")
        if (self.overdrachtsoort is Overdrachtsoort.SWV) != (self.koppelsleutel is not None):
            raise Invalid("BERICHT_ONGELDIG", "de overdrachtsoort past niet bij de gebruikte sleutel")


@dataclass(frozen=True, kw_only=True)
class SessiecontroleRequest(_MetSleutel):
    """Bron asks whether the session of a documentRequest is valid (protocol 3.3)."""

    sessie_id: str


@dataclass(frozen=True)
class SessiecontroleResponse:
    """Sessie is valide: the sector of the doelschool; `sessie_id` where the Traffic Center repeats it."""

    sector: str
    sessie_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class AfmeldingRequest(_MetSleutel):
    """Doel closes the session with the best result (protocol 2.1 step 8, 3.4)."""

    sessie_id: str
    resultaat: Resultaat


@dataclass(frozen=True)
class AfmeldingResponse:
    """The afmelding was received; the literal code is OverdrachtGeslaagd (protocol 4.2)."""

    resultaat: str = "OverdrachtGeslaagd"


@dataclass(frozen=True)
class MeldenNotificatieRequest:
    """Bron announces a notificatie: OV with the session of the earlier request, PaO without (protocol 3.5)."""

    adressen: Adressen
    doel: Doel
    sessie_id: str | None = None
    aanvraagdatum: datetime | None = None

    def __post_init__(self) -> None:
        if (self.doel is Doel.OV) != (self.sessie_id is not None):
            raise Invalid("BERICHT_ONGELDIG", "een notificatie voor OV noemt een sessie, een voor PaO niet")


@dataclass(frozen=True)
class MeldenNotificatieResponse:
    """Where the doel listens, and the koppelsleutel in the PaO variant."""

    url: str
    koppelsleutel: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class NotificatieRequest:
    """Bron tells doel that a dossier is ready: by session (OV) or by koppelsleutel (PaO) (protocol 3.6).

    `doel` may be missing on the wire; it then follows from the key.
    """

    adressen: Adressen
    koppelsleutel: str | None = field(default=None, repr=False)
    sessie_id: str | None = None
    aanvraagdatum: datetime | None = None
    doel: Doel | None = None

    def __post_init__(self) -> None:
        _precies_een(self.sessie_id, self.koppelsleutel, "sessieId en koppelsleutel")
        if self.doel not in (None, self.betreft):
            raise Invalid("BERICHT_ONGELDIG", "het doel past niet bij de gebruikte sleutel")

    @property
    def betreft(self) -> Doel:
        return Doel.OV if self.koppelsleutel is None else Doel.PAO


@dataclass(frozen=True)
class NotificatieResponse:
    """The literal answer of protocol 3.6."""

    resultaat: str = "NotificatieOntvangen"


@dataclass(frozen=True)
class MeldenTerugkoppelingRequest:
    """SWV announces a terugkoppeling (protocol 3.7)."""

    adressen: Adressen
    koppelsleutel: str = field(repr=False)


@dataclass(frozen=True)
class MeldenTerugkoppelingResponse:
    """Where the school listens."""

    url: str


@dataclass(frozen=True)
class TerugkoppelingRequest:
    """SWV answers the school about a zorgvraag (protocol 3.8); the content fields are inferred. Content is personal."""

    adressen: Adressen
    koppelsleutel: str = field(repr=False)
    datum: datetime
    tekst: str = field(repr=False)


@dataclass(frozen=True)
class TerugkoppelingResponse:
    """By analogy with the notificatie; never seen."""

    resultaat: str = "TerugkoppelingOntvangen"


@dataclass(frozen=True)
class RegistratieRequest:
    """Set the url of an aanleverpunt (protocol 3.9). Without a url: take it out of use (inferred)."""

    brin: Brin
    aanleverpunt: Aanleverpunt
    url: str | None


@dataclass(frozen=True)
class RegistratieResponse:
    """The registration was stored; the code is inferred."""

    resultaat: str = "AanleverpuntGeregistreerd"


@dataclass(frozen=True)
class OverzichtAanleverpuntRequest:
    """Which aanleverpunten are there (protocol 3.10)? All filters optional; be sparing without one."""

    brin: Brin | None = None
    doel: Doel | None = None
    aanleverpunt: Aanleverpunt | None = None


@dataclass(frozen=True)
class OverzichtAanleverpunt:
    """One aanleverpunt of the register: `leverancier` is the OIN of the supplier that serves it (inferred)."""

    brin: Brin
    aanleverpunt: Aanleverpunt
    naam: str | None
    doel: Doel
    url: str | None = None
    leverancier: str | None = None


@dataclass(frozen=True)
class OverzichtAanleverpuntResponse:
    """The active aanleverpunten that pass the filters."""

    aanleverpunten: tuple[OverzichtAanleverpunt, ...] = ()


Bericht = (
    OverdrachtRequest
    | OverdrachtResponse
    | DocumentRequest
    | SessiecontroleRequest
    | SessiecontroleResponse
    | AfmeldingRequest
    | AfmeldingResponse
    | MeldenNotificatieRequest
    | MeldenNotificatieResponse
    | NotificatieRequest
    | NotificatieResponse
    | MeldenTerugkoppelingRequest
    | MeldenTerugkoppelingResponse
    | TerugkoppelingRequest
    | TerugkoppelingResponse
    | RegistratieRequest
    | RegistratieResponse
    | OverzichtAanleverpuntRequest
    | OverzichtAanleverpuntResponse
)
