"""The rules of the sandbox Traffic Center, one function per message.

Written from protocol chapters 2 and 4 alone, beside the product and not from it, so that the product cannot confirm its
own mistakes. Not verified against Kennisnet's WSDL or their Traffic Center.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.domain.gegevensblok import Overdrachtsoort
from chalicelib.domain.resultaat import BERICHT_ONGELDIG, Resultaat
from chalicelib.messages import berichten as b
from infra.local.register import Nee, Punt, Register, Sessie, Sleutel, eis


def behandel(register: Register, bericht: b.Bericht, oin: str) -> b.Bericht | Resultaat:
    """The answer to one message from the supplier with this OIN, or the refusal."""
    regel = _REGELS.get(type(bericht))
    if regel is None:
        return BERICHT_ONGELDIG
    with register.lock:
        try:
            return regel(register, bericht, oin)
        except Nee as nee:
            return nee.resultaat


def _bron(adressen: b.Adressen) -> Sleutel:
    return adressen.bron_brin, adressen.bron_aanleverpunt


def _doel(adressen: b.Adressen) -> Sleutel:
    return adressen.doel_brin, adressen.doel_aanleverpunt


def _overdracht(register: Register, vraag: b.OverdrachtRequest, oin: str) -> b.OverdrachtResponse:
    """Protocol 2.1 step 2, in that order: doel valid and active, bron active, the kind fits the key."""
    doel = register.eigen(_doel(vraag.adressen), oin, "AFNEMER_NIET_BEKEND")
    zorg = vraag.koppelsleutel is not None
    eis(zorg == (vraag.overdrachtsoort is Overdrachtsoort.SWV), "BERICHT_ONGELDIG")
    punten = _bij_koppelsleutel(register, vraag) if zorg else _bij_school(register, vraag, doel)
    sessie_id = str(uuid.uuid4())
    sleutels = tuple((een.brin, een.nummer) for een in punten)
    register.sessies[sessie_id] = Sessie(vraag, sleutels, register.klok() + register.sessieduur)
    adressen = [b.Aanleverpuntadres(een.nummer, een.url, een.brin) for een in punten if een.url]
    return b.OverdrachtResponse(sessie_id, tuple(adressen))


def _bij_school(register: Register, vraag: b.OverdrachtRequest, doel: Punt) -> list[Punt]:
    """All active aanleverpunten of the school, or the one that was asked for; never the asking one itself."""
    punten = [een for een in register.bekende_bron(vraag.adressen.bron_brin) if een is not doel]
    if vraag.adressen.bron_aanleverpunt is not None:
        punten = [een for een in punten if een.nummer == vraag.adressen.bron_aanleverpunt]
    eis(punten, "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND")
    return punten


def _bij_koppelsleutel(register: Register, vraag: b.OverdrachtRequest) -> list[Punt]:
    """The one aanleverpunt that the koppelsleutel binds to the asking one (protocol 2.4)."""
    gekoppeld = register.koppelsleutels.get((vraag.koppelsleutel or "").upper())
    eis(gekoppeld is not None, "KOPPELSLEUTEL_ONBEKEND")
    assert gekoppeld is not None
    zelfde = (gekoppeld.bron_brin, *_doel(gekoppeld)) == (vraag.adressen.bron_brin, *_doel(vraag.adressen))
    eis(zelfde, "KOPPELSLEUTEL_ONBEKEND")
    return [register.actief(_bron(gekoppeld), "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND")]


def _zelfde_sessie(sessie: Sessie, vraag: b.SessiecontroleRequest | b.AfmeldingRequest) -> None:
    """The comparisons of protocol 4.1. The pgnfrag takes no part: generation '18 does not have it."""
    gevraagd = sessie.vraag
    eis(
        (gevraagd.adressen.bron_brin, gevraagd.adressen.doel_brin, gevraagd.overdrachtsoort)
        == (vraag.adressen.bron_brin, vraag.adressen.doel_brin, vraag.overdrachtsoort)
        and gevraagd.zoeksleutel == vraag.zoeksleutel
        and (gevraagd.koppelsleutel or "").upper() == (vraag.koppelsleutel or "").upper(),
        "SESSIE_AFWIJKEND",
    )
    eis(_doel(gevraagd.adressen) == _doel(vraag.adressen), "ONBEKEND_AANLEVERPUNT")


def _sessiecontrole(register: Register, vraag: b.SessiecontroleRequest, oin: str) -> b.SessiecontroleResponse:
    """All checks of protocol 4.1: who asks, then which session, then whether it is the same exchange."""
    bekend = any(een.brin == vraag.adressen.bron_brin for een in register.punten.values())
    eis(bekend, "VERSTREKKER_NIET_BEKEND")
    bron = register.eigen(_bron(vraag.adressen), oin, "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND")
    sessie = register.sessies.get(vraag.sessie_id)
    eis(sessie is not None, "SESSIE_ONBEKEND")
    assert sessie is not None
    eis(sessie.resultaat is None, "SESSIE_REEDS_AFGEMELD")
    eis(sessie.tot > register.klok(), "SESSIE_ONBEKEND")
    _zelfde_sessie(sessie, vraag)
    binnen = vraag.overdrachtsoort is Overdrachtsoort.BINNENBRIN
    eis(not binnen or vraag.adressen.bron_brin == vraag.adressen.doel_brin, "GEEN_RELATIE_MET_DOEL")
    eis((bron.brin, bron.nummer) in sessie.punten, "ONBEKEND_AANLEVERPUNT")
    sessie.controles += 1
    doel = register.punten[_doel(sessie.vraag.adressen)]
    return b.SessiecontroleResponse(doel.sector, vraag.sessie_id)


