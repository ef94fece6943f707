"""The letters on the wire: every element of every message, in both generations, in order (protocol 3).

The other tests write and read with the same tables, so a wrong name in a table would pass them all.
"""

import re
from pathlib import Path

import pytest

from chalicelib.messages import soap
from tests.unit.test_messages import ACHTTIEN, GEVALLEN, TWEEENTWINTIG, ZOEK

_LINES = Path(__file__).with_name("messages_letterlijk.txt").read_text().splitlines()


def _line(number: int) -> str:
    """What is in the body of one message, without the prefix, and without the zoeksleutel (a test of its own)."""
    profiel, bericht = GEVALLEN[number]
    data = soap.encode(profiel, bericht).decode()
    assert f'xmlns:os="{profiel.namespace}"' in data
    body = data.partition("<soapenv:Body>")[2].partition("</soapenv:Body>")[0]
    return f"{profiel.naam} {body.replace('os:', '').replace(ZOEK.waarde, 'ZOEKSLEUTEL')}"


@pytest.mark.parametrize("number", range(len(GEVALLEN)))
def test_a_message_is_written_letter_for_letter(number: int) -> None:
    assert _line(number) == _LINES[number]


@pytest.mark.parametrize("number", range(len(GEVALLEN)))
def test_what_is_written_so_is_read_so(number: int) -> None:
    profiel, bericht = GEVALLEN[number]
    text = re.sub(r"<(/?)(\w)", r"<\1os:\2", _LINES[number].partition(" ")[2]).replace("ZOEKSLEUTEL", ZOEK.waarde)
    assert soap.decode(profiel, soap.envelop(profiel, text)) == bericht


def test_there_is_a_line_for_every_message() -> None:
    assert len(_LINES) == len(GEVALLEN)


def test_the_namespaces_of_the_generations() -> None:
    assert ACHTTIEN.namespace == "http://xml.kennisnet.nl/schemas/Overstapservice/20180404"
    assert TWEEENTWINTIG.namespace == "http://xml.kennisnet.nl/schemas/Overstapservice/20200910"
