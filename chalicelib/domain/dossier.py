"""The card of an overstapdossier: what was filled in, what was collected, and its state machine (ch. 2-6).

The card never opens the content. A step returns a new card, one `version` further; who came first is
decided by whoever stores it. Sending is an event, not a state (R17): it does not raise the version.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Any

from chalicelib.domain import teksten
from chalicelib.domain.gegevensblok import Profiel
from chalicelib.domain.invulling import Invulling
from chalicelib.domain.inzage import Inzage, controleer_inzage
from chalicelib.domain.mutatielog import Kop
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.school import School
from chalicelib.domain.selectie import Selectie
from chalicelib.errors import Melding, Refused


class Status(StrEnum):
    """Ch. 3. Verzonden is no status."""

    NIET_KLAAR = "NIET_KLAAR"
    VERZAMELD = "VERZAMELD"
    KLAAR = "KLAAR"


_BIJ_UITSCHRIJVING = ("DATUM_UITSCHRIJVING_ONTBREEKT", "VERVOLGSCHOOL_ONTBREEKT")


@dataclass(frozen=True)
class Versie:
    """What was collected: which box, for which profile, and its two hashes (15.40). Never changed, only replaced."""

    nummer: int
    profiel: Profiel
    standaardversie: str
    map: str
    inhoud_hash: str
    verzend_hash: str
    verzameld_op: datetime
    record_hash: str
    blokken: tuple[str, ...] = ()
    gegevens_hash: str | None = None  # of the record without `portaal`; None in a row of before


@dataclass(frozen=True)
class Herkomst:
    """School van herkomst, at Onderwijs > Voorgeschiedenis (R98, R99, R136)."""

    brin: str = ""
    naam: str | None = None
    plaats: str | None = None
    onderwijssoort: str | None = None
    onderwijs_sinds: date | None = None


@dataclass(frozen=True)
class Overzichtsgegevens:
    """What the overview shows and filters besides the card itself: from the record and from `portaal` (15.41)."""

    roepnaam: str | None = None
    achternaam: str | None = None
    geboortedatum: date | None = None
    datum_inschrijving: date | None = None
    status: str | None = None
    leerjaar: str | None = None
    groep: str | None = None
    voorvoegsel: str | None = None
    datum_uitschrijving: date | None = None
    """Of the record: what counts where the card names none (infra/decisions/card-over-record.md)."""

    @property
    def heel(self) -> str:
        """The family name as it is shown."""
        return " ".join(filter(None, (self.voorvoegsel, self.achternaam)))


@dataclass(frozen=True)
class Bewaarplicht:
    """A legal hold: nothing of this pupil is destroyed until it is lifted (ch. 16)."""

    reden: str
    op: datetime
    door: str


@dataclass(frozen=True)
class Dossier:
    """One pupil's card at one school. `naam` is "Roepnaam Achternaam" and stands in texts, never in a log."""

    school: Vestiging
    leerling_id: str
    naam: str = ""
    overzicht: Overzichtsgegevens = field(default_factory=Overzichtsgegevens)
    record_map: str = ""
    record_hash: str = ""
    record_versie: str = ""
    gegevens_hash: str | None = None
    pgn_sleutel: str | None = None
    invulling: Invulling = field(default_factory=Invulling)
    selecties: tuple[Selectie, ...] = ()
    herkomst: Herkomst | None = None
    status: Status = Status.NIET_KLAAR
    versie: Versie | None = None
    laatste_nummer: int = 0
    klaargezet_op: datetime | None = None
    niet_opgehaald_op: datetime | None = None  # when the clock said that nobody fetched it
    verzonden_op: datetime | None = None
    gevraagd_op: datetime | None = None
    reden_intrekken: str | None = None
    aangemaakt_op: datetime | None = None
    bewaren: Bewaarplicht | None = None
    vernietiging_op: datetime | None = None  # destruction on request began: from then on a hold comes too late
    version: int = 0
    kop: Kop = field(default_factory=Kop)

    @property
    def onderwerp(self) -> str:
        """The name of this dossier's chain in the mutatielog."""
        return f"DOSSIER#{self.school}#{self.leerling_id}"

    @property
    def profiel(self) -> Profiel | None:
        return self.versie.profiel if self.versie else None

    @property
    def verzameld(self) -> bool:
        """Whether there is a version that still fits the card."""
        return self.status is not Status.NIET_KLAAR

    @property
    def waarom_niet_verzameld(self) -> str:
        """The code of why no version fits: nothing was collected yet, or something changed since (15.4, 15.39)."""
        return "VERZAMEL_OPNIEUW" if self.versie else "NIET_VERZAMELD"

    @property
    def gewijzigd_sinds_verzamelen(self) -> bool:
        """Whether what can reach a dossier was put otherwise since (15.41). An old row knows the whole record only."""
        versie = self.versie
        if versie and versie.gegevens_hash and self.gegevens_hash:
            return versie.gegevens_hash != self.gegevens_hash
        return versie is not None and versie.record_hash != self.record_hash

    def selectie(self, profiel: Profiel) -> Selectie:
        """The remembered choice for a profile, or the one that nobody made yet (R47b)."""
        return next((keuze for keuze in self.selecties if keuze.profiel is profiel), Selectie(profiel))

    def kies(self, selectie: Selectie) -> "Dossier":
        """Remember a choice. What was collected stays as it was (R36)."""
        anders = tuple(keuze for keuze in self.selecties if keuze.profiel is not selectie.profiel)
        return self._next(selecties=(*anders, selectie))

    def zonder_document(self, id_: str) -> "Dossier":
        """Nothing chosen names this document of the leerlingmap any more; the same card where nothing did."""
        selecties = tuple(keuze.zonder_document(id_) for keuze in self.selecties)
        return self if selecties == self.selecties else self._next(selecties=selecties)

    def zet_herkomst(self, herkomst: Herkomst | None) -> "Dossier":
        """Say where the pupil came from (R98)."""
        return self._next(herkomst=herkomst)

    def bewaar(self, plicht: Bewaarplicht | None) -> "Dossier":
        """Lay a legal hold on the pupil, or lift it."""
        return self._next(bewaren=plicht)

    def neem_record_over(
        self,
        *,
        naam: str,
        overzicht: Overzichtsgegevens,
        map_: str,
        hash_: str,
        gegevens_hash: str,
        versie: str,
        pgn_sleutel: str | None,
    ) -> "Dossier":
        """The card of a pupil whose record was put (again). What was collected stays as it was (R36).

        Unless the number changed: a collected dossier with the old number must not leave under the new one.
        """
        ander_nummer = self.versie is not None and pgn_sleutel != self.pgn_sleutel
        return self._next(
            naam=naam,
            overzicht=overzicht,
            record_map=map_,
            record_hash=hash_,
            record_versie=versie,
            gegevens_hash=gegevens_hash,
            pgn_sleutel=pgn_sleutel,
            status=Status.NIET_KLAAR if ander_nummer else self.status,
            invulling=replace(self.invulling, inzage=Inzage()) if ander_nummer else self.invulling,
        )

    def verzamel(self, versie: Versie) -> "Dossier":
        """Freeze `versie`; every new collection resets the inzage (R54)."""
        if versie.profiel.binnen_brin != self.invulling.binnen_brin:
            raise Refused("PROFIEL_PAST_NIET", meldingen=[teksten.melding("PROFIEL_PAST_NIET", pad="/overdracht")])
        return self._next(
            status=Status.VERZAMELD,
            versie=versie,
            laatste_nummer=versie.nummer,
            invulling=replace(self.invulling, inzage=Inzage()),
            reden_intrekken=None,
        )

    def vul_in(
        self, nieuw: Invulling, nu: datetime, *, aandachtspunten_reizen: bool = True
    ) -> tuple["Dossier", tuple[Melding, ...]]:
        """Save what was filled in (R31), with the consequences that it has (15.2, 15.4, 15.39), each explained."""
        oud = self.invulling
        inzage = self._controleer_inzage(nieuw, nu) if nieuw.inzage != oud.inzage else nieuw.inzage
        nieuw = replace(nieuw, inzage=inzage)
        status, gevolgen = self.status, list[Melding]()
        tekst = nieuw.aandachtspunten != oud.aandachtspunten
        if self.verzameld:
            status, nieuw, gevolgen = _gevolgen(self, oud, nieuw, nieuwe_tekst=tekst and aandachtspunten_reizen)
        if tekst and nieuw.aandachtspunten and not aandachtspunten_reizen:
            gevolgen.append(teksten.niet_verstuurd())
        return self._next(invulling=nieuw, status=status), tuple(gevolgen)

    def verwerk(self, versie: Versie) -> "Dossier":
        """The same step, with the stored content brought up to what was filled in (R31); does not raise `version`."""
        return replace(self, versie=versie, laatste_nummer=max(self.laatste_nummer, versie.nummer))

    def zet_klaar(self, school: School, op: datetime) -> "Dossier":
        """Open the collected version for the vervolgschool, or refuse with every unmet precondition (R60-R66)."""
        redenen = self.waarom_niet_klaarzetten(school)
        if redenen:
            raise Refused(redenen[0].code, redenen[0].tekst, redenen)
        return self._next(status=Status.KLAAR, klaargezet_op=op, reden_intrekken=None)

    def trek_in(self, reden: str) -> "Dossier":
        """Close it again, with a reason that stays on the card (15.5)."""
        if self.status is not Status.KLAAR:
            raise Refused("NIET_KLAAR", meldingen=[teksten.niets_in_te_trekken()])
        return self._next(status=Status.VERZAMELD, reden_intrekken=reden)

    def verzonden(self, op: datetime) -> "Dossier":
        """Sending is an event: the card stays KLAAR, can be fetched again, and keeps its version (R17)."""
        if self.status is not Status.KLAAR:
            raise Refused("NIET_KLAAR")
        return replace(self, verzonden_op=op, gevraagd_op=op)

    def gevraagd(self, op: datetime) -> "Dossier":
        """Another school asked and was refused: an event too (15.6)."""
        return replace(self, gevraagd_op=op)

    def waarom_niet_klaarzetten(self, school: School) -> tuple[Melding, ...]:
        """Every precondition of klaarzetten that is not met, in the order of R60-R66."""
        invulling, uit = self.invulling, self.invulling.uitschrijving
        overstap = not invulling.binnen_brin
        platform = invulling.naar_platform
        eisen: Sequence[tuple[bool, str, str]] = (
            (self.verzameld, self.waarom_niet_verzameld, "/status"),
            (not overstap or uit.datum is not None, "DATUM_UITSCHRIJVING_ONTBREEKT", "/uitschrijving/datum"),
            (not overstap or uit.vervolgschool is not None, "VERVOLGSCHOOL_ONTBREEKT", "/uitschrijving/vervolgschool"),
            (not (overstap and self._eigen_brin), "VERVOLGSCHOOL_EIGEN_BRIN", "/binnenBrin"),
            (not (overstap and self.verzameld) or invulling.inzage.gegeven, "INZAGE_ONTBREEKT", "/inzage/waarde"),
            (not invulling.contact_nodig or school.directeur_bekend, "DIRECTEUR_ONTBREEKT", "/contactNodig"),
            (not platform or school.aangesloten_op_regionaal_initiatief, "REGIONAAL_INITIATIEF_UIT", "/binnenBrinDoel"),
            (not platform or bool(invulling.doel_aanleverpunt), "DOEL_AANLEVERPUNT_ONTBREEKT", "/doelAanleverpunt"),
            (bool(school.aanleverpunten), "AANLEVERPUNT_ONTBREEKT", "/school/aanleverpunten"),
        )
        return tuple(teksten.melding(code, pad=pad) for voldaan, code, pad in eisen if not voldaan)

    @property
    def _eigen_brin(self) -> bool:
        """Whether the vervolgschool is one of the own BRIN: within a BRIN only binnen brin is ever asked for (R39)."""
        school = self.invulling.uitschrijving.vervolgschool
        return school is not None and school.brin[:4] == self.school.brin.code

    def mist_voor_klaarzetten(self, school: School) -> tuple[Melding, ...]:
        """At collecting, as a warning: what keeps it from being set ready after the parents looked (R38, R61)."""
        redenen = self.waarom_niet_klaarzetten(school)
        return tuple(replace(reden, ernst="waarschuwing") for reden in redenen if reden.code in _BIJ_UITSCHRIJVING)

    def _controleer_inzage(self, nieuw: Invulling, nu: datetime) -> Inzage:
        """The new inzage with its date filled in (R55), or the reason why it cannot be (R57, 15.8, 15.9)."""
        inzage = nieuw.inzage
        if not inzage.vastgelegd:
            return inzage
        if nieuw.binnen_brin:
            raise Refused("INZAGE_NVT", meldingen=[teksten.melding("INZAGE_NVT", pad="/inzage/waarde")])
        if not self.verzameld or self.versie is None:
            code = self.waarom_niet_verzameld
            raise Refused(code, meldingen=[teksten.melding(code, pad="/inzage/waarde")])
        return controleer_inzage(inzage, self.overzicht.geboortedatum, self.versie.verzameld_op.date(), nu.date())

    def _next(self, **velden: Any) -> "Dossier":
        return replace(self, **velden, version=self.version + 1)


