"""What a school sees of the rules: one melding per mistake, at its place, in words to act on, secrets masked."""

import pytest

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.errors import Melding
from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.controle import controleer
from tests.example import example
from tests.unit.full_dossier import damage, full
from tests.unit.rule_cases import CARER, MAIL, PHONE, Damage, numbers

BSN = "662460613"


def _meldingen(change: Damage, profiel: Profiel = Profiel.POPO, mode: str = "intended") -> tuple[Melding, ...]:
    data = encode(damage(full("2019.1", profiel), change), "2019.1")
    return controleer(data, "official" if mode == "official" else "intended").meldingen


@pytest.mark.parametrize("mode", ["official", "intended"])
def test_three_mistakes_give_exactly_three_meldingen(mode: str) -> None:
    data = example(faulty=True)
    report = controleer(data, "official" if mode == "official" else "intended")
    leerling = "/dossier/huidigeschool/leerling"
    assert [(melding.code, melding.pad) for melding in report.meldingen] == [
        ("CL.23", f"{leerling}/onderwijsondersteuning/diagnose[2]/code[1]"),
        ("STRUCTUUR.ONTBREEKT", f"{leerling}/toetslijst/toets[1]/afname/afnamedatum"),
        ("OG.01", f"{leerling}/verzorger[1]/communicatielijst/communicatie[1]/nummer"),
    ]
    code, _, mail = report.meldingen
    assert "Bedoelde u F90.0?" in code.wat_nu
    assert mail.waarde == "zoe.voorbeeld.example"
    assert not report.geldig


def test_a_value_that_the_schema_refuses_is_not_told_twice() -> None:
    """OG.03 says of `lwoo_einddatum` what the schema says, and `x` is neither an integer nor a code of list 14."""
    lwoo = "leerling/onderwijsondersteuning/lwoo/lwoo_einddatum"
    for path, value in ((lwoo, "2020-06-30"), ("leerling/geslacht", "x"), ("metadata/overstap", "")):
        assert [melding.code for melding in _meldingen({path: value})] == ["STRUCTUUR.WAARDE"], path


def test_a_rule_on_what_may_repeat_says_which_one_it_is_about() -> None:
    (melding,) = _meldingen({f"{CARER}relatietotkind": "99"})
    assert "(Ouder/verzorger 1)" in melding.tekst


def test_numbers_and_secrets_are_masked() -> None:
    (number,) = _meldingen({"leerling/bsn": BSN, "leerling/onderwijsnummer": None}, Profiel.POSWV)
    assert (number.code, number.waarde) == ("PaO.LL12", "••••••613")
    (account,) = _meldingen({f"{CARER}banknummer": "123456789"}, Profiel.POSWV)
    assert (account.code, account.waarde) == ("PaO.OV05", "••••••789")
    for secret in (PHONE, MAIL):
        change = {"huidigeschool/communicatielijst": numbers({**secret, "geheim": "true"})}
        (melding,) = _meldingen(change)
        assert (melding.code, melding.waarde) == ("OVa.LL08", "••••••")


def test_a_long_code_list_is_cut_short_and_a_slip_gets_a_suggestion() -> None:
    (melding,) = _meldingen({"leerling/overstapadvies/advies": "1"}, Profiel.POVO)
    assert melding.toegestaan.startswith("01")
    assert melding.toegestaan.endswith("en nog 12 andere")
    assert "Bedoelde u 01?" in melding.wat_nu


def test_meldingen_come_in_the_order_of_the_document() -> None:
    change: Damage = {
        "leerling/overigdocumentlijst": {"document": [{}]},
        "leerling/voornaam": None,
        "metadata/deeldossier": "LVS",
    }
    pads = [melding.pad for melding in _meldingen(change)]
    assert pads[:2] == ["/dossier/metadata/deeldossier", "/dossier/huidigeschool/leerling/voornaam"]
    assert all("overigdocumentlijst" in pad for pad in pads[2:])


def test_a_finding_does_not_show_its_value_in_a_repr() -> None:
    (melding,) = _meldingen({f"{CARER}communicatielijst": numbers({"soort": "e-mail", "nummer": "geheim.example"})})
    assert "geheim.example" not in repr(melding)
