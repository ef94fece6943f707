"""The success texts of the manual, letter for letter, over HTTP (requirements ch. 14)."""

from tests.e2e.client import Client


def test_registering_an_aanleverpunt(bron: Client) -> None:
    answer = bron.as_("beheerder").ask("PUT", "/school/aanleverpunten/0")
    assert answer.json()["tekst"] == "Uw aanleverpunt (0) is succesvol geregistreerd."  # R6


def test_collecting_saving_and_setting_ready(bron: Client, pupil: str, number: str) -> None:
    bron.put_pupil(pupil, number)
    card = bron.card(pupil)
    assert card["statusTekst"] == "Niet klaar voor verzenden"
    assert card["laatstVerzameldTekst"] == "Nog niet eerder verzameld"
    assert card["laatstVerzondenTekst"] == "Nog niet eerder verzonden"
    assert card["datumInzageTekst"] == "Geen inzage verleend in de huidige versie"
    leaving = {"datum": "2026-07-31", "adviesVo": "40", "vervolgschool": {"brin": "16VO", "naam": "Voorbeeld College"}}
    bron.fill_in(pupil, uitschrijving=leaving)
    for profile in ("POPO", "POVO"):
        assert bron.act(pupil, "verzamelen", overdracht=profile).json()["tekst"] == (
            f"Het dossier van Fictief Proefleerling is verzameld voor een {profile}-overdracht. Geef (opnieuw) aan of "
            "de verzorgers inzage hebben gehad in het dossier om het Klaar te zetten."
        )  # R48
        assert bron.card(pupil)["statusTekst"] == f"Dossier verzameld (overstap {profile})"
    saved = bron.fill_in(pupil, inzage={"waarde": "JA"}).json()
    assert saved["tekst"] == (
        "Wijzigingen zijn opgeslagen en gewijzigde contact- en inzage-instellingen zijn verwerkt in de dossierinhoud."
    )  # R31
    assert saved["inzageTekst"] == "Ja, inzage geweest"
    ready = "Het dossier van Fictief Proefleerling is klaargezet voor (16VO) Voorbeeld College"
    assert bron.act(pupil, "klaarzetten").json()["tekst"] == ready  # R67
    assert bron.card(pupil)["statusTekst"] == "Klaar voor verzenden (overstap POVO)"
    assert bron.act(pupil, "klaarzetten").json()["tekst"] == ready  # again is the same


def test_binnen_brin_says_nothing_of_inzage(bron: Client, pupil: str, number: str) -> None:
    bron.put_pupil(pupil, number)
    assert bron.fill_in(pupil, binnenBrin=True).json()["inzageTekst"] == "N.v.t. (binnen brin)"
    assert bron.act(pupil, "verzamelen", overdracht="BB-POPO").json()["tekst"] == (
        "Het dossier van Fictief Proefleerling is verzameld voor een POPO-overdracht."
    )  # 15.7
    assert bron.card(pupil)["statusTekst"] == "Dossier verzameld (binnen brin POPO)"
    assert bron.act(pupil, "klaarzetten").json()["tekst"] == (
        "Het dossier van Fictief Proefleerling is klaargezet voor uitwisseling binnen de BRIN"
    )  # 15.7


def test_what_was_asked_and_received_reads_the_same_on_both_sides(
    bron: Client, doel: Client, pupil: str, number: str
) -> None:
    bron.put_pupil(pupil, number)
    bron.publish(pupil)
    received = doel.fetch(number)
    assert received["status"] == "ONTVANGEN"
    assert received["resultaat"]["tekst"] == "succesvol ontvangen"
    (row,) = bron.card(pupil)["binnengekomenAanvragen"]
    assert (row["brinAanvragendeSchool"], row["aanleverpunt"], row["resultaatTekst"]) == (
        "99EF",
        "0",
        "succesvol ontvangen",
    )
    assert row["soort"] == "Overstapdossier PO"
    assert received["verzendHash"] == bron.card(pupil)["verzendHash"]
