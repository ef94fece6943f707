"""The pupils of `make bulk`: all invented, each with two verzorgers, eight years of school and forty tests."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalicelib.gegevensset.tabel import standaard
from infra.local.portal_client import Portal


def put_pupils(portal: Portal, n: int) -> list[str]:
    """Put `n` fictional pupils, four at a time; gives their leerlingIds."""
    ids = [f"bulk-{number:04d}" for number in range(n)]
    assert portal.token
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda id_: portal.ask("PUT", f"/leerlingen/{id_}", {"dossier": record(id_)}, expect=201), ids))
    portal.trace.clear()
    return ids


def record(id_: str) -> dict[str, Any]:
    """The record of a pupil who shows to be invented: two verzorgers, eight years of school, forty tests."""
    adres = {"soortadres": "gba", "straat": "Verzonnenlaan", "nummer": "7", "postcode": "0000ZZ", "plaats": "Nergens"}
    verzorger = {
        "wettigevertegenwoordiger": "true",
        "adresgeheim": "false",
        "adreslijst": {"adres": [adres]},
        "communicatielijst": {"communicatie": [{"soort": "telefoon", "nummer": "000-5550001"}]},
    }
    leerling = {
        "voornaam": ["Fictief"],
        "roepnaam": "Fictief",
        "achternaam": f"Bulkleerling {id_}",
        "geboortedatum": "2014-03-07",
        "geslacht": "1",
        "adresgeheim": "false",
        "adreslijst": {"adres": [adres]},
        "datuminschrijving": "2018-08-01",
        "verzorgersaansprakelijk": "true",
        "verzorger": [{"achternaam": f"Proefouder {letter}", **verzorger} for letter in "AB"],
        "schoolloopbaanlijst": {"schoolloopbaan": [_schooljaar(groep) for groep in range(1, 9)]},
        "toetslijst": {"toets": [_toets(nummer) for nummer in range(40)]},
    }
    categorieen = standaard("2019.1").wortel.bij_naam["metadata"].bij_naam["categorie_uitlevering"].kinderen
    metadata = {
        "deeldossier": "LAS",
        "pakketnaam": "Proefpakket",
        "pakketversie": "1",
        "datum": "2026-06-01",
        "standaardversie": "2019.1",
        "validatieversie": standaard("2019.1").validatieversie,
        "categorie_uitlevering": {categorie.naam: "OPTIONEEL" for categorie in categorieen},
        "overstap": "POPO",
    }
    school = {"naam": "School uit het record", "brincode": "14SS", "vestigingscode": "00", "aanleverpunt": "0"}
    return {
        "metadata": metadata,
        "overdrachtsoort": "overstapdossier",
        "huidigeschool": {**school, "leerling": leerling},
    }


def _schooljaar(groep: int) -> dict[str, str]:
    jaar = {"schooljaar": f"{2017 + groep}-{2018 + groep}", "groepscode": f"{groep}a", "jaargroep": str(groep)}
    return {**jaar, "brincode": "14SS", "vestigingscode": "00"}


def _toets(nummer: int) -> dict[str, Any]:
    return {
        "toetsidentificatie": {"eldtoetscode": "proef", "toetsnaam": f"Verzonnen toets {nummer}"},
        "afname": {"afnamedatum": f"{2022 + nummer // 10}-0{1 + nummer % 9}-15"},
        "resultaat": {"toetsscore": {"aantalopgaven": "40", "aantalgoed": str(nummer)}},
    }
