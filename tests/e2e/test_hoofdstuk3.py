"""Chapter 3 of the manual step by step, over HTTP, for every kind of overstap: each state and text, to the letter.

Preconditions, inzage, choice, leerlingmap and overview each have a file of their own beside this one.
"""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.controle import controleer
from tests.e2e.client import Client, problem
from tests.e2e.walk import MOMENT, NAME, SAVED, TO_PO, TO_VO, collected, content, may, settings, text_of
from tests.pupil import record


def before_anything(card: Any) -> None:
    """R11-R18 of a pupil for whom nothing was done yet."""
    assert (card["naam"], card["status"], card["statusTekst"]) == (NAME, "NIET_KLAAR", "Niet klaar voor verzenden")
    assert (card["contactNodig"], card["binnenBrin"], card["voorlopigDossier"]) == (False, False, False)
    assert (card["toestemming"], card["aandachtspunten"], card["versie"]) == ("ONBEKEND", None, None)
    assert card["laatstVerzameldTekst"] == "Nog niet eerder verzameld"
    assert card["laatstVerzondenTekst"] == "Nog niet eerder verzonden"
    assert card["inzageTekst"] == "Nee, geen inzage geweest"
    assert card["datumInzageTekst"] == "Geen inzage verleend in de huidige versie"
    assert card["binnengekomenAanvragen"] == []
    assert [may(card, act) for act in ("opslaan", "verzamelen")] == [None, None]
    assert {may(card, act) for act in ("klaarzetten", "inzageVastleggen", "pdf", "xml")} == {"NIET_VERZAMELD"}
    assert may(card, "intrekken") == "NIET_KLAAR"


@pytest.mark.parametrize(
    ("profile", "school", "to", "asker"),
    [("POPO", "14SS00", TO_PO, "99EF00"), ("POVO", "14SS00", TO_VO, "16VO00"), ("VOVO", "16VO00", TO_PO, "99EF00")],
)
def test_an_overstap_from_writing_out_to_a_second_collection(
    client_of: Callable[[str], Client],
    pupil: str,
    number: str,
    profile: str,
    school: str,
    to: dict[str, str],
    asker: str,
) -> None:
    here, there = client_of(school), client_of(asker)
    here.put_pupil(pupil, number, roepnaam="Fictief")
    before_anything(here.card(pupil))

    # R38: write out. Nothing of it but date and advice is content.
    leaving = {"datum": "2026-07-31", "reden": "Verhuizing", "adviesVo": "40", "vervolgschool": to}
    saved = here.fill_in(pupil, uitschrijving=leaving).json()
    assert (saved["tekst"], saved["meldingen"], saved["status"]) == (SAVED, [], "NIET_KLAAR")

    # R48: collect.
    made = here.act(pupil, "verzamelen", overdracht=profile).json()
    assert (made["tekst"], made["versie"]) == (collected(profile), 1)
    card = here.card(pupil)
    assert (card["status"], card["statusTekst"]) == ("VERZAMELD", f"Dossier verzameld (overstap {profile})")
    assert card["inhoudHash"] == made["inhoudHash"]
    assert MOMENT.fullmatch(card["laatstVerzameldTekst"])
    assert card["laatstVerzameldTekst"].startswith(f"{here.stack.today():%d-%m-%Y}")
    assert [may(card, act) for act in ("inzageVastleggen", "pdf")] == [None, None]
    assert may(card, "klaarzetten") == "INZAGE_ONTBREEKT"

    # R55: the parents looked; R31: the stored dossier says so, and is still the one that they saw (15.40).
    seen = here.fill_in(pupil, inzage={"waarde": "JA"}).json()
    shown = (SAVED, "Ja, inzage geweest", f"{here.stack.today():%d-%m-%Y}")
    assert (seen["tekst"], seen["inzageTekst"], seen["datumInzageTekst"]) == shown
    assert seen["inhoudHash"] == card["inhoudHash"]
    assert seen["verzendHash"] != card["verzendHash"]
    assert may(seen, "klaarzetten") is None

    # R67, and again is the same.
    ready = f"Het dossier van {NAME} is klaargezet voor ({to['brin']}) {to['naam']}"
    for _ in range(2):
        answer = here.act(pupil, "klaarzetten").json()
        assert (answer["tekst"], answer["notificatieMogelijk"]) == (ready, [])
    assert here.card(pupil)["statusTekst"] == f"Klaar voor verzenden (overstap {profile})"

    # R35, R17: only when the other school asks it leaves, and sending is no state.
    received = there.fetch(number, school[:4])
    assert (received["status"], received["resultaat"]["tekst"]) == ("ONTVANGEN", "succesvol ontvangen")
    sent = here.card(pupil)
    assert sent["statusTekst"] == f"Klaar voor verzenden (overstap {profile})"
    assert MOMENT.fullmatch(sent["laatstVerzondenTekst"])
    assert received["verzendHash"] == sent["verzendHash"] == seen["verzendHash"]
    (row,) = sent["binnengekomenAanvragen"]
    assert row["brinAanvragendeSchool"] == asker[:4]
    assert row["soort"] == ("Overstapdossier PO" if profile == "POPO" else "Overstapdossier VO")  # 15.42
    assert row["resultaatTekst"] == "succesvol ontvangen"

    # R54, 15.6: a new collection starts the inzage anew, and until then the older version is no longer given.
    again = here.act(pupil, "verzamelen", overdracht=profile).json()
    assert (again["tekst"], again["versie"]) == (collected(profile), 2)
    fresh = here.card(pupil)
    assert (fresh["inzageTekst"], fresh["inzage"]["datum"]) == ("Nee, geen inzage geweest", None)
    assert fresh["datumInzageTekst"] == "Geen inzage verleend in de huidige versie"
    assert fresh["laatstVerzondenTekst"] == sent["laatstVerzondenTekst"]
    assert there.fetch(number, school[:4])["resultaat"]["code"] == "LEERLINGINFO_NIET_OPVRAAGBAAR"


