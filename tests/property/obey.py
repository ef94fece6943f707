"""Make a random tree obey the business rules: the profile's blocks and fields, and what must agree with what."""

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.gegevensblok import Eis
from chalicelib.domain.termijnen import toets_venster
from chalicelib.gegevensset.tabel import Element
from tests.property.tree_maker import Maker, Waarden
from tests.property.values import BSN, ONDERWIJSNUMMER, some_day

_TRUE = ("true", "1")
_SECRET = {"telefoon": "9999999999", "e-mail": "geheim@geheim.geheim"}


def obey(dossier: Waarden, maker: Maker, chosen: frozenset[str]) -> Waarden:
    """The same dossier, changed in place until no rule of `intended` has anything to say."""
    _file(dossier, maker)
    _blocks(dossier, maker, chosen)
    leerling = dossier["huidigeschool"]["leerling"]
    _pupil(leerling, maker)
    _fields_of_profile(dossier, leerling, maker)
    for name, fix in _AGREEMENTS.items():
        for block in _every(dossier, name):
            fix(block, maker)
    return dossier


def _file(dossier: Waarden, maker: Maker) -> None:
    profiel, metadata = maker.profiel, dossier["metadata"]
    metadata |= {
        "deeldossier": maker.rng.choice(("LAS", "LASLVS")),
        "datum": maker.today.isoformat(),
        "standaardversie": maker.standaard.versie,
        "validatieversie": maker.standaard.validatieversie,
        "overstap": profiel.overstap,
    }
    if profiel.binnen_brin and profiel.overstap == "POPO" and maker.rng.random() < 0.3:
        del metadata["overstap"]
    dossier["overdrachtsoort"] = profiel.overdrachtsoort


def _blocks(dossier: Waarden, maker: Maker, chosen: frozenset[str]) -> None:
    """Remove the data of what is not chosen, see to data for what is mandatory, write the statuses."""
    statuses = {}
    for blok in maker.standaard.blokken:
        eis = blok.eisen[maker.profiel]
        if blok.naam not in chosen:
            for pad in blok.paden:
                _remove(dossier, pad)
        elif eis is Eis.VERPLICHT and not any(_has(dossier, pad) for pad in blok.paden):
            ensure(dossier, maker, *blok.paden[0])
        optional = "OPTIONEEL" if blok.naam in chosen else "OPT-UIT"
        statuses[f"cat_{blok.naam}"] = optional if eis is Eis.OPTIONEEL else eis.value
    dossier["metadata"]["categorie_uitlevering"] = statuses


def _has(tree: Waarden, path: tuple[str, ...]) -> bool:
    for name in path[:-1]:
        tree = tree.get(name, {})
    return path[-1] in tree


def _remove(tree: Waarden, path: tuple[str, ...]) -> None:
    for name in path[:-1]:
        tree = tree.get(name, {})
    tree.pop(path[-1], None)


def _field(root: Element, path: tuple[str, ...]) -> Element:
    for name in path:
        root = root.bij_naam[name]
    return root


def ensure(dossier: Waarden, maker: Maker, *path: str) -> Any:
    """The value at a path from the dossier through blocks that occur once, made where it is absent."""
    tree = dossier
    for name in path[:-1]:
        tree = tree.setdefault(name, {})
    if path[-1] not in tree:
        tree[path[-1]] = maker.value(_field(maker.standaard.wortel, path))
    return tree[path[-1]]


def _pupil(leerling: Waarden, maker: Maker) -> None:
    """What no profile allows, and the number."""
    for name in ("geboortemaand", "postcode4adres", "bsn", "onderwijsnummer"):
        leerling.pop(name, None)
    if not (maker.profiel.binnen_brin and maker.standaard.versie == "2018.1"):
        leerling.pop("geboorteplaats", None)
        leerling.pop("nationaliteit", None)
    if not maker.profiel.zorgvraag:
        leerling |= maker.rng.choice(({"bsn": maker.rng.choice(BSN)}, {"onderwijsnummer": ONDERWIJSNUMMER}))


