"""For each business rule the damage that makes it speak, as data; `test_regels.py` and `tests/guards.py` run it.

Damage is a mapping of paths to new values in the JSON form of a full, valid dossier; None removes. `leerling/` stands
for `huidigeschool/leerling/`; a number picks from a list. A case names the profile that it is done to, and what
else speaks because of the same damage.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.gegevensblok import Profiel

Damage = Mapping[str, Any]
BOTH = ("2018.1", "2019.1")
ADRES = {"soortadres": "bezoek", "straat": "Proefstraat", "nummer": "1", "postcode": "1234AB", "plaats": "Testdam"}
ADRESSEN = {"adres": [ADRES]}
PHONE = {"soort": "telefoon", "nummer": "0612345678"}
MAIL = {"soort": "e-mail", "nummer": "proef@voorbeeld.example"}


def numbers(*entries: Mapping[str, str]) -> dict[str, list[Mapping[str, str]]]:
    return {"communicatie": list(entries)}


@dataclass(frozen=True)
class Case:
    """`rule` is the key of the rule (`Regel.sleutel` or `CL.n`)."""

    rule: str
    profiel: Profiel
    damage: Damage
    also: tuple[str, ...] = ()
    versions: tuple[str, ...] = BOTH
    sheet: str = ""
    schema_valid: bool = True

    @property
    def codes(self) -> set[str]:
        """Everything that must speak, and nothing else may."""
        return {self.rule.split()[0], *self.also}

    def __str__(self) -> str:
        return f"{self.rule} {self.profiel}"


PROFILES = {"OVa": Profiel.POPO, "OVb": Profiel.BB_POPO, "PaO": Profiel.POSWV}


def _for(codes: str, where: str, damage: Damage, **more: Any) -> Iterator[Case]:
    """One case per id: `OVa.LL01 PaO.LL01` each in a profile of its own family."""
    for code in codes.split():
        yield Case(f"{code} {where}", PROFILES.get(code.partition(".")[0], Profiel.POPO), damage, **more)


SECRET = {"leerling/adresgeheim": "true", "leerling/adreslijst": None, "leerling/adresbuitenland": None}
OPEN = {"leerling/adresgeheim": "false"}
CARER = "leerling/verzorger/0/"
VO, ZORG_VO = Profiel.VOVO, Profiel.VOSWV
VSCHOOLS = {"codevoorschoolsprogramma": "1", "voorschoolsemaanden": "12"}
VROEG = [{"codevroegschoolsprogramma": "1", "vroegschoolsdatumingang": "2013-01-01"}]
VOMBO: Mapping[str, Any] = {
    "bevorderd": {"leerjaar": "11"},
    "examenresultaat": {"examenjaar": "2018"},
    "resultaatvakkenvo": [{"vakcode": "0011", "afgerond": "true", "examenvak": "true", "cijferce": "7.5"}],
    "certificaat": ["proefcertificaat"],
    "competenties": [{"competentiestatus": "beheerst"}],
    "stage": [{"soortstage": "snuffelstage"}],
    "overigvombo": dict.fromkeys(("beroepskeuzetest", "portfolio", "pop", "motivatiebrief", "lobdossier"), "true"),
}
EINDTOETS = "leerling/eindtoets_basisonderwijs"
RESULT = "leerling/toetslijst/toets/0/resultaat"


def hand_made() -> tuple[Case, ...]:
    """The rules that a person wrote; those made from the table follow below."""
    return tuple(case for group in (_file(), _pupil(), _blocks(), _persons(), _results(), _ours()) for case in group)


def _file() -> Iterator[Case]:
    yield from _for("OVa.MD01 OVb.MD01 PaO.MD01", "metadata/deeldossier", {"metadata/deeldossier": "LVS"})
    yield from _for("OG.02", "metadata/standaardversie", {"metadata/standaardversie": "2019.2"})
    yield from _for("OVa.MD02 OVb.MD02 PaO.MD02", "metadata/validatieversie", {"metadata/validatieversie": "2019.1"})
    none = {"metadata/categorie_uitlevering": None}
    yield from _for("OVa.MD03 OVb.MD03 PaO.MD03", "metadata/categorie_uitlevering", none)
    yield from _for("OVa.OS01 PaO.SO01", "metadata/overstap", {"metadata/overstap": None})
    yield from _for("OVa.OS02 PaO.SO02", "metadata/overstap", {"metadata/overstap": "VOMBO"})
    unknown = {"overdrachtsoort": "overstap"}
    yield from _for("OVa.OS03", "dossier/overdrachtsoort", unknown, also=("CL.29",))
    yield Case("OVa.OS03 dossier/overdrachtsoort", Profiel.POSWV, {}, sheet="OV")
    yield Case("PaO.SO03 dossier/overdrachtsoort", Profiel.POSWV, {"overdrachtsoort": "overstapdossier"}, sheet="PaO")
    yield from _for("OVa.IZ01", "dossier/inzage", {"inzage": None}, also=("OS.cat02",), versions=("2019.1",))
    yield from _for("OVa.IZ01", "dossier/inzage", {"inzage": None}, versions=("2018.1",))
    yield from _for("OVa.IZ02", "dossier/inzage/inzage", {"inzage/inzage": None})
    yield from _for("OVa.IZ02", "dossier/inzage/inzage", {"inzage/inzage": "0"})
    yield from _for("OVa.IZ03", "dossier/inzage/inzagedatum", {"inzage/inzage": "1", "inzage/inzagedatum": None})
    yield from _for("OVa.IZ04", "dossier/inzage/akkoord", {"inzage/akkoord": None})
    yield Case("OVa.IZ05 dossier/inzage/toestemming", VO, {"inzage/toestemming": None})
    yield from _for("OVa.SL01 PaO.SL01", "huidigeschool/adreslijst", {"huidigeschool/adreslijst": None})
    yield from _for("OVa.SL02 PaO.SL02", "huidigeschool/communicatielijst", {"huidigeschool/communicatielijst": None})


def _pupil() -> Iterator[Case]:
    yield from _for("OVa.LL01 PaO.LL01", "leerling/voornaam", {"leerling/voornaam": None})
    yield from _for("OVa.LL02 PaO.LL02", "leerling/geboortedatum", {"leerling/geboortedatum": None})
    month = {"leerling/geboortedatum": None, "leerling/geboortemaand": "2010-05"}
    yield from _for("OVb.LL01", "leerling/geboortemaand", month)
    yield from _for("OVa.LL03", "leerling/geboortemaand", month, also=("OVa.LL02",))
    yield from _for("PaO.LL03", "leerling/geboortemaand", month, also=("PaO.LL02",))
    yield from _for("OVa.LL04 PaO.LL04", "leerling/adresgeheim", {"leerling/adresgeheim": None})
    yield from _for("OVa.LL05 PaO.LL05", "leerling/adreslijst", SECRET | OPEN)
    yield from _for("OVa.LL06 OVb.LL02 PaO.LL06", "leerling/adreslijst", SECRET | {"leerling/adreslijst": ADRESSEN})
    short = SECRET | OPEN | {"leerling/postcode4adres": "1234", "leerling/adresbuitenland": ["Teststraat 1, Gent"]}
    yield from _for("OVa.LL07 OVb.LL03 PaO.LL07", "leerling/postcode4adres", short)
    for number in (PHONE, MAIL):
        secret = {"huidigeschool/communicatielijst": numbers({**number, "geheim": "true"})}
        yield from _for("OVa.LL08 OVb.LL04 PaO.LL08", "communicatie/nummer", secret)
        secret = {f"{CARER}communicatielijst": numbers({**number, "geheim": "1"})}
        yield from _for("OVa.LL08 OVb.LL04 PaO.LL08", "communicatie/nummer", secret)
    foreign = SECRET | {"leerling/adresbuitenland": ["Teststraat 1, Gent"]}
    yield from _for("OVa.LL09 OVb.LL05 PaO.LL09", "leerling/adresbuitenland", foreign)
    place, nationality = {"leerling/geboorteplaats": "Testdam"}, {"leerling/nationaliteit": ["0001"]}
    yield from _for("OVa.LL10 PaO.LL10", "leerling/geboorteplaats", place)
    yield from _for("OVb.LL10", "leerling/geboorteplaats", place, versions=("2019.1",))
    yield from _for("OVa.LL11 PaO.LL11", "leerling/nationaliteit", nationality)
    yield from _for("OVb.LL11", "leerling/nationaliteit", nationality, versions=("2019.1",))
    yield from _for("OVa.LL12", "leerling/bsn", {"leerling/bsn": None, "leerling/onderwijsnummer": None})
    yield from _for("PaO.LL12", "leerling/bsn", {"leerling/bsn": "662460613"})
    yield from _for("PaO.LL12", "leerling/onderwijsnummer", {"leerling/onderwijsnummer": "101211151"})
    yield Case("OVa.LL13 leerling/leerlingid", Profiel.POVO, {"leerling/leerlingid": None})
    yield from _for("OVa.LL14", "leerling/datuminschrijving", {"leerling/datuminschrijving": None})
    yield Case("OVa.LL15 leerling/verzorgersaansprakelijk", VO, {"leerling/verzorgersaansprakelijk": None})


def _blocks() -> Iterator[Case]:
    nobody = {"leerling/verzorgersaansprakelijk": "false", "leerling/aansprakelijkeinstelling": None}
    for profiel in (Profiel.POPO, Profiel.POVO):
        yield Case("OVa.AI01 leerling/aansprakelijkeinstelling", profiel, nobody)
    no_carer = {"leerling/verzorgersaansprakelijk": "true", "leerling/verzorger": None}
    yield from _for("OVa.OV01 PaO.OV01", "leerling/verzorger", no_carer)
    career, advice = {"leerling/schoolloopbaanlijst": None}, {"leerling/overstapadvies": None}
    yield from _for("OVa.SL01 PaO.SL01", "leerling/schoolloopbaanlijst", career, versions=("2018.1",))
    also = ("OS.cat07",)
    yield from _for("OVa.SL01 PaO.SL01", "leerling/schoolloopbaanlijst", career, versions=("2019.1",), also=also)
    yield from _for("OVa.OA01", "leerling/overstapadvies", advice, versions=("2018.1",))
    yield from _for("OVa.OA01", "leerling/overstapadvies", advice, versions=("2019.1",), also=("OS.cat08",))
    playgroup = {"vanpeuterspeelzaal": "true", "naampeuterspeelzaal": "De Proef"}
    vve = {**playgroup, "voorschools": VSCHOOLS, "vroegschools": VROEG}
    optional = {"metadata/categorie_uitlevering/cat_vve": "OPTIONEEL"}
    for number, name in enumerate(("voorschools", "vroegschools"), start=1):
        for profiel in (Profiel.POVO, VO):
            yield Case(f"OVa.VV{number:02} leerling/{name}", profiel, optional | {f"leerling/{name}": vve[name]})
    for number, name in enumerate(vve, start=1):
        yield Case(f"PaO.VV{number:02} leerling/{name}", ZORG_VO, optional | {f"leerling/{name}": vve[name]})
    optional = {"metadata/categorie_uitlevering/cat_vombo": "OPTIONEEL"}
    for number, name in enumerate(VOMBO, start=1):
        damage = optional | {f"leerling/{name}": VOMBO[name]}
        yield Case(f"PaO.VM{number:02} leerling/{name}", Profiel.POSWV, damage)
    final = {"metadata/categorie_uitlevering/cat_eindtoetsbo": "OPTIONEEL", EINDTOETS: {"deelgenomen": "true"}}
    yield from _for("PaO.EB01", "leerling/eindtoets_basisonderwijs", final)


def _persons() -> Iterator[Case]:
    for address in (
        "a@b",
        "proef.example",
        "proef@",
        "@voorbeeld.example",
        "proef@-x.example",
        "p" * 247 + "@x.example",
    ):
        damage = {f"{CARER}communicatielijst": numbers({"soort": "e-mail", "nummer": address})}
        yield from _for("OG.01", "communicatie/nummer", damage)
    lwoo = "leerling/zorg/lwoo/lwoo_einddatum"
    yield from _for("OG.03", "lwoo/lwoo_einddatum", {lwoo: "2020-06-30"}, versions=("2018.1",), schema_valid=False)
    lwoo = "leerling/onderwijsondersteuning/lwoo/lwoo_einddatum"
    yield from _for("OG.03", "lwoo/lwoo_einddatum", {lwoo: "2020-06-30"}, versions=("2019.1",), schema_valid=False)
    dead = {f"{CARER}overlijdensdatum": "2015-01-01"}
    for overleden in (None, "false"):
        yield from _for("OG.04", "verzorger/overlijdensdatum", dead | {f"{CARER}overleden": overleden})
    doctor = {"roepnaam": "Zoë", "geslacht": "1", "adresgeheim": "true"}
    for name, value in doctor.items():
        yield from _for("OG.05", f"huisarts/{name}", {f"leerling/huisarts/{name}": value}, versions=("2019.1",))
    secret = {f"{CARER}adresgeheim": "1", f"{CARER}adreslijst": ADRESSEN}
    yield from _for("OVa.OV03 OVb.OV01 PaO.OV03", "verzorger/adreslijst", secret)
    yield from _for("PaO.OV05", "verzorger/banknummer", {f"{CARER}banknummer": "123456789"})
    advice = "leerling/overstapadvies/"
    yield Case("OVa.OA02 overstapadvies/advies", Profiel.POVO, {f"{advice}advies": None, "huidigeschool/soort": "BO"})
    yield from _for("OVa.OA03", "overstapadvies/contactnodig", {f"{advice}contactnodig": None})
    needed = {f"{advice}contactnodig": "1"}
    yield from _for("OVa.OA04", "overstapadvies/contactpersoon", needed | {f"{advice}contactpersoon": None})
    yield from _for("OVa.OA05", "overstapadvies/contacttelefoon", needed | {f"{advice}contacttelefoon": None})


def _results() -> Iterator[Case]:
    lgf = {"leerling/zorg": {"lgf": [{"lgfdatum": "2012-01-01", "codelgfonderwijssoort": "11"}]}}
    old = ("2018.1",)
    yield from _for("OVa.ZB01", "zorg/naamib", lgf, versions=old)
    vir, zat = {"leerling/zorg/vir": {"ingevoerdinvir": "true"}}, {"leerling/zorg/zat": {"besprokeninzat": "true"}}
    yield from _for("OVa.ZB02 PaO.ZB01", "zorg/vir", vir, versions=old)
    yield from _for("PaO.ZB02", "zorg/zat", zat, versions=old)
    where = "eindtoets_basisonderwijs/eindtoetsresultaat"
    yield from _for("OVa.EB02", where, {EINDTOETS: {"deelgenomen": "true"}})
    yield from _for("OVa.EB03", where, {EINDTOETS: {"deelgenomen": "false"}})
    no_advice = {f"{EINDTOETS}/deelgenomen": "1", f"{EINDTOETS}/eindtoetsresultaat/toets_advies": None}
    yield from _for("OVa.EB04", "eindtoetsresultaat/toets_advies", no_advice)
    too_old = {"leerling/toetslijst/toets/0/afname/afnamedatum": "2016-07-31"}
    for profiel in (Profiel.POVO, Profiel.BB_POVO):
        yield Case("OVa.TR04 afname/afnamedatum", profiel, too_old)
    yield from _for("OVa.TR05 PaO.TR01", "resultaat/toetsscore", {RESULT: {}})
    yield from _for("OVa.TR06 PaO.TR02", "toetsscore/aantalgoed", {RESULT: {"toetsscore": {}}})
    mark: Damage = {"leerling/cijferlijstlijst/cijferlijst/0/cijferlijstTypelijst/0/score": [{}]}
    yield from _for("OVa.CL01 PaO.CL01", "score/waarde", mark)


def _ours() -> Iterator[Case]:
    optional = {"metadata/categorie_uitlevering/cat_vve": "OPTIONEEL"}
    for profiel in (Profiel.POVO, VO):
        for name, value in (("vanpeuterspeelzaal", "true"), ("naampeuterspeelzaal", "De Proef")):
            damage = optional | {f"leerling/{name}": value}
            yield Case(f"OSO.VVE leerling/{name}", profiel, damage, also=("OSO.STATUS",))
    optional = {"metadata/categorie_uitlevering/cat_vombo": "OPTIONEEL"}
    for profiel in (Profiel.POPO, Profiel.POVO):
        for name, value in VOMBO.items():
            damage = optional | {f"leerling/{name}": value}
            yield Case(f"OSO.VOMBO leerling/{name}", profiel, damage, also=("OSO.STATUS",))
    yield from _for("OSO.PGN", "leerling/bsn", {"leerling/onderwijsnummer": None, "leerling/bsn": "123456789"})
    yield from _for("OSO.PGN", "leerling/bsn", {"leerling/onderwijsnummer": None, "leerling/bsn": "12345678"})
    number = {"leerling/bsn": None, "leerling/onderwijsnummer": "101211152"}
    yield from _for("OSO.PGN", "leerling/onderwijsnummer", number)
    nobody = dict.fromkeys(
        ("leerling/verzorgersaansprakelijk", "leerling/verzorger", "leerling/aansprakelijkeinstelling")
    )
    care = {"leerling/zorg": None, "leerling/sefunctioneren": None}
    optional = {"metadata/categorie_uitlevering/cat_oudersverzorgers": "OPTIONEEL"}
    support = {"metadata/categorie_uitlevering/cat_onderwijsondersteuning": "OPTIONEEL"}
    for profiel in (Profiel.POPO, Profiel.POVO, Profiel.VOVO):
        where = "categorie_uitlevering/cat_zorgenbegeleiding"
        yield Case(f"OSO.ONDERSTEUNING {where}", profiel, care, versions=("2018.1",))
    for profiel in (Profiel.POSWV, ZORG_VO):
        where = "huidigeschool/leerling"
        yield Case(f"OSO.VERZORGERS {where}", profiel, nobody, versions=("2018.1",))
        yield Case(f"OSO.VERZORGERS {where}", profiel, nobody | optional, versions=("2019.1",), also=("OSO.STATUS",))
        yield Case(f"OSO.ONDERSTEUNING {where}", profiel, care, versions=("2018.1",))
        yield Case(
            f"OSO.ONDERSTEUNING {where}",
            profiel,
            support | {"leerling/onderwijsondersteuning": None},
            versions=("2019.1",),
            also=("OSO.STATUS",),
        )
