"""Any record that a school may put: valid in structure, and otherwise as schools are.

The dossier of another profile, a tree that obeys no rule at all, or one that was good and then spoiled: secret
addresses that are still there, fields that no overstapdossier may hold, old tests, statuses of somebody else, broken
attachments, the PDF of an earlier exchange, or something missing that nobody but the school can fill in.
"""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.bijlagen import maak_bijlage
from chalicelib.gegevensset.samenstellen import EIGEN_PDF
from chalicelib.gegevensset.tabel import Standaard
from tests.property.dossier_maker import chosen_blocks
from tests.property.obey import obey
from tests.property.tree_maker import Maker, Waarden
from tests.property.values import BSN, attachment, some_day

SECRET_STREET = "Geheimeweg"
SECRET_NUMBER = "0600000099"
SECRET_MAIL = "verborgen@voorbeeld.example"
_MISSING = (
    "voornaam", "geboortedatum", "adresgeheim", "adreslijst", "datuminschrijving", "verzorgersaansprakelijk",
    "verzorger", "schoolloopbaanlijst", "bsn",
)  # fmt: skip

Spoiler = Callable[[Waarden, Maker], None]


def make_record(standaard: Standaard, rng: Random, today: date) -> Waarden:
    """A record, and never twice the same."""
    fullness = rng.choice((0.0, 0.15, 0.4, 0.7, 1.0))
    profiel = rng.choice(list(Profiel))
    maker = Maker(standaard, profiel, rng, fullness, most=2, today=today)
    record = maker.block(standaard.wortel)
    if rng.random() < 0.85:
        record = obey(record, maker, chosen_blocks(standaard, profiel, rng, fullness))
    pupil = record["huidigeschool"]["leerling"]
    if not {"bsn", "onderwijsnummer"} & set(pupil) or not _good_number(pupil):
        pupil.pop("onderwijsnummer", None)
        pupil["bsn"] = rng.choice(BSN)
    if rng.random() < 0.8:
        _complete(record, maker)
    for spoil in rng.sample(_SPOILERS, rng.randint(0, 4)):
        spoil(record, maker)
    return record


def _good_number(pupil: Waarden) -> bool:
    return pupil.get("bsn") in BSN or pupil.get("onderwijsnummer") == "101211151"


def _set(record: Waarden, maker: Maker, name: str) -> bool:
    """Give the pupil an element, in the place of what the schema allows instead of it; False: this version has none."""
    fields = maker.standaard.wortel.bij_naam["huidigeschool"].bij_naam["leerling"].bij_naam
    if name not in fields:
        return False
    field = fields[name]
    for other in fields.values():
        if field.keuze and other.keuze == field.keuze:
            _pupil(record).pop(other.naam, None)
    _pupil(record)[name] = maker.value(field)
    return True


def _complete(record: Waarden, maker: Maker) -> None:
    """What every overstap asks of the school itself: most records have it."""
    pupil = _pupil(record)
    for name in ("voornaam", "geboortedatum", "datuminschrijving", "schoolloopbaanlijst", "verzorger"):
        if name not in pupil:
            _set(record, maker, name)
    pupil |= {"adresgeheim": pupil.get("adresgeheim", "false"), "verzorgersaansprakelijk": "true"}
    if "adreslijst" not in pupil:
        _set(record, maker, "adreslijst")
    for carer in pupil["verzorger"]:
        if "overlijdensdatum" in carer:
            carer["overleden"] = "true"
    _numbers(record, maker)


def _address(street: str) -> Waarden:
    return {"soortadres": "gba", "straat": street, "nummer": "7", "postcode": "0000ZZ", "plaats": "Nergens"}


def _numbers(record: Waarden, maker: Maker) -> None:
    """Numbers that fit their kind, for whoever the tree gave some other text."""
    for one in _communications(record):
        one["nummer"] = "0600000001" if one["soort"] == "telefoon" else "proef@voorbeeld.example"


def _communications(tree: Any) -> list[Waarden]:
    if isinstance(tree, list):
        return [one for part in tree for one in _communications(part)]
    if not isinstance(tree, dict):
        return []
    own = tree["communicatie"] if isinstance(tree.get("communicatie"), list) else []
    return own + [one for name, part in tree.items() if name != "communicatie" for one in _communications(part)]


def _pupil(record: Waarden) -> Waarden:
    pupil: Waarden = record["huidigeschool"]["leerling"]
    return pupil


def _secret_address(record: Waarden, maker: Maker) -> None:
    """15.32: marked as secret, and there all the same."""
    pupil = _pupil(record)
    people = [pupil, *pupil.get("verzorger", []), *([pupil["huisarts"]] if "huisarts" in pupil else [])]
    for person in people:
        if maker.rng.random() < 0.7:
            person |= {"adresgeheim": maker.rng.choice(("true", "1"))}
            person["adreslijst"] = {"adres": [_address(SECRET_STREET)]}


