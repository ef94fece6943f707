"""The card and the school, step by step: what each act changes, and that it is one version further."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.dossier import Bewaarplicht, Dossier, Status, Versie
from chalicelib.domain.gegevensblok import Eis, Profiel, controleer_keuze
from chalicelib.domain.invulling import BinnenBrinDoel, Invulling, Uitschrijving
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mogelijkheden import mogelijkheden, waarschuwingen_bij_klaarzetten, waarschuwingen_bij_opslaan
from chalicelib.domain.nummers import Aanleverpunt
from chalicelib.domain.rechten import RECHTEN, Rol
from chalicelib.domain.selectie import Selectie
from chalicelib.domain.termijnen import Termijnen
from chalicelib.errors import Refused
from tests.pupil import NOW, SCHOOL, card

LATER = NOW + timedelta(minutes=5)


def versie(profiel: Profiel = Profiel.POPO, **fields: Any) -> Versie:
    """A version with nothing in it that these tests look at, but what is given."""
    made: Any = dict.fromkeys(Versie.__dataclass_fields__)
    return Versie(**{**made, "nummer": 4, "profiel": profiel, "verzameld_op": NOW, "record_hash": "r", **fields})


COLLECTED = card(versie=versie(), status=Status.VERZAMELD, record_hash="r")


# --- the card ---------------------------------------------------------------------------------------------------------


def test_what_a_card_says_of_itself() -> None:
    assert card().profiel is None
    assert COLLECTED.profiel is Profiel.POPO
    assert (card().verzameld, COLLECTED.verzameld) == (False, True)
    assert not COLLECTED.gewijzigd_sinds_verzamelen
    assert replace(COLLECTED, record_hash="s").gewijzigd_sinds_verzamelen
    assert not replace(card(), record_hash="s").gewijzigd_sinds_verzamelen
    assert card().onderwerp == "DOSSIER#14SS00#l-1"


@pytest.mark.parametrize(
    ("collected", "now", "changed"),
    [
        (("r", "g"), ("r", "g"), False),
        (("r", "g"), ("s", "g"), False),  # 15.41: only portaal was put otherwise
        (("r", "g"), ("s", "h"), True),
        (("r", None), ("r", None), False),  # rows of before the second hash
        (("r", None), ("s", "h"), True),
        (("r", None), ("r", "h"), False),
    ],
)
def test_a_dossier_changed_when_what_can_reach_it_did(
    collected: tuple[str, str | None], now: tuple[str, str | None], changed: bool
) -> None:
    then = versie(record_hash=collected[0], gegevens_hash=collected[1])
    dossier = replace(COLLECTED, versie=then, record_hash=now[0], gegevens_hash=now[1])
    assert dossier.gewijzigd_sinds_verzamelen is changed


def test_a_choice_is_remembered_per_profile_and_the_last_one_counts() -> None:
    first, second, other = (
        Selectie(Profiel.POPO, ("a",)),
        Selectie(Profiel.POPO, ("b",)),
        Selectie(Profiel.POVO, ("c",)),
    )
    chosen = card().kies(first).kies(other).kies(second)
    assert chosen.selecties == (other, second)
    assert (chosen.selectie(Profiel.POPO), chosen.selectie(Profiel.POVO)) == (second, other)
    assert chosen.selectie(Profiel.VOVO) == Selectie(Profiel.VOVO)
    assert chosen.version == card().version + 3


def test_a_hold_and_where_the_pupil_came_from_are_steps_of_their_own() -> None:
    hold = Bewaarplicht("reden", NOW, "Dirk")
    assert (card().bewaar(hold).bewaren, card().bewaar(hold).version) == (hold, 1)
    assert card().bewaar(hold).bewaar(None).bewaren is None
    assert (card().zet_herkomst(None).herkomst, card().zet_herkomst(None).version) == (None, 1)


def test_an_event_changes_no_version_of_the_card() -> None:
    ready = replace(COLLECTED, status=Status.KLAAR, version=7)
    assert (ready.verzonden(LATER).version, ready.verzonden(LATER).gevraagd_op) == (7, LATER)
    assert (ready.gevraagd(LATER).version, ready.gevraagd(LATER).gevraagd_op) == (7, LATER)
    assert ready.gevraagd(LATER).verzonden_op is None
    renewed = ready.verwerk(versie(nummer=9))
    assert (renewed.version, renewed.laatste_nummer, renewed.versie and renewed.versie.nummer) == (7, 9, 9)
    assert replace(ready, laatste_nummer=12).verwerk(versie(nummer=9)).laatste_nummer == 12


PADS = {
    "NIET_VERZAMELD": "/status",
    "VERZAMEL_OPNIEUW": "/status",
    "DATUM_UITSCHRIJVING_ONTBREEKT": "/uitschrijving/datum",
    "VERVOLGSCHOOL_ONTBREEKT": "/uitschrijving/vervolgschool",
    "INZAGE_ONTBREEKT": "/inzage/waarde",
    "DIRECTEUR_ONTBREEKT": "/contactNodig",
    "REGIONAAL_INITIATIEF_UIT": "/binnenBrinDoel",
    "DOEL_AANLEVERPUNT_ONTBREEKT": "/doelAanleverpunt",
    "AANLEVERPUNT_ONTBREEKT": "/school/aanleverpunten",
}


def test_each_precondition_points_at_its_field() -> None:
    bare = replace(SCHOOL, aanleverpunten=(), naam_directeur=None)
    inside = Invulling(binnen_brin=True, binnen_brin_doel=BinnenBrinDoel.REGIONAAL_PLATFORM)
    unmet = [
        *card(Invulling(contact_nodig=True)).waarom_niet_klaarzetten(bare),
        *COLLECTED.waarom_niet_klaarzetten(bare),
        *replace(COLLECTED, status=Status.NIET_KLAAR).waarom_niet_klaarzetten(bare),
        *card(inside).waarom_niet_klaarzetten(bare),
    ]
    assert {one.code: one.pad for one in unmet} == PADS
    assert all(one.is_fout for one in unmet)


@pytest.mark.parametrize(
    ("dossier", "pad"),
    [(card(), "/inzage/waarde"), (replace(COLLECTED, invulling=Invulling(binnen_brin=True)), "/inzage/waarde")],
)
def test_an_inzage_that_cannot_be_points_at_its_field(dossier: Dossier, pad: str) -> None:
    new = replace(dossier.invulling, inzage=Inzage(Inzagewaarde.JA))
    with pytest.raises(Refused) as caught:
        dossier.vul_in(new, NOW)
    assert [one.pad for one in caught.value.meldingen] == [pad]


@pytest.mark.parametrize(
    ("profiel", "day", "provisional", "said"),
    [
        (Profiel.POVO, date(2026, 1, 1), False, True),
        (Profiel.POVO, date(2026, 3, 24), False, True),
        (Profiel.POVO, date(2026, 3, 25), False, False),
        (Profiel.POVO, date(2026, 7, 31), False, False),
        (Profiel.POVO, date(2026, 8, 1), False, True),
        (Profiel.POVO, date(2026, 12, 31), False, True),
        (Profiel.POVO, date(2026, 3, 24), True, False),
        (Profiel.POPO, date(2026, 3, 24), False, False),
    ],
)
def test_a_povo_dossier_before_the_aanmeldweek_is_warned_for(
    profiel: Profiel, day: date, provisional: bool, said: bool
) -> None:
    dossier = card(Invulling(voorlopig_dossier=provisional), versie=versie(profiel), status=Status.VERZAMELD)
    found = waarschuwingen_bij_klaarzetten(dossier, day, (3, 25))
    assert [(one.code, one.pad, one.ernst) for one in found] == (
        [("VOORLOPIG_DOSSIER_NEE", "/voorlopigDossier", "waarschuwing")] if said else []
    )


@pytest.mark.parametrize(("left", "codes"), [(1, ["VOORLOPIG_DOSSIER_NEE"]), (0, []), (-1, [])])
def test_who_left_already_has_had_the_aanmeldweek(left: int, codes: list[str]) -> None:
    today = date(2026, 9, 1)
    leaving = Uitschrijving(datum=today + timedelta(days=left))
    dossier = card(Invulling(uitschrijving=leaving), versie=versie(Profiel.POVO), status=Status.VERZAMELD)
    assert [one.code for one in waarschuwingen_bij_klaarzetten(dossier, today, (3, 25))] == codes


def _why_not(dossier: Dossier) -> dict[str, str | None]:
    return {one.naam: one.waarom_niet.code if one.waarom_niet else None for one in mogelijkheden(dossier, SCHOOL)}


def test_what_can_be_done_with_a_card_and_why_not() -> None:
    never = {"opslaan": None, "verzamelen": None}
    nothing = dict.fromkeys(("inzageVastleggen", "klaarzetten", "intrekken", "pdf", "xml"), "NIET_VERZAMELD")
    assert _why_not(card()) == {**never, **nothing, "intrekken": "NIET_KLAAR"}
    done = {**never, "inzageVastleggen": None, "klaarzetten": "DATUM_UITSCHRIJVING_ONTBREEKT"}
    assert _why_not(COLLECTED) == {**done, "intrekken": "NIET_KLAAR", "pdf": None, "xml": None}
    unfit = replace(COLLECTED, status=Status.NIET_KLAAR)
    again = dict.fromkeys(("inzageVastleggen", "klaarzetten"), "VERZAMEL_OPNIEUW")
    assert _why_not(unfit) == {**never, **again, "intrekken": "NIET_KLAAR", "pdf": None, "xml": None}
    inside = replace(COLLECTED, invulling=Invulling(binnen_brin=True), status=Status.KLAAR)
    assert _why_not(inside) == {**done, "inzageVastleggen": "INZAGE_NVT", "klaarzetten": None, "intrekken": None,
                                "pdf": None, "xml": None}  # fmt: skip
    assert [one.kan for one in mogelijkheden(card(), SCHOOL)] == [True, True, False, False, False, False, False]


def test_a_record_of_another_version_of_the_standard_cannot_be_collected() -> None:
    assert _why_not(card(record_versie="2018.1"))["verzamelen"] == "STANDAARDVERSIE_ANDERS"


def test_what_a_role_does_not_give_cannot_be_done_and_that_is_said_first() -> None:
    """15.28."""
    can = {one.naam: one.voor(RECHTEN[Rol.DIRECTIE]) for one in mogelijkheden(COLLECTED, SCHOOL)}
    why = {naam: one.waarom_niet.code if one.waarom_niet else None for naam, one in can.items()}
    never = dict.fromkeys(("opslaan", "verzamelen", "inzageVastleggen"), "ROL_ONVOLDOENDE")
    may = {"klaarzetten": "DATUM_UITSCHRIJVING_ONTBREEKT", "intrekken": "NIET_KLAAR", "pdf": None, "xml": None}
    assert why == {**never, **may}
    everything = RECHTEN[Rol.ADMINISTRATIE]
    assert all(one.voor(everything) == one for one in mogelijkheden(COLLECTED, SCHOOL))


def test_who_cannot_withdraw_need_do_nothing() -> None:
    for dossier in (card(), COLLECTED):
        with pytest.raises(Refused) as caught:
            dossier.trek_in("proef")
        (why,) = [one.waarom_niet for one in mogelijkheden(dossier, SCHOOL) if one.naam == "intrekken"]
        assert caught.value.meldingen == (why,)
        assert why is not None
        assert why.tekst.endswith("kan nu niet worden opgevraagd.")
        assert why.wat_nu == "U hoeft niets te doen."


@pytest.mark.parametrize(
    ("chosen", "wrong"),
    [
        ({"must", "may"}, {}),
        ({"must"}, {}),
        ({"may"}, {"must": "BLOK_VERPLICHT"}),
        ({"must", "not"}, {"not": "BLOK_VERBODEN"}),
        ({"must", "else"}, {"else": "BLOK_ONBEKEND"}),
        ({"not", "else"}, {"must": "BLOK_VERPLICHT", "not": "BLOK_VERBODEN", "else": "BLOK_ONBEKEND"}),
    ],
)
def test_a_wrong_choice_of_blocks_is_named_per_block(chosen: set[str], wrong: dict[str, str]) -> None:
    eisen = {"must": Eis.VERPLICHT, "may": Eis.OPTIONEEL, "not": Eis.VERBODEN}
    if not wrong:
        controleer_keuze(eisen, chosen, {"must": "Moet", "not": "Niet"})
        return
    with pytest.raises(Refused) as caught:
        controleer_keuze(eisen, chosen, {"must": "Moet", "not": "Niet"})
    assert caught.value.code == "BLOKKEN_ONJUIST"
    found = [(one.pad, one.code) for one in caught.value.meldingen]
    assert found == sorted((f"/blokken/{block}", code) for block, code in wrong.items())
    said = {one.code: one.tekst for one in caught.value.meldingen}
    assert said.get("BLOK_VERPLICHT", "Het blok Moet").startswith("Het blok Moet"), "as screens call it"
    assert said.get("BLOK_VERBODEN", "Het blok Niet").startswith("Het blok Niet")


# --- the school -------------------------------------------------------------------------------------------------------


def test_registering_and_signing_off_an_aanleverpunt() -> None:
    zero, ten, two = (Aanleverpunt(nummer) for nummer in ("0", "10", "2"))
    school = (
        replace(SCHOOL, aanleverpunten=(), version=0).registreer(ten).registreer(two).registreer(zero).registreer(two)
    )
    assert set(school.aanleverpunten) == {zero, two, ten}
    assert len(school.aanleverpunten) == 3
    assert school.aanleverpunt == zero
    left = school.meld_af(zero)
    assert (set(left.aanleverpunten), left.aanleverpunt, left.version) == ({two, ten}, two, 5)
    assert replace(SCHOOL, aanleverpunten=()).aanleverpunt is None
    assert SCHOOL.wijzig(naam="Anders") == replace(SCHOOL, naam="Anders", version=SCHOOL.version + 1)
    assert SCHOOL.onderwerp == "SCHOOL#14SS00"


@pytest.mark.parametrize(
    ("left", "when"),
    [
        (date(2016, 7, 31), "de komende nacht"),
        (date(2024, 6, 10), "de komende nacht"),
        (date(2024, 6, 11), "op 11-06-2026"),
        (date(2024, 7, 10), "op 10-07-2026"),
        (date(2024, 7, 11), None),
        (date(2026, 7, 31), None),
        (None, None),
    ],
)
def test_a_datum_uitschrijving_of_long_ago_says_when_the_pupil_is_destroyed(
    left: date | None, when: str | None
) -> None:
    """Ch. 16: 2 years after it; a year that was mistyped must not end a pupil unsaid."""
    dossier = card(Invulling(uitschrijving=Uitschrijving(datum=left)))
    said = waarschuwingen_bij_opslaan(dossier, NOW.date(), Termijnen())
    assert [(melding.code, melding.pad, melding.ernst) for melding in said] == (
        [("BEWAARTERMIJN_EINDIGT", "/uitschrijving/datum", "waarschuwing")] if when else []
    )
    assert all(f"worden alle gegevens van deze leerling {when} vernietigd" in melding.tekst for melding in said)
    assert waarschuwingen_bij_opslaan(dossier, NOW.date(), Termijnen(leerling_jaren=20)) == ()
    held = replace(dossier, bewaren=Bewaarplicht("Proef", NOW, "x"))
    assert waarschuwingen_bij_opslaan(held, NOW.date(), Termijnen()) == ()