@pytest.mark.parametrize("profile", ["BB-POPO", "BB-POVO"])
def test_binnen_brin_needs_neither_inzage_nor_writing_out(
    client_of: Callable[[str], Client], bron: Client, pupil: str, number: str, profile: str
) -> None:
    bron.put_pupil(pupil, number)
    saved = bron.fill_in(pupil, binnenBrin=True).json()
    assert saved["inzageTekst"] == "N.v.t. (binnen brin)"  # R13, R57
    assert may(saved, "inzageVastleggen") == "INZAGE_NVT"
    name = profile.removeprefix("BB-")
    made = bron.act(pupil, "verzamelen", overdracht=profile).json()
    assert made["tekst"] == f"Het dossier van {NAME} is verzameld voor een {name}-overdracht."  # 15.7
    assert bron.card(pupil)["statusTekst"] == f"Dossier verzameld (binnen brin {name})"
    ready = bron.act(pupil, "klaarzetten").json()["tekst"]
    assert ready == f"Het dossier van {NAME} is klaargezet voor uitwisseling binnen de BRIN"  # 15.7
    assert bron.card(pupil)["statusTekst"] == f"Klaar voor verzenden (binnen brin {name})"

    received = client_of("14SS01").fetch(number)
    assert (received["status"], received["resultaat"]["tekst"]) == ("ONTVANGEN", "succesvol ontvangen")
    (row,) = bron.card(pupil)["binnengekomenAanvragen"]
    assert (row["soort"], row["aanleverpunt"]) == ("Binnen brin", "2")  # 15.42


@pytest.mark.parametrize(
    ("vervolgschool", "to"),
    [
        ({"brin": "14SS01", "naam": "Oso Binne Brin 14SS01"}, "voor (14SS01) Oso Binne Brin 14SS01"),  # R67
        (TO_VO, "voor uitwisseling binnen de BRIN"),  # which cannot fetch it
    ],
)
def test_binnen_brin_names_the_vestiging_that_it_is_for(
    bron: Client, pupil: str, number: str, vervolgschool: Any, to: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, binnenBrin=True, uitschrijving={"vervolgschool": vervolgschool})
    bron.act(pupil, "verzamelen", overdracht="BB-POPO")
    assert bron.act(pupil, "klaarzetten").json()["tekst"] == f"Het dossier van {NAME} is klaargezet {to}"


