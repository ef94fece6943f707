"""What lies just inside the rules: none of these makes a rule speak, and the modes differ where they should."""

from typing import Any

import pytest

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.regels import Modus, bevindingen
from chalicelib.gegevensset.tabel import VERSIES, standaard
from tests.unit.full_dossier import damage, full, tree
from tests.unit.rule_cases import CARER, MAIL, PHONE, SECRET, Damage, numbers
from tests.unit.table_cases import coded_fields

POPO, POVO, VOVO, BB, POSWV = Profiel.POPO, Profiel.POVO, Profiel.VOVO, Profiel.BB_POPO, Profiel.POSWV
MAILS = "huidigeschool/communicatielijst"
TAKEN = "leerling/toetslijst/toets/0/afname/afnamedatum"
NUMBERS: Damage = {"leerling/bsn": None, "leerling/onderwijsnummer": None}
SILENT: tuple[tuple[str, Profiel, Damage], ...] = (
    ("a secret address that is left out", POPO, SECRET),
    (
        "a foreign address instead of a Dutch one",
        POPO,
        {"leerling/adreslijst": None, "leerling/adresbuitenland": ["Gent"]},
    ),
    ("a secret phone replaced", POPO, {MAILS: numbers({**PHONE, "nummer": "9999999999", "geheim": "true"})}),
    ("a secret mail replaced", POPO, {MAILS: numbers({**MAIL, "nummer": "geheim@geheim.geheim", "geheim": "1"})}),
    ("a number that is said to be open", POPO, {MAILS: numbers({**PHONE, "geheim": "0"})}),
    ("OG.01 looks at the end of an address only", POPO, {MAILS: numbers({**MAIL, "nummer": "a b,c@d@e.nl"})}),
    ("OG.01 needs no dot", POPO, {MAILS: numbers({**MAIL, "nummer": "ab@c"})}),
    ("OG.01 takes 256 characters", POPO, {MAILS: numbers({**MAIL, "nummer": "p" * 245 + "@school.nl"})}),
    ("a phone number may look like anything", POPO, {MAILS: numbers({**PHONE, "nummer": "x"})}),
    ("a boolean between blanks", POPO, {"leerling/adresgeheim": " false "}),
    ("no agreement", POPO, {"inzage/akkoord": "Nee", "inzage/toestemming": "Nee", "inzage/voorlopigdossier": "true"}),
    ("no consent needed but in VOVO", POVO, {"inzage/toestemming": None}),
    ("no key needed but in POVO", POPO, {"leerling/leerlingid": None}),
    (
        "VOVO may have nobody who is liable",
        VOVO,
        {"leerling/verzorgersaansprakelijk": "0", "leerling/aansprakelijkeinstelling": None},
    ),
    ("an onderwijsnummer instead of a BSN", POPO, {**NUMBERS, "leerling/onderwijsnummer": "101211151"}),
    ("no number binnen BRIN", BB, NUMBERS),
    ("no overstap binnen BRIN", BB, {"metadata/overstap": None}),
    ("any overstap binnen BRIN", BB, {"metadata/overstap": "WECMBO"}),
    ("no inzage binnen BRIN", BB, {"inzage": None}),
    ("no inzage in a zorgvraag", POSWV, {"inzage": None}),
    (
        "no advice from a school for special education",
        POVO,
        {"leerling/overstapadvies/advies": None, "huidigeschool/soort": "SO"},
    ),
    (
        "contact needed for nobody",
        POPO,
        {"leerling/overstapadvies/contactnodig": "0", "leerling/overstapadvies/contactpersoon": None},
    ),
    ("the first day of the window", POVO, {TAKEN: "2016-08-01"}),
    ("the first day of the window, with a time zone", POVO, {TAKEN: "2016-08-01+02:00"}),
    ("an old test in POPO", POPO, {TAKEN: "2012-01-01"}),
    ("a date of death of who died", POPO, {f"{CARER}overleden": "1", f"{CARER}overlijdensdatum": "2015-01-01"}),
    ("an IBAN in a zorgvraag", POSWV, {f"{CARER}iban": "NL91ABNA0417164300"}),
    ("a place of work with codes of its own", VOVO, {"leerling/bevorderd/leerjaar": "99"}),
)


