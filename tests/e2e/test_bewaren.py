"""A legal hold by the directie, and the proof of what was destroyed (ch. 16)."""

from infra.local.stack import Stack
from tests.e2e.client import Client, problem


def test_a_hold_stands_on_the_card_and_stops_destruction_until_it_is_lifted(sandbox: Stack, pupil: str) -> None:
    office = Client(sandbox, "14SS00")
    board = office.as_("directie")
    office.put_pupil(pupil)
    held = board.ask("PUT", f"/leerlingen/{pupil}/bewaren", {"reden": "Er loopt een bezwaar."})
    assert held.status == 200
    assert office.get(f"/leerlingen/{pupil}/overstapdossier")["bewaren"]["reden"] == "Er loopt een bezwaar."
    refused = office.ask("DELETE", f"/leerlingen/{pupil}/gegevens", {"grond": "Op verzoek"})
    assert problem(refused)["code"] == "BEWAREN_OPGELEGD"
    assert refused.status == 409
    assert board.ask("DELETE", f"/leerlingen/{pupil}/bewaren").status == 204
    ground = f"Op verzoek van {pupil}"  # the sandbox holds proofs of other tests too
    assert office.ask("DELETE", f"/leerlingen/{pupil}/gegevens", {"grond": ground}).status == 200
    proof = board.get("/vernietigingen")["items"]
    assert [one["soort"] for one in proof if one["grond"] == ground] == ["op verzoek"]
    assert all(one["backupsTot"] > one["op"] for one in proof)


def test_the_nightly_clean_up_runs(sandbox: Stack) -> None:
    sandbox.run_schedule("opruimen")