def test_an_overstap_to_the_own_brin_says_that_it_must_be_binnen_brin(bron: Client, pupil: str, number: str) -> None:
    """R39: within a BRIN only binnen brin is asked for, so nobody could fetch it."""
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, uitschrijving={"datum": "2026-07-31", "vervolgschool": {"brin": "14SS01"}})
    bron.act(pupil, "verzamelen", overdracht="POPO")
    bron.fill_in(pupil, inzage={"waarde": "JA"})
    refused = problem(bron.act(pupil, "klaarzetten"), 409, "VERVOLGSCHOOL_EIGEN_BRIN")
    assert [m["pad"] for m in refused["meldingen"]] == ["/binnenBrin"]


def test_a_regional_platform_needs_the_setting_and_its_own_aanleverpunt(bron: Client, pupil: str, number: str) -> None:
    """R65, 15.35."""
    bron.put_pupil(pupil, number)
    bron.fill_in(pupil, binnenBrin=True, binnenBrinDoel="REGIONAAL_PLATFORM")
    bron.act(pupil, "verzamelen", overdracht="BB-POVO")
    refused = problem(bron.act(pupil, "klaarzetten"), 409, "REGIONAAL_INITIATIEF_UIT")
    assert [(m["code"], m["pad"]) for m in refused["meldingen"]] == [
        ("REGIONAAL_INITIATIEF_UIT", "/binnenBrinDoel"),
        ("DOEL_AANLEVERPUNT_ONTBREEKT", "/doelAanleverpunt"),
    ]
    bron.fill_in(pupil, doelAanleverpunt="30")
    try:
        settings(bron, aangeslotenOpRegionaalInitiatief=True)
        assert bron.act(pupil, "klaarzetten").status == 200
    finally:
        settings(bron, aangeslotenOpRegionaalInitiatief=False)


def test_switching_binnen_brin_makes_the_version_unfit_and_says_so(bron: Client, pupil: str, number: str) -> None:
    """15.4."""
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    saved = bron.fill_in(pupil, binnenBrin=True).json()
    assert (saved["status"], saved["statusTekst"]) == ("NIET_KLAAR", "Niet klaar voor verzenden")
    assert [m["code"] for m in saved["meldingen"]] == ["BINNEN_BRIN_GEWIJZIGD"]
    refused = problem(bron.act(pupil, "verzamelen", overdracht="POPO"), 409, "PROFIEL_PAST_NIET")
    assert refused["meldingen"][0]["pad"] == "/overdracht"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"uitschrijving": {"datum": "2026-08-31"}}, "NIET_KLAAR", "UITSCHRIJVING_GEWIJZIGD"),
        ({"uitschrijving": {"adviesVo": "60"}}, "NIET_KLAAR", "UITSCHRIJVING_GEWIJZIGD"),
        ({"uitschrijving": {"vervolgschool": TO_VO}}, "VERZAMELD", "VERVOLGSCHOOL_GEWIJZIGD"),
        ({"aandachtspunten": "Let op de bril."}, "VERZAMELD", "AANDACHTSPUNTEN_GEWIJZIGD"),
        ({"inzage": {"waarde": "NEE"}}, "VERZAMELD", "INZAGE_VERVALLEN"),
    ],
)
def test_a_change_after_setting_ready_says_what_it_did(
    bron: Client, pupil: str, number: str, change: dict[str, Any], status: str, code: str
) -> None:
    """15.2, 15.39. Only the vervolgschool may change without touching the inzage."""
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    saved = bron.fill_in(pupil, **change).json()
    assert (saved["status"], [m["code"] for m in saved["meldingen"]]) == (status, [code])
    assert saved["meldingen"][0]["ernst"] == "waarschuwing"
    entry = bron.get(f"/leerlingen/{pupil}/overstapdossier/mutatielogs")["items"][-1]
    assert (entry["code"], entry["details"]["gevolgen"]) == ("KAART_OPGESLAGEN", code)
    new = code == "AANDACHTSPUNTEN_GEWIJZIGD"
    logged = (2, saved["inhoudHash"]) if new else (None, None)
    assert (entry["details"].get("versie"), entry["details"].get("inhoudHash")) == logged
    kept = code == "VERVOLGSCHOOL_GEWIJZIGD"
    assert saved["inzage"]["waarde"] == ("JA" if kept else "NEE")