def _afmelding(register: Register, vraag: b.AfmeldingRequest, oin: str) -> b.AfmeldingResponse:
    """Protocol 2.1 step 8: once per session, by the doel that asked for it. An expired session can still be closed."""
    register.eigen(_doel(vraag.adressen), oin, "AFNEMER_NIET_BEKEND")
    sessie = register.sessies.get(vraag.sessie_id)
    eis(sessie is not None, "SESSIE_ONBEKEND")
    assert sessie is not None
    _zelfde_sessie(sessie, vraag)
    eis(sessie.resultaat is None, "SESSIE_REEDS_AFGEMELD")
    sessie.resultaat = vraag.resultaat
    return b.AfmeldingResponse()


def _melden_notificatie(register: Register, vraag: b.MeldenNotificatieRequest, oin: str) -> b.MeldenNotificatieResponse:
    """Protocol 2.3 step 2 and 2.4 step 2: doel active and meant for this; OV by a known session, PaO gets a key."""
    register.eigen(_bron(vraag.adressen), oin, "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND")
    doel = register.actief(_doel(vraag.adressen), "ONBEKEND_AANLEVERPUNT")
    eis(doel.doel is vraag.doel, "ONBEKEND_AANLEVERPUNT")
    assert doel.url is not None
    register.geteld[f"notificatie {vraag.doel.value}"] += 1
    if vraag.doel is b.Doel.PAO:
        koppelsleutel = str(uuid.uuid4()).upper()
        register.koppelsleutels[koppelsleutel] = vraag.adressen
        return b.MeldenNotificatieResponse(doel.url, koppelsleutel)
    sessie = register.sessies.get(vraag.sessie_id or "")
    eis(sessie is not None, "SESSIE_ONBEKEND")
    assert sessie is not None
    gevraagd = sessie.vraag.adressen
    zelfde = (gevraagd.bron_brin, *_doel(gevraagd)) == (vraag.adressen.bron_brin, *_doel(vraag.adressen))
    eis(zelfde, "SESSIE_AFWIJKEND")
    return b.MeldenNotificatieResponse(doel.url)


def _melden_terugkoppeling(
    register: Register, vraag: b.MeldenTerugkoppelingRequest, oin: str
) -> b.MeldenTerugkoppelingResponse:
    """Protocol 2.5 step 2: an active PaO aanleverpunt, and a koppelsleutel that binds these two."""
    doel = register.eigen(_doel(vraag.adressen), oin, "ONBEKEND_AANLEVERPUNT")
    eis(doel.doel is b.Doel.PAO, "ONBEKEND_AANLEVERPUNT")
    eis(register.koppelsleutels.get(vraag.koppelsleutel.upper()) == vraag.adressen, "KOPPELSLEUTEL_ONBEKEND")
    bron = register.actief(_bron(vraag.adressen), "VERSTREKKER_AANLEVERPUNT_NIET_BEKEND")
    assert bron.url is not None
    register.geteld["terugkoppeling"] += 1
    return b.MeldenTerugkoppelingResponse(bron.url)


def _registratie(register: Register, vraag: b.RegistratieRequest, oin: str) -> b.RegistratieResponse:
    """Protocol 2.6: a known aanleverpunt, and the supplier that may set its url. Without url: out of use (inferred)."""
    sleutel = (vraag.brin, vraag.aanleverpunt)
    gevonden = register.punten.get(sleutel)
    eis(gevonden is not None, "ONBEKEND_AANLEVERPUNT")
    assert gevonden is not None
    eis(gevonden.leverancier == oin, "CLIENTCERTIFICAAT_ONBEKEND")
    register.punten[sleutel] = replace(gevonden, url=vraag.url)
    return b.RegistratieResponse()


def _overzicht(register: Register, vraag: b.OverzichtAanleverpuntRequest, oin: str) -> b.OverzichtAanleverpuntResponse:
    """Protocol 2.7: the active aanleverpunten that pass the filters, for a known supplier only."""
    eis(any(een.leverancier == oin for een in register.punten.values()), "CLIENTCERTIFICAAT_ONBEKEND")
    gevonden: Iterable[Punt] = (
        een
        for een in register.punten.values()
        if een.url
        and vraag.brin in (None, een.brin)
        and vraag.doel in (None, een.doel)
        and vraag.aanleverpunt in (None, een.nummer)
    )
    return b.OverzichtAanleverpuntResponse(
        tuple(
            b.OverzichtAanleverpunt(een.brin, een.nummer, een.naam, een.doel, een.url, een.leverancier)
            for een in gevonden
        )
    )


_REGELS: Mapping[type, Callable[[Register, Any, str], b.Bericht]] = {
    b.OverdrachtRequest: _overdracht,
    b.SessiecontroleRequest: _sessiecontrole,
    b.AfmeldingRequest: _afmelding,
    b.MeldenNotificatieRequest: _melden_notificatie,
    b.MeldenTerugkoppelingRequest: _melden_terugkoppeling,
    b.RegistratieRequest: _registratie,
    b.OverzichtAanleverpuntRequest: _overzicht,
}