def _gevolgen(
    dossier: Dossier, oud: Invulling, nieuw: Invulling, *, nieuwe_tekst: bool
) -> tuple[Status, Invulling, list[Melding]]:
    """What changing a card does to a version that was already collected: status, invulling, and why."""
    # also an inzage in the same act: the verzorgers saw the version as it was until now
    inzage, stond_klaar = oud.inzage.vastgelegd or nieuw.inzage.vastgelegd, dossier.status is Status.KLAAR
    vervalt = partial(teksten.vervalt, inzage=inzage, klaar=stond_klaar)
    if nieuw.binnen_brin != oud.binnen_brin:
        return Status.NIET_KLAAR, replace(nieuw, inzage=Inzage()), [vervalt("BINNEN_BRIN_GEWIJZIGD")]
    if nieuw.uitschrijving.in_dossier != oud.uitschrijving.in_dossier:
        return Status.NIET_KLAAR, replace(nieuw, inzage=Inzage()), [vervalt("UITSCHRIJVING_GEWIJZIGD")]
    status, gevolgen = dossier.status, list[Melding]()
    if nieuwe_tekst and not nieuw.binnen_brin:
        status = Status.VERZAMELD
        gevolgen += [vervalt("AANDACHTSPUNTEN_GEWIJZIGD")] if inzage else []
        nieuw = replace(nieuw, inzage=Inzage())
    if status is not Status.KLAAR:
        return status, nieuw, gevolgen
    doel = ("binnen_brin_doel", "doel_aanleverpunt")
    elders = nieuw.uitschrijving.brin_vervolgschool != oud.uitschrijving.brin_vervolgschool
    blijft = " De inzage blijft geldig." if nieuw.inzage.gegeven else ""
    for gewijzigd, code, erbij in (
        (elders, "VERVOLGSCHOOL_GEWIJZIGD", blijft),
        (nieuw.binnen_brin and any(getattr(nieuw, n) != getattr(oud, n) for n in doel), "DOEL_GEWIJZIGD", ""),
        (not nieuw.binnen_brin and not nieuw.inzage.gegeven, "INZAGE_VERVALLEN", ""),
    ):
        if gewijzigd:
            status = Status.VERZAMELD
            gevolgen.append(teksten.waarschuwing(code, erbij))
    return status, nieuw, gevolgen
