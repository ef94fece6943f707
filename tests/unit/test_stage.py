"""Which installation a command of an operator is about; without an answer it says in one line what to give."""

from collections.abc import Callable

import pytest

from infra import audit, redrive, rotate, scholen, weren
from infra.doctor import __main__ as doctor

COMMANDS: dict[str, tuple[Callable[[list[str]], int], list[str]]] = {
    "doctor": (doctor.main, []),
    "audit": (audit.main, ["verify"]),
    "audit key": (audit.main, ["sleutel"]),
    "redrive": (redrive.main, ["zorgvragen"]),
    "weren": (weren.main, []),
    "rotate": (rotate.main, ["pepper", "over"]),
    "scholen": (scholen.main, ["lijst.csv"]),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_bare_command_says_in_one_line_what_to_give(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main, arguments = COMMANDS[name]
    for setting in ("OSO_GEHEIMEN", "OSO_TABEL_STATE", "OSO_KMS_WORTEL", "OSO_QUEUE_ZORGVRAGEN", "OSO_BUCKET"):
        monkeypatch.delenv(setting, raising=False)
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Geef --stage NAAM (bij make: STAGE=NAAM), of zet in de omgeving: OSO_")
    assert told.err.count("\n") == 1