def _secret_number(record: Waarden, maker: Maker) -> None:
    for one in _communications(record):
        secret = SECRET_NUMBER if one["soort"] == "telefoon" else SECRET_MAIL
        one |= {"geheim": maker.rng.choice(("true", "1")), "nummer": secret}


def _forbidden_fields(record: Waarden, maker: Maker) -> None:
    """15.33 and what no profile allows."""
    rare = ("geboortemaand", "postcode4adres")  # in the place of what is mandatory, so mostly the end of the story
    for name in ("geboorteplaats", "nationaliteit", *(name for name in rare if maker.rng.random() < 0.1)):
        _set(record, maker, name)


def _doctor(record: Waarden, maker: Maker) -> None:
    if not _set(record, maker, "huisarts"):
        return
    doctor = _pupil(record)["huisarts"]
    doctor |= {"roepnaam": "Dokter", "geslacht": "1", "adresgeheim": "true"}
    _numbers({"communicatielijst": doctor.get("communicatielijst", {})}, maker)


def _of_other_profiles(record: Waarden, maker: Maker) -> None:
    """VVE, VO-MBO and cijferlijsten, whatever the record is for."""
    for blok in ("vve", "vombo", "cijferlijsten"):
        for pad in maker.standaard.blok[blok].paden:
            _set(record, maker, pad[-1])
    for mark in _every(_pupil(record), "score"):
        mark.setdefault("waarde", "7")


def _every(tree: Any, name: str) -> list[Waarden]:
    if isinstance(tree, list):
        return [one for part in tree for one in _every(part, name)]
    if not isinstance(tree, dict):
        return []
    found = tree.get(name)
    own = [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, dict)]
    return own + [one for part in tree.values() for one in _every(part, name)]


def _old_tests(record: Waarden, maker: Maker) -> None:
    for one in _every(_pupil(record), "afname"):
        if maker.rng.random() < 0.7:
            one["afnamedatum"] = some_day(maker.rng, date(2005, 1, 1), maker.today) + maker.rng.choice(("", "Z"))


def _metadata_of_another(record: Waarden, maker: Maker) -> None:
    metadata = record["metadata"]
    metadata |= {"standaardversie": "2017.9", "validatieversie": "x", "datum": "2001-01-01", "overstap": "POSWV"}
    metadata |= {"deeldossier": "LVS", "pakketnaam": "Ander pakket"}
    for name in metadata.get("categorie_uitlevering", {}):
        metadata["categorie_uitlevering"][name] = maker.rng.choice(("VERPLICHT", "OPTIONEEL", "VERBODEN", "OPT-UIT"))
    record["overdrachtsoort"] = "swv-dossier"


def _inzage_of_another(record: Waarden, maker: Maker) -> None:
    record["inzage"] = {"voorlopigdossier": "true", "inzage": "true", "inzagedatum": "2001-01-01", "akkoord": "Ja"}


def _earlier_pdf(record: Waarden, maker: Maker) -> None:
    """The dossier that this pupil came with, as the last bijlage: somebody else's PDF, under our description."""
    pdf = maak_bijlage("OSO-99EF-eerder.pdf", b"%PDF-1.4 eerder %%EOF", EIGEN_PDF)
    documents = _pupil(record).setdefault("overigdocumentlijst", {"document": []})["document"]
    documents += [attachment(maker.rng), pdf]


def _broken_attachment(record: Waarden, maker: Maker) -> None:
    for document in _every(_pupil(record), "document"):
        document["bestandsinhoud"] = maker.rng.choice(("AAAA", "UEsDBA==", "geen base64"))


def _nothing_optional(record: Waarden, maker: Maker) -> None:
    for name in ("overstapadvies", "overigdocumentlijst", "toetslijst", "leerlingid", "verzuim"):
        _pupil(record).pop(name, None)
    record.pop("inzage", None)


def _something_missing(record: Waarden, maker: Maker) -> None:
    """Something that only the school can fill in: collecting must be refused, or the profile does not ask for it."""
    for name in maker.rng.sample(_MISSING, 2):
        _pupil(record).pop(name, None)
        if name == "adresgeheim":  # nobody says any more that the address is secret, so it is not
            _pupil(record).pop("adreslijst", None)


def _foreign_address(record: Waarden, maker: Maker) -> None:
    _set(record, maker, "adresbuitenland")
    _pupil(record)["adresgeheim"] = "true"


_SPOILERS: tuple[Spoiler, ...] = (
    _secret_address,
    _secret_number,
    _forbidden_fields,
    _doctor,
    _of_other_profiles,
    _old_tests,
    _metadata_of_another,
    _inzage_of_another,
    _earlier_pdf,
    _broken_attachment,
    _nothing_optional,
    _something_missing,
    _foreign_address,
)
