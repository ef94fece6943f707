"""The school itself: settings, aanleverpunten from first to last, and what others see (R4-R9, R133-R135)."""

from collections.abc import Callable

import pytest

from tests.e2e.client import Client, problem


@pytest.fixture
def beheerder(client_of: Callable[[str], Client]) -> Client:
    """The beheerder of 14SS01, who has aanleverpunt 2."""
    return client_of("14SS01").as_("beheerder")


def test_an_aanleverpunt_moves_from_one_vestiging_to_the_other_and_back(beheerder: Client, bron: Client) -> None:
    """15.1: unregister, register, again is the same; a vestiging can have several (R8)."""
    other = bron.as_("beheerder")
    try:
        assert other.ask("DELETE", "/school/aanleverpunten/1").json()["tekst"] == "Uw aanleverpunt (1) is afgemeld."
        problem(other.ask("DELETE", "/school/aanleverpunten/1"), 404, "NIET_GEVONDEN")
        for _ in range(2):
            answer = beheerder.ask("PUT", "/school/aanleverpunten/1")
            assert answer.json()["tekst"] == "Uw aanleverpunt (1) is succesvol geregistreerd."  # R6
        shown = beheerder.get("/school/aanleverpunten")["items"]
        text = "aanleverpunt geregistreerd"
        assert [(one["nummer"], one["tekst"]) for one in shown] == [("1", text), ("2", text)]  # R5
        problem(other.ask("PUT", "/school/aanleverpunten/1"), 409, "AANLEVERPUNT_VAN_ANDER")
    finally:
        beheerder.ask("DELETE", "/school/aanleverpunten/1")
        assert other.ask("PUT", "/school/aanleverpunten/1").status == 200
    assert [one["nummer"] for one in beheerder.get("/school/aanleverpunten")["items"]] == ["2"]


def test_the_number_of_another_vestiging_or_of_no_form_is_refused(beheerder: Client) -> None:
    taken = problem(beheerder.ask("PUT", "/school/aanleverpunten/0"), 409, "AANLEVERPUNT_VAN_ANDER")
    assert taken["meldingen"][0]["pad"] == "/nummer"
    for wrong in ("nul", "0000000700014SS00931"):  # a routeringskenmerk is of generation '22
        for verb in ("PUT", "DELETE"):
            found = problem(beheerder.ask(verb, f"/school/aanleverpunten/{wrong}"), 422, "AANLEVERPUNT_ONGELDIG")
            assert [one["pad"] for one in found["meldingen"]] == ["/nummer"]


def test_the_register_shows_number_and_name_of_each_aanleverpunt(beheerder: Client) -> None:
    """R7: two of one school share its BRIN and differ in number."""
    found = {one["nummer"]: one["naam"] for one in beheerder.get("/aanleverpunten?brin=14SS&doel=OV")["items"]}
    assert found.keys() >= {"0", "1", "2"}
    assert found["0"] == found["1"] == "Basisschool De Proefballon"
    assert beheerder.get("/aanleverpunten?brin=99EF")["items"][0]["nummer"] == "0"


def test_settings_are_kept_and_null_empties_one(beheerder: Client) -> None:
    """R133, R134."""
    before = beheerder.get("/school")
    assert (before["brin"], before["vestigingscode"]) == ("14SS", "01")
    for value in (None, before["naamDirecteur"]):
        saved = beheerder.ask("PATCH", "/school", {"naamDirecteur": value}, if_match="*").json()
        assert saved == {**before, "naamDirecteur": value}
    problem(beheerder.ask("PATCH", "/school", {"brin": "99EF"}, if_match="*"), 422, "ONBEKEND_VELD")
