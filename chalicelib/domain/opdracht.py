"""A bulk act on many pupils: what was ordered, what came of each pupil, and how far it is (R75-R81, 15.14, 15.15)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain import teksten
from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.inzage import Inzage
from chalicelib.domain.mutatielog import Door, Kop
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.termijnen import toets_venster
from chalicelib.errors import Melding

MEESTE_LEERLINGEN = 1000
MEESTE_MELDINGEN = 20

VENSTER = 20
"""How many pupils of one opdracht are in the queue at any time: two batches, so that others wait for no more."""


class Bulksoort(StrEnum):
    """The acts that can be done in bulk (15.14). Stored as its value: never renumber, never reuse."""

    BINNEN_BRIN = "BINNEN_BRIN"
    VERZAMELEN = "VERZAMELEN"
    INZAGE = "INZAGE"
    KLAARZETTEN = "KLAARZETTEN"
    OPVRAGEN = "OPVRAGEN"
    INZAGEPAKKET = "INZAGEPAKKET"


class Opdrachtstatus(StrEnum):
    """api.md, opdrachten."""

    LOOPT = "LOOPT"
    GEREED = "GEREED"


class Bulkresultaat(StrEnum):
    """What came of one pupil."""

    GELUKT = "GELUKT"
    OVERGESLAGEN = "OVERGESLAGEN"
    MISLUKT = "MISLUKT"
    MISLUKT_TECHNISCH = "MISLUKT_TECHNISCH"
    WACHT = "WACHT"


@dataclass(frozen=True)
class Vraagtaak:
    """One dossier to ask for: at which school, whose number (encrypted), and whether only something newer will do."""

    plek: int
    brin: str
    nummer: str = field(repr=False)
    nummer_type: str
    alleen_als_nieuwer: bool = False


@dataclass(frozen=True)
class Taak:
    """One pupil of an opdracht: what was asked for this pupil alone."""

    leerling_id: str
    ook_overstap: bool = False
    inzage: Inzage | None = field(default=None, repr=False)
    vraag: Vraagtaak | None = None
    """A dossier of another school; `leerling_id` is then no pupil's."""

    @property
    def met_nummer(self) -> bool:
        """Whether the number that is asked for still stands here."""
        return self.vraag is not None and bool(self.vraag.nummer)

    def zonder_nummer(self) -> "Taak":
        """The same without the number of the pupil."""
        return replace(self, vraag=replace(self.vraag, nummer="")) if self.vraag else self


@dataclass(frozen=True)
class Telling:
    """How many pupils have which outcome; `weg`: tests that were too old for a BB-POVO dossier (OVa.TR04)."""

    gelukt: int = 0
    mislukt: int = 0
    overgeslagen: int = 0
    weg: int = 0

    @property
    def klaar(self) -> int:
        """How many pupils have an outcome."""
        return self.gelukt + self.mislukt + self.overgeslagen


@dataclass(frozen=True)
class Opdracht:
    """The order itself. Who ordered it stands in every log entry that it leads to."""

    id: str
    school: Vestiging
    soort: Bulksoort
    totaal: int
    map: str
    gevraagd_op: datetime
    gevraagd_door: str
    gevraagd_door_sub: str
    profiel: Profiel | None = None
    status: Opdrachtstatus = Opdrachtstatus.LOOPT
    telling: Telling = field(default_factory=Telling)
    zonder_nummers: bool = False
    """Whether the numbers are out of the list of a bulk question."""
    version: int = 0
    kop: Kop = field(default_factory=Kop)

    @property
    def onderwerp(self) -> str:
        """The name of this opdracht's own chain in the mutatielog."""
        return f"OPDRACHT#{self.school}#{self.id}"

    @property
    def door(self) -> Door:
        """The employee who ordered it."""
        return Door(self.school.code, self.gevraagd_door_sub, self.gevraagd_door)

    def klaar(self, telling: Telling) -> bool:
        """Whether there is nothing left to do: every pupil has a result, and a pakket of them was made."""
        return self.status is Opdrachtstatus.GEREED or (
            telling.klaar >= self.totaal and self.soort is not Bulksoort.INZAGEPAKKET
        )

    def gereed(self, telling: Telling) -> "Opdracht":
        """The opdracht with every pupil done."""
        return replace(self, status=Opdrachtstatus.GEREED, telling=telling, version=self.version + 1)


@dataclass(frozen=True)
class Regel:
    """What came of one pupil. Holds no name, no number and no value of a record: a beheerder may read it (15.28)."""

    nummer: int
    leerling_id: str
    resultaat: Bulkresultaat
    op: datetime
    meldingen: tuple[Melding, ...] = ()
    weg: int = 0

    @property
    def vast(self) -> bool:
        """Whether this outcome stays. MISLUKT_TECHNISCH may be tried again, by an operator who redrives the message."""
        return self.resultaat not in (Bulkresultaat.MISLUKT_TECHNISCH, Bulkresultaat.WACHT)


def zonder_inhoud(meldingen: Iterable[Melding]) -> tuple[Melding, ...]:
    """The first meldingen, without the values that they are about."""
    return tuple(replace(melding, waarde="", toegestaan="") for melding in meldingen)[:MEESTE_MELDINGEN]


def tel(regels: Iterable[Mapping[str, object]]) -> Telling:
    """Count outcomes; each row has `resultaat` and may have `weg`."""
    aantal: Counter[str] = Counter()
    weg = 0
    for regel in regels:
        aantal[str(regel["resultaat"])] += 1
        weg += int(str(regel.get("weg", 0)))
    mislukt = aantal[Bulkresultaat.MISLUKT] + aantal[Bulkresultaat.MISLUKT_TECHNISCH]
    return Telling(aantal[Bulkresultaat.GELUKT], mislukt, aantal[Bulkresultaat.OVERGESLAGEN], weg)


def overstap_staat_klaar(dossier: Dossier) -> bool:
    """Whether switching this pupil to binnen brin would undo an overstap that has inzage or is KLAAR (15.14)."""
    invulling = dossier.invulling
    return not invulling.binnen_brin and (invulling.inzage.gegeven or dossier.status is Status.KLAAR)


def opdracht_tekst(opdracht: Opdracht, telling: Telling) -> str:
    """The text at the top of the page (R77, 15.14), or how far it is."""
    if not opdracht.klaar(telling):
        return teksten.bulk_loopt(telling.klaar, opdracht.totaal)
    if opdracht.soort is not Bulksoort.BINNEN_BRIN:
        return teksten.bulk_gereed(opdracht.soort.value, telling.gelukt)
    vanaf: date | None = None
    if opdracht.profiel is Profiel.BB_POVO:
        vanaf = toets_venster(opdracht.gevraagd_op.date())
    return teksten.bulk_binnen_brin(telling.gelukt, telling.weg, vanaf)
