"""Who did what, when: the mutatielog and its hash chain (R87, 15.17).

Each subject (a pupil's dossier, a school, a request) has its own chain. The subject's row keeps the
head, `Kop`: how many entries there are and the hash of the last one. An entry holds no content: no
name of a pupil, no number, no reason; only acts, versions, hashes and codes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Actie(StrEnum):
    """Every act that is logged. Stored as its value: never renumber, never reuse."""

    SCHOOL_GEWIJZIGD = "SCHOOL_GEWIJZIGD"
    AANLEVERPUNT_GEREGISTREERD = "AANLEVERPUNT_GEREGISTREERD"
    AANLEVERPUNT_AFGEMELD = "AANLEVERPUNT_AFGEMELD"
    LEERLING_AANGEMAAKT = "LEERLING_AANGEMAAKT"
    LEERLING_BIJGEWERKT = "LEERLING_BIJGEWERKT"
    LEERLING_VERWIJDERD = "LEERLING_VERWIJDERD"
    LEERLING_BEKEKEN = "LEERLING_BEKEKEN"
    KAART_OPGESLAGEN = "KAART_OPGESLAGEN"
    INZAGE_VASTGELEGD = "INZAGE_VASTGELEGD"
    SELECTIE_OPGESLAGEN = "SELECTIE_OPGESLAGEN"
    SELECTIE_BEKEKEN = "SELECTIE_BEKEKEN"
    CONTROLE_BEKEKEN = "CONTROLE_BEKEKEN"
    DOCUMENT_TOEGEVOEGD = "DOCUMENT_TOEGEVOEGD"
    DOCUMENT_VERWIJDERD = "DOCUMENT_VERWIJDERD"
    DOCUMENT_BEKEKEN = "DOCUMENT_BEKEKEN"
    HERKOMST_OPGESLAGEN = "HERKOMST_OPGESLAGEN"
    VERSCHIL_BEKEKEN = "VERSCHIL_BEKEKEN"
    GEGEVENS_GEEXPORTEERD = "GEGEVENS_GEEXPORTEERD"
    GEGEVENS_VERNIETIGD = "GEGEVENS_VERNIETIGD"
    BEWAREN_OPGELEGD = "BEWAREN_OPGELEGD"
    BEWAREN_OPGEHEVEN = "BEWAREN_OPGEHEVEN"
    VERZAMELD = "VERZAMELD"
    KLAARGEZET = "KLAARGEZET"
    INGETROKKEN = "INGETROKKEN"
    NIET_OPGEHAALD = "NIET_OPGEHAALD"
    PDF_BEKEKEN = "PDF_BEKEKEN"
    XML_BEKEKEN = "XML_BEKEKEN"
    BIJLAGE_BEKEKEN = "BIJLAGE_BEKEKEN"
    VERZONDEN = "VERZONDEN"
    AANVRAAG_GEWEIGERD = "AANVRAAG_GEWEIGERD"
    NUMMER_GETOOND = "NUMMER_GETOOND"
    NOTIFICATIE_GEVRAAGD = "NOTIFICATIE_GEVRAAGD"
    NOTIFICATIE_BEVESTIGD = "NOTIFICATIE_BEVESTIGD"
    NOTIFICATIE_MISLUKT = "NOTIFICATIE_MISLUKT"
    NOTIFICATIE_ONTVANGEN = "NOTIFICATIE_ONTVANGEN"
    NOTIFICATIE_GELEZEN = "NOTIFICATIE_GELEZEN"
    DOSSIER_GEIMPORTEERD = "DOSSIER_GEIMPORTEERD"
    IMPORT_ONGEDAAN = "IMPORT_ONGEDAAN"
    NIET_GEPLAATST = "NIET_GEPLAATST"
    IMPORTPLAN_BEKEKEN = "IMPORTPLAN_BEKEKEN"
    ZORGVRAAG_VERZONDEN = "ZORGVRAAG_VERZONDEN"
    ZORGVRAAG_SLEUTEL = "ZORGVRAAG_SLEUTEL"
    ZORGVRAAG_GENOTIFICEERD = "ZORGVRAAG_GENOTIFICEERD"
    ZORGVRAAG_OPGEHAALD = "ZORGVRAAG_OPGEHAALD"
    ZORGVRAAG_TERUGGEKOPPELD = "ZORGVRAAG_TERUGGEKOPPELD"
    ZORGVRAAG_MISLUKT = "ZORGVRAAG_MISLUKT"
    ZORGVRAAG_OPNIEUW = "ZORGVRAAG_OPNIEUW"
    ZORGVRAAG_VERWIJDERD = "ZORGVRAAG_VERWIJDERD"
    ZORGVRAAG_BEKEKEN = "ZORGVRAAG_BEKEKEN"
    ZORGVRAGEN_BEKEKEN = "ZORGVRAGEN_BEKEKEN"
    INZAGEPAKKET_GEMAAKT = "INZAGEPAKKET_GEMAAKT"
    INZAGEPAKKET_BEKEKEN = "INZAGEPAKKET_BEKEKEN"
    TESTUITWISSELING = "TESTUITWISSELING"
    DOSSIER_OPGEVRAAGD = "DOSSIER_OPGEVRAAGD"
    DOSSIER_ONTVANGEN = "DOSSIER_ONTVANGEN"
    OPVRAGING_AFGEWEZEN = "OPVRAGING_AFGEWEZEN"
    OPVRAGING_MISLUKT = "OPVRAGING_MISLUKT"
    OPDRACHT_GEGEVEN = "OPDRACHT_GEGEVEN"
    OPDRACHT_GEREED = "OPDRACHT_GEREED"


def is_lezen(actie: str) -> bool:
    """Whether an act only read something: each of those is called `…_BEKEKEN`."""
    return actie.endswith("_BEKEKEN")


HANDELING = {
    Actie.SCHOOL_GEWIJZIGD: "Schoolgegevens gewijzigd",
    Actie.AANLEVERPUNT_GEREGISTREERD: "Aanleverpunt geregistreerd",
    Actie.AANLEVERPUNT_AFGEMELD: "Aanleverpunt afgemeld",
    Actie.LEERLING_AANGEMAAKT: "Leerling aangemaakt",
    Actie.LEERLING_BIJGEWERKT: "Leerlinggegevens bijgewerkt",
    Actie.LEERLING_VERWIJDERD: "Leerling verwijderd",
    Actie.LEERLING_BEKEKEN: "Leerlinggegevens bekeken",
    Actie.KAART_OPGESLAGEN: "Statusinformatie opgeslagen",
    Actie.INZAGE_VASTGELEGD: "Inzage verzorgers vastgelegd",
    Actie.SELECTIE_OPGESLAGEN: "Keuze van gegevens opgeslagen",
    Actie.SELECTIE_BEKEKEN: "Keuze van gegevens bekeken",
    Actie.CONTROLE_BEKEKEN: "Controle van het dossier bekeken",
    Actie.DOCUMENT_TOEGEVOEGD: "Document toegevoegd aan de leerlingmap",
    Actie.DOCUMENT_VERWIJDERD: "Document uit de leerlingmap verwijderd",
    Actie.DOCUMENT_BEKEKEN: "Document uit de leerlingmap bekeken",
    Actie.HERKOMST_OPGESLAGEN: "School van herkomst opgeslagen",
    Actie.VERSCHIL_BEKEKEN: "Verschil tussen versies bekeken",
    Actie.GEGEVENS_GEEXPORTEERD: "Alle gegevens van de leerling geëxporteerd",
    Actie.GEGEVENS_VERNIETIGD: "Alle gegevens van de leerling vernietigd",
    Actie.BEWAREN_OPGELEGD: "Bewaarplicht opgelegd",
    Actie.BEWAREN_OPGEHEVEN: "Bewaarplicht opgeheven",
    Actie.VERZAMELD: "Dossier verzameld",
    Actie.KLAARGEZET: "Dossier klaargezet",
    Actie.INGETROKKEN: "Dossier ingetrokken",
    Actie.NIET_OPGEHAALD: "Klaargezet, na 14 dagen niet opgehaald",
    Actie.PDF_BEKEKEN: "PDF bekeken",
    Actie.XML_BEKEKEN: "XML bekeken",
    Actie.BIJLAGE_BEKEKEN: "Bijlage bekeken",
    Actie.VERZONDEN: "Dossier verzonden",
    Actie.AANVRAAG_GEWEIGERD: "Aanvraag van andere school geweigerd",
    Actie.NUMMER_GETOOND: "Nummer getoond",
    Actie.NOTIFICATIE_GEVRAAGD: "Notificatie verstuurd",
    Actie.NOTIFICATIE_BEVESTIGD: "Notificatie ontvangen door de andere school",
    Actie.NOTIFICATIE_MISLUKT: "Notificatie mislukt",
    Actie.NOTIFICATIE_ONTVANGEN: "Notificatie ontvangen",
    Actie.NOTIFICATIE_GELEZEN: "Notificatie gelezen",
    Actie.DOSSIER_GEIMPORTEERD: "Ontvangen dossier geïmporteerd",
    Actie.IMPORT_ONGEDAAN: "Import ongedaan gemaakt",
    Actie.NIET_GEPLAATST: "Leerling niet geplaatst, ontvangen dossier vernietigd",
    Actie.IMPORTPLAN_BEKEKEN: "Importplan bekeken",
    Actie.ZORGVRAAG_VERZONDEN: "Zorgvraag verzonden",
    Actie.ZORGVRAAG_SLEUTEL: "Zorgvraag aangemeld bij het Traffic Center",
    Actie.ZORGVRAAG_GENOTIFICEERD: "Notificatie van de zorgvraag verstuurd",
    Actie.ZORGVRAAG_OPGEHAALD: "Zorgvraag opgehaald door het samenwerkingsverband",
    Actie.ZORGVRAAG_TERUGGEKOPPELD: "Terugkoppeling op de zorgvraag ontvangen",
    Actie.ZORGVRAAG_MISLUKT: "Zorgvraag niet aangekomen",
    Actie.ZORGVRAAG_OPNIEUW: "Zorgvraag opnieuw verzonden",
    Actie.ZORGVRAAG_VERWIJDERD: "Zorgvraag verwijderd",
    Actie.ZORGVRAAG_BEKEKEN: "Zorgvraag bekeken",
    Actie.ZORGVRAGEN_BEKEKEN: "Zorgvragen van de leerling bekeken",
    Actie.INZAGEPAKKET_GEMAAKT: "Dossier opgenomen in een inzagepakket",
    Actie.INZAGEPAKKET_BEKEKEN: "Inzagepakket bekeken",
    Actie.TESTUITWISSELING: "Testuitwisseling uitgevoerd",
    Actie.DOSSIER_OPGEVRAAGD: "Dossier opgevraagd",
    Actie.DOSSIER_ONTVANGEN: "Dossier ontvangen",
    Actie.OPVRAGING_AFGEWEZEN: "Opvraging afgewezen",
    Actie.OPVRAGING_MISLUKT: "Opvraging mislukt",
    Actie.OPDRACHT_GEGEVEN: "Opdracht voor meerdere leerlingen gegeven",
    Actie.OPDRACHT_GEREED: "Opdracht voor meerdere leerlingen afgerond",
}


@dataclass(frozen=True)
class Door:
    """Who acts, for which school: an employee (portal) or a system that asks (wire). No pupil data."""

    school: str
    sub: str
    naam: str


@dataclass(frozen=True)
class Kop:
    """The head of a chain: the number of entries, and the hash of the last one."""

    aantal: int = 0
    hash: str = ""


@dataclass(frozen=True)
class Mutatie:
    """One act on one subject, before it has its place in the chain."""

    actie: Actie
    onderwerp: str
    door: Door
    op: datetime
    details: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Logregel:
    """One entry of the chain: the act, its sequence number, and the hash that ties it to the one before."""

    onderwerp: str
    volgnummer: int
    op: str
    school: str
    sub: str
    medewerker: str
    actie: str
    details: Mapping[str, str | int]
    vorige: str
    hash: str


def _hash(regel: Mapping[str, object]) -> str:
    """SHA-256 over the entry in one canonical spelling."""
    canoniek = json.dumps(regel, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canoniek.encode()).hexdigest()


def _inhoud(regel: Logregel) -> dict[str, Any]:
    return {
        "onderwerp": regel.onderwerp,
        "volgnummer": regel.volgnummer,
        "op": regel.op,
        "school": regel.school,
        "sub": regel.sub,
        "medewerker": regel.medewerker,
        "actie": regel.actie,
        "details": dict(regel.details),
        "vorige": regel.vorige,
    }


def schrijf_bij(kop: Kop, mutatie: Mutatie) -> tuple[Logregel, Kop]:
    """Give the act its place behind `kop`: the entry, and the new head."""
    regel = Logregel(
        onderwerp=mutatie.onderwerp,
        volgnummer=kop.aantal + 1,
        op=mutatie.op.isoformat(timespec="milliseconds"),
        school=mutatie.door.school,
        sub=mutatie.door.sub,
        medewerker=mutatie.door.naam,
        actie=mutatie.actie.value,
        details=dict(mutatie.details),
        vorige=kop.hash,
        hash="",
    )
    hash_ = _hash(_inhoud(regel))
    return Logregel(**_inhoud(regel) | {"hash": hash_}), Kop(regel.volgnummer, hash_)


@dataclass(frozen=True)
class Ketenfout:
    """One place where a chain is not what was written: the sequence number and what is wrong with it."""

    volgnummer: int
    code: str
    tekst: str


def controleer_keten(onderwerp: str, regels: Sequence[Logregel], kop: Kop) -> tuple[Ketenfout, ...]:
    """Compare a chain with its head. Names an altered, removed (also the last), added or swapped entry (15.17)."""
    fouten: list[Ketenfout] = []
    vorige = ""
    verwacht = 1
    for regel in regels:
        if regel.volgnummer > verwacht:
            fouten.append(Ketenfout(verwacht, "REGEL_ONTBREEKT", f"Regel {verwacht} ontbreekt."))
        elif regel.vorige != vorige:
            fouten.append(Ketenfout(regel.volgnummer, "KETEN_GEBROKEN", "De regel sluit niet aan op de regel ervoor."))
        if regel.onderwerp != onderwerp or _hash(_inhoud(regel)) != regel.hash:
            fouten.append(Ketenfout(regel.volgnummer, "REGEL_GEWIJZIGD", "De inhoud van de regel is gewijzigd."))
        vorige, verwacht = regel.hash, regel.volgnummer + 1
    if verwacht <= kop.aantal:
        fouten.append(Ketenfout(verwacht, "REGEL_ONTBREEKT", f"De laatste regels ontbreken (vanaf {verwacht})."))
    elif verwacht > kop.aantal + 1:
        fouten.append(
            Ketenfout(kop.aantal + 1, "REGEL_TOEGEVOEGD", "Er staan meer regels in de keten dan zijn geschreven.")
        )
    elif vorige != kop.hash:
        fouten.append(Ketenfout(kop.aantal, "KETEN_HERSCHREVEN", "De keten eindigt anders dan is vastgelegd."))
    return tuple(fouten)
