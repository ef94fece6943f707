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
    before = _on_request(board)
    ground = f"Op verzoek van {pupil}"
    assert office.ask("DELETE", f"/leerlingen/{pupil}/gegevens", {"grond": ground}).status == 200
    proof = board.get("/vernietigingen")["items"]
    assert _on_request(board) == before + 1
    assert pupil not in str(proof), "what was typed may name somebody"
    assert all(one["backupsTot"] > one["op"] for one in proof)


def _on_request(board: Client) -> int:
    """How many proofs of destruction on request there are: those of other tests too."""
    return [(one["soort"], one["grond"]) for one in board.get("/vernietigingen")["items"]].count(("op verzoek",) * 2)


def test_the_nightly_clean_up_runs(sandbox: Stack) -> None:
    sandbox.run_schedule("opruimen")