def _fields_of_profile(dossier: Waarden, leerling: Waarden, maker: Maker) -> None:
    def needs(*names: str) -> None:
        for name in names:
            ensure(dossier, maker, "huidigeschool", "leerling", name)

    if not maker.profiel.binnen_brin:
        needs("voornaam", "geboortedatum", "adresgeheim")
        ensure(dossier, maker, "huidigeschool", "adreslijst")
        ensure(dossier, maker, "huidigeschool", "communicatielijst")
    if maker.profiel in ("POPO", "POVO", "VOVO"):
        needs("leerlingid", "datuminschrijving", "verzorgersaansprakelijk")
        dossier["inzage"] |= {"inzage": "true", "inzagedatum": maker.today.isoformat(), "akkoord": "Ja"}
        ensure(dossier, maker, "inzage", "toestemming")
        for name in ("advies", "contactnodig", "contactpersoon", "contacttelefoon"):
            ensure(dossier, maker, "huidigeschool", "leerling", "overstapadvies", name)
    if leerling.get("adresgeheim") in _TRUE:
        leerling.pop("adreslijst", None)
        leerling.pop("adresbuitenland", None)
    elif not maker.profiel.binnen_brin and "adresbuitenland" not in leerling:
        needs("adreslijst")
    if leerling.get("verzorgersaansprakelijk") in _TRUE:
        needs("verzorger")
    elif maker.profiel in ("POPO", "POVO"):
        needs("aansprakelijkeinstelling")


def _every(tree: Any, name: str) -> Iterator[Waarden]:
    """Every block of that name, wherever it stands."""
    for item in tree if isinstance(tree, list) else [tree]:
        if not isinstance(item, dict):
            continue
        for key, value in item.items():
            if key == name:
                yield from (block for block in (value if isinstance(value, list) else [value]) if _is_block(block))
            yield from _every(value, name)


def _is_block(value: Any) -> bool:
    return isinstance(value, dict) and "#text" not in value


def _communication(block: Waarden, maker: Maker) -> None:
    number = f"06{maker.rng.randrange(10**8):08}"
    block["nummer"] = number if block["soort"] == "telefoon" else f"proef.{number}@voorbeeld.example"
    if block.get("geheim") in _TRUE:
        block["nummer"] = _SECRET[block["soort"]]


def _carer(block: Waarden, maker: Maker) -> None:
    if block.get("adresgeheim") in _TRUE:
        block.pop("adreslijst", None)
    if "overlijdensdatum" in block:
        block["overleden"] = "true"
    if maker.profiel.zorgvraag:
        block.pop("banknummer", None)


def _doctor(block: Waarden, _: Maker) -> None:
    block.pop("roepnaam", None)
    block.pop("geslacht", None)
    if "adresgeheim" in block:
        block["adresgeheim"] = "false"


def _care(block: Waarden, maker: Maker) -> None:
    if "lgf" in block:
        block.setdefault("naamib", "Zoë Voorbeeld")
    if not maker.profiel.binnen_brin:
        block.pop("vir", None)
    if maker.profiel.zorgvraag:
        block.pop("zat", None)


def _final_test(block: Waarden, maker: Maker) -> None:
    if "eindtoetsresultaat" not in block:
        path = ("huidigeschool", "leerling", "eindtoets_basisonderwijs", "eindtoetsresultaat")
        block["eindtoetsresultaat"] = maker.value(_field(maker.standaard.wortel, path))
    if block["deelgenomen"] in _TRUE:
        block["eindtoetsresultaat"].setdefault("toets_advies", "havo of vwo")


def _taken(block: Waarden, maker: Maker) -> None:
    block["afnamedatum"] = some_day(maker.rng, toets_venster(maker.today), maker.today)


def _result(block: Waarden, _: Maker) -> None:
    if not block.keys() & {"toetsscore", "referentiescore", "document"}:
        block["toetsscore"] = {}


def _score(block: Waarden, _: Maker) -> None:
    if not block.keys() - {"codevaardigheidsschaal", "betrouwbaarheidsinterval"}:
        block["aantalgoed"] = "7"


def _mark(block: Waarden, _: Maker) -> None:
    if not block:
        block["waarde"] = "7,5"


_AGREEMENTS = {
    "communicatie": _communication,
    "verzorger": _carer,
    "huisarts": _doctor,
    "zorg": _care,
    "eindtoets_basisonderwijs": _final_test,
    "afname": _taken,
    "resultaat": _result,
    "toetsscore": _score,
    "score": _mark,
}