def test_a_mistyped_datum_uitschrijving_says_that_the_pupil_is_destroyed(bron: Client, pupil: str, number: str) -> None:
    """Ch. 16: 2 years after the datum uitschrijving."""
    bron.put_pupil(pupil, number)
    for day, codes in (("2016-07-31", ["BEWAARTERMIJN_EINDIGT"]), ("2026-07-31", [])):
        saved = bron.fill_in(pupil, uitschrijving={"datum": day}).json()
        assert [m["code"] for m in saved["meldingen"]] == codes


def test_a_record_without_the_number_closes_the_dossier_and_says_so(bron: Client, pupil: str, number: str) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    put = bron.ask("PUT", f"/leerlingen/{pupil}", {"dossier": record()}, if_match="*").json()
    assert [(m["code"], m["ernst"]) for m in put["meldingen"]] == [("VERZAMEL_OPNIEUW", "waarschuwing")]
    assert bron.card(pupil)["status"] == "NIET_KLAAR"


def test_what_is_only_for_the_school_changes_nothing(bron: Client, pupil: str, number: str) -> None:
    """R20, R21, R25-R27 never enter the dossier (15.39)."""
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    before = bron.card(pupil)
    own = {
        "reden": "Verhuizing",
        "toelichting": "Naar een ander dorp.",
        "onderwijssoort": "VO",
        "niveauNaTweedeJaarVo": "HAVO",
        "doublureVoorDerdeJaarVo": "Nee",
    }
    saved = bron.fill_in(pupil, uitschrijving=own).json()
    assert (saved["status"], saved["meldingen"]) == ("KLAAR", [])
    assert saved["verzendHash"] == before["verzendHash"]
    assert {name: saved["uitschrijving"][name] for name in own} == own


def test_the_pdf_has_the_sections_of_chapter_6_and_the_hash_that_the_parents_saw(
    bron: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number, roepnaam="Şükrü", achternaam="Žižek-Đorđević")
    bron.publish(pupil)
    text = text_of(content(bron, pupil, "pdf"))
    for expected in (
        "Overstapdossier",  # R121
        "Algemene dossiergegevens",  # R122
        "Dossier wordt overgedragen aan een andere school",
        "Verplicht (opgenomen)",  # R123
        "Bewust opgenomen",
        "Bewust niet opgenomen",
        "Verboden (niet opgenomen)",
        "Inzage",  # R124
        "Žižek-Đorđević",
        bron.card(pupil)["inhoudHash"][:12],
    ):
        assert expected in text, expected


def test_the_xml_is_what_leaves_it_is_valid_and_the_pdf_travels_in_it(bron: Client, pupil: str, number: str) -> None:
    """R51, 15.37, 15.40."""
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    data = content(bron, pupil, "xml")
    assert [m for m in controleer(data, "intended").meldingen if m.is_fout] == []
    pupils = decode(data).dossier["huidigeschool"]["leerling"]
    (document,) = pupils["overigdocumentlijst"]["document"]
    assert document["bestandsnaam"] == f"OSO-14SS-Fictief-Proefleerling-{bron.stack.today()}.pdf"


def test_withdrawing_closes_the_dossier_with_a_reason(bron: Client, doel: Client, pupil: str, number: str) -> None:
    """15.5, 15.6."""
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    answer = bron.act(pupil, "intrekken", reden="De leerling blijft.")
    assert answer.json()["tekst"] == f"Het dossier van {NAME} is ingetrokken en kan niet meer worden opgevraagd."
    card = bron.card(pupil)
    assert (card["status"], card["redenIntrekken"]) == ("VERZAMELD", "De leerling blijft.")
    assert doel.fetch(number)["resultaat"]["code"] == "LEERLINGINFO_NIET_BESCHIKBAAR"
    problem(bron.act(pupil, "intrekken", reden="nog eens"), 409, "NIET_KLAAR")
    assert bron.act(pupil, "klaarzetten").status == 200
    assert bron.card(pupil)["redenIntrekken"] is None