@pytest.mark.parametrize("version", VERSIES)
@pytest.mark.parametrize(("profiel", "change"), [row[1:] for row in SILENT], ids=[row[0] for row in SILENT])
def test_what_is_allowed_stays_silent(profiel: Profiel, change: Damage, version: str) -> None:
    assert _codes(profiel, change, version) == []


def _codes(profiel: Profiel, change: Damage, version: str, mode: Modus = "intended") -> list[str]:
    root = tree(damage(full(version, profiel), change), version)
    return [finding.code for finding in bevindingen(root, standaard(version), mode)]


@pytest.mark.parametrize("version", VERSIES)
def test_every_code_of_every_list_is_accepted(version: str) -> None:
    """In binnen BRIN, where most is allowed; the fields with a rule of their own are left to that rule."""
    own_rule = {"deeldossier", "overdrachtsoort"}
    first = {f.codelijst: p for p, f in reversed(list(coded_fields(standaard(version)))) if f.naam not in own_rule}
    for number, path in first.items():
        if "cat_" in path or number is None:
            continue
        for code in standaard(version).codelijsten[number].codes:
            assert f"CL.{number}" not in _codes(BB, {path: code}, version, "official"), f"{path}={code}"


@pytest.mark.parametrize("wrong", [" 1", "1 ", "01", ""])
def test_codes_are_compared_as_text(wrong: str) -> None:
    assert _codes(POPO, {f"{CARER}relatietotkind": wrong}, "2019.1", "official") == ["CL.41"]


def test_a_code_of_2019_is_unknown_in_2018() -> None:
    for version, care, expected in (("2019.1", "onderwijsondersteuning", []), ("2018.1", "zorg", ["CL.23"])):
        code: Any = ["F43.2"] if version == "2019.1" else "F43.2"
        assert _codes(BB, {f"leerling/{care}/diagnose": [{"code": code}]}, version) == expected


def test_birthplace_and_nationality_may_go_binnen_brin_in_2018() -> None:
    change = {"leerling/geboorteplaats": "Testdam", "leerling/nationaliteit": ["0001"]}
    assert _codes(BB, change, "2018.1") == []
    assert _codes(BB, change, "2019.1") == ["OVb.LL10", "OVb.LL11"]


def test_only_opt_out_is_checked_in_2018() -> None:
    for status in ("VERBODEN", "OPTIONEEL", "VERPLICHT"):
        assert _codes(BB, {"metadata/categorie_uitlevering/cat_verzuim": status}, "2018.1", "official") == []
    nothing = {"metadata/categorie_uitlevering/cat_verzuim": "VERPLICHT", "leerling/verzuim": None}
    assert _codes(BB, nothing, "2018.1", "official") == []


def test_plans_alone_are_no_onderwijsondersteuning() -> None:
    plans = {"handelingsplan": [{"startdatum": "2019-01-01", "isgerichtop": "rekenen"}]}
    out = {"metadata/categorie_uitlevering/cat_onderwijsondersteuning": "OPT-UIT"}
    assert _codes(BB, out | {"leerling/onderwijsondersteuning": plans}, "2019.1") == []


def test_four_faults_of_one_mail_address_are_one_finding() -> None:
    change = {MAILS: numbers({"soort": "e-mail", "nummer": "a"})}
    assert _codes(POPO, change, "2019.1", "official") == ["OG.01"]


def test_a_boolean_that_is_none_is_left_to_the_schema() -> None:
    assert _codes(POPO, {"leerling/adresgeheim": "misschien"}, "2019.1", "official") == []
