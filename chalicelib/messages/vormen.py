"""The shapes that both generations share, given what each has of its own. Sources: protocol 3.1-3.10.

Literal order: sessiecontrole, meldenNotificatie, notificatie (PaO), overzicht requests. All else is inferred and
not verified against the Kennisnet WSDL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.messages import berichten as b
from chalicelib.messages import soorten as s
from chalicelib.messages.profiel import Groep, Soort, Veld, Vorm


@dataclass(frozen=True)
class Eigen:
    """What a generation has of its own: names and kind of the aanleverpunt, the key, and two code lists."""

    bron_aanleverpunt: str
    doel_aanleverpunt: str
    aanleverpunt: str
    filter: str
    soort: Soort
    zoeksleutel: Veld
    overdrachtsoorten: Mapping[StrEnum, str]
    doelen: Mapping[StrEnum, str]
    met_registratie: bool


_SESSIE_ID = Veld("sessieId", "sessie_id", s.SESSIE_ID)
_KOPPELSLEUTEL = Veld("koppelsleutel", "koppelsleutel", s.KOPPELSLEUTEL)
_AANVRAAGDATUM = Veld("aanvraagdatum", "aanvraagdatum", s.DATUMTIJD, verplicht=False)
_RESULTAAT = Veld("resultaat", "resultaat", s.TEKST)
_BESTE = Veld("resultaat", "resultaat", s.RESULTAAT)
_URL = Veld("url", "url", s.URL)


def _mag(veld: Veld) -> Veld:
    return replace(veld, verplicht=False)


def _adressen(eigen: Eigen) -> tuple[Veld, Veld, Veld, Veld]:
    return (
        Veld("bronBrin", "adressen.bron_brin", s.BRIN),
        Veld(eigen.bron_aanleverpunt, "adressen.bron_aanleverpunt", eigen.soort, brin="adressen.bron_brin"),
        Veld("doelBrin", "adressen.doel_brin", s.BRIN),
        Veld(eigen.doel_aanleverpunt, "adressen.doel_aanleverpunt", eigen.soort, brin="adressen.doel_brin"),
    )


def _sessie(eigen: Eigen, adressen: tuple[Veld, Veld, Veld, Veld]) -> tuple[Vorm, ...]:
    """overdracht, sessiecontrole and afmelding (protocol 3.1, 3.3, 3.4)."""
    sleutel = (_mag(eigen.zoeksleutel), _mag(_KOPPELSLEUTEL))
    soort = Veld("overdrachtsoort", "overdrachtsoort", s.code(eigen.overdrachtsoorten))
    bron, bron_ap, doel, doel_ap = adressen
    adres = Groep(b.Aanleverpuntadres, (Veld(eigen.aanleverpunt, "aanleverpunt", eigen.soort, brin="brin"), _URL))
    return (
        Vorm("overdrachtRequest", b.OverdrachtRequest, (bron, _mag(bron_ap), doel, doel_ap, *sleutel, soort)),
        Vorm(
            "overdrachtResponse",
            b.OverdrachtResponse,
            (_SESSIE_ID, Veld("aanleverpunt", "aanleverpunten", adres, verplicht=False, lijst=True)),
        ),
        Vorm("sessiecontroleRequest", b.SessiecontroleRequest, (*adressen, *sleutel, soort, _SESSIE_ID)),
        Vorm("sessiecontroleResponse", b.SessiecontroleResponse, (Veld("sector", "sector", s.TEKST), _mag(_SESSIE_ID))),
        Vorm(
            "afmeldingRequest",
            b.AfmeldingRequest,
            (bron, _mag(bron_ap), doel, doel_ap, *sleutel, soort, _SESSIE_ID, _BESTE),
        ),
        Vorm("afmeldingResponse", b.AfmeldingResponse, (_RESULTAAT,)),
        Vorm(
            "documentRequest",
            b.DocumentRequest,
            (
                *adressen,
                Veld("pgn", "pgn", s.PGN, verplicht=False),
                _mag(_KOPPELSLEUTEL),
                soort,
                _SESSIE_ID,
                _AANVRAAGDATUM,
            ),
        ),
    )


def _meldingen(eigen: Eigen, adressen: tuple[Veld, Veld, Veld, Veld]) -> tuple[Vorm, ...]:
    """Notificatie and terugkoppeling, at the Traffic Center and between systems (protocol 3.5-3.8)."""
    doel = Veld("doel", "doel", s.code(eigen.doelen))
    # The page on sending follows the direction of the terugkoppeling: bron is the SWV system (protocol 2.5).
    omgekeerd = tuple(
        replace(veld, attribuut=gever.attribuut, brin=gever.brin)
        for veld, gever in zip(adressen, (*adressen[2:], *adressen[:2]), strict=True)
    )
    return (
        Vorm(
            "meldenNotificatieRequest",
            b.MeldenNotificatieRequest,
            (*adressen, _mag(_SESSIE_ID), _AANVRAAGDATUM, doel),
        ),
        Vorm("meldenNotificatieResponse", b.MeldenNotificatieResponse, (_URL, _mag(_KOPPELSLEUTEL))),
        Vorm(
            "notificatieRequest",
            b.NotificatieRequest,
            (*adressen, _mag(_KOPPELSLEUTEL), _mag(_SESSIE_ID), _AANVRAAGDATUM, _mag(doel)),
        ),
        Vorm("notificatieResponse", b.NotificatieResponse, (_RESULTAAT,)),
        Vorm("meldenTerugkoppelingRequest", b.MeldenTerugkoppelingRequest, (*adressen, _KOPPELSLEUTEL)),
        Vorm("meldenTerugkoppelingResponse", b.MeldenTerugkoppelingResponse, (_URL,)),
        Vorm(
            "terugkoppelingRequest",
            b.TerugkoppelingRequest,
            (*omgekeerd, _KOPPELSLEUTEL, Veld("datum", "datum", s.DATUMTIJD), Veld("terugkoppeling", "tekst", s.TEKST)),
        ),
        Vorm("terugkoppelingResponse", b.TerugkoppelingResponse, (_RESULTAAT,)),
    )


def _register(eigen: Eigen) -> tuple[Vorm, ...]:
    """overzicht, and registratie where the generation has it (protocol 3.9, 3.10)."""
    brin = Veld("brin", "brin", s.BRIN)
    doel = Veld("doel", "doel", s.code(eigen.doelen))
    nummer = Veld(eigen.aanleverpunt, "aanleverpunt", eigen.soort, brin="brin")
    item = Groep(
        b.OverzichtAanleverpunt,
        (
            brin,
            nummer,
            Veld("naam", "naam", s.TEKST, verplicht=False),
            doel,
            _mag(_URL),
            Veld("leverancierOin", "leverancier", s.TEKST, verplicht=False),
        ),
    )
    overzicht = (
        Vorm(
            "overzichtAanleverpuntRequest",
            b.OverzichtAanleverpuntRequest,
            (_mag(brin), _mag(doel), replace(_mag(nummer), element=eigen.filter)),
        ),
        Vorm(
            "overzichtAanleverpuntResponse",
            b.OverzichtAanleverpuntResponse,
            (Veld("aanleverpunt", "aanleverpunten", item, verplicht=False, lijst=True),),
        ),
    )
    registratie = (
        Vorm("registratieRequest", b.RegistratieRequest, (brin, replace(nummer, element=eigen.filter), _mag(_URL))),
        Vorm("registratieResponse", b.RegistratieResponse, (_RESULTAAT,)),
    )
    return overzicht + registratie if eigen.met_registratie else overzicht


def vormen(eigen: Eigen) -> tuple[Vorm, ...]:
    """Every message of a generation."""
    adressen = _adressen(eigen)
    return _sessie(eigen, adressen) + _meldingen(eigen, adressen) + _register(eigen)
