"""What was filled in at the school wins over what the record says, and a difference is said (15.39). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from chalicelib.domain import teksten
from chalicelib.domain.school import School
from chalicelib.errors import Melding
from chalicelib.gegevensset.leesbaar import leaf
from chalicelib.gegevensset.tabel import Standaard

Waarden = dict[str, Any]
_ADVIES = ("huidigeschool", "leerling", "overstapadvies")
_JA_NEE = {"1": "true", "0": "false"}


def zet_school(huidig: Waarden, school: School, tabel: Standaard) -> Iterator[Melding]:
    """The school's own settings over those of the record; what differs is said (15.39)."""
    eigen = {
        "naam": school.naam,
        "brincode": school.vestiging.brin.code,
        "vestigingscode": school.vestiging.vestigingscode,
        "aanleverpunt": school.aanleverpunt.nummer if school.aanleverpunt else None,
        "soort": school.soort,
        "naamdirecteur": school.naam_directeur,
        "adreslijst": _adreslijst(school),
        "communicatielijst": _communicatielijst(school),
    }
    for veld, waarde in eigen.items():
        if not waarde:
            continue
        if isinstance(waarde, str) and huidig.get(veld, waarde) != waarde:
            yield wijkt_af(tabel, ("huidigeschool", veld), huidig[veld], waarde, "School-info")
        huidig[veld] = waarde


def contact_wijkt_af(advies: Waarden, eigen: Mapping[str, str | None], tabel: Standaard) -> Iterator[Melding]:
    """What the record says of contact (`advies`) and what travels instead (`eigen`): nobody is lost unsaid (15.39)."""
    nodig, gekozen = advies.get("contactnodig"), eigen["contactnodig"] or ""
    if nodig is not None and _JA_NEE.get(nodig.strip(), nodig) != gekozen:
        yield wijkt_af(tabel, (*_ADVIES, "contactnodig"), nodig, gekozen, "Statusinformatie")
    for veld in eigen:
        if veld != "contactnodig" and advies.get(veld, eigen[veld]) != eigen[veld]:
            yield wijkt_af(tabel, (*_ADVIES, veld), advies[veld], eigen[veld] or "", "School-info")


def wijkt_af(tabel: Standaard, plaats: tuple[str, ...], record: Any, eigen: str, waar: str) -> Melding:
    """What the record says (`waarde`) is not what was filled in at `waar` (`toegestaan`), which counts (15.39)."""
    element = reduce(lambda boven, naam: boven.bij_naam[naam], plaats, tabel.wortel)
    melding = teksten.melding(
        "KAART_WIJKT_AF",
        pad=f"/dossier/{'/'.join(plaats)}",
        ernst="waarschuwing",
        waarde=leaf(tabel, element, record),
        detail=f"{element.label}: de leerlinggegevens noemen iets anders dan bij {waar} is ingevuld. "
        f"In het dossier staat wat bij {waar} is ingevuld.",
        wat_nu=f"Controleer welke van de twee juist is, en pas {waar} of de leerlinggegevens aan.",
    )
    return replace(melding, toegestaan=leaf(tabel, element, eigen))


def _adreslijst(school: School) -> Waarden | None:
    if school.adres is None:
        return None
    adres = {
        "soortadres": "bezoek",
        "straat": school.adres.straat,
        "nummer": school.adres.nummer,
        "postcode": school.adres.postcode,
        "plaats": school.adres.plaats,
    }
    if school.adres.toevoeging:
        adres["toevoeging"] = school.adres.toevoeging
    return {"adres": [adres]}


def _communicatielijst(school: School) -> Waarden | None:
    kanalen = [
        {"soort": soort, "aanduiding": "werk", "nummer": nummer}
        for soort, nummer in (("telefoon", school.telefoon), ("e-mail", school.email))
        if nummer
    ]
    return {"communicatie": kanalen} if kanalen else None
