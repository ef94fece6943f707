"""Hostile XML: a melding, never a traceback, never a hang; a file that is refused costs at most 1 s and 200 MiB."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.controle import controleer
from tests.dossiers import FOLDER, full

NAMESPACE = "http://www.edustandaard.nl/oso_gegevensset/2019/dossier"
ROOT = f'<dossier xmlns="{NAMESPACE}">'.encode()
END = b"</dossier>"
XSI = b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
FETCH = b' xsi:schemaLocation="urn:x http://127.0.0.1:1/x file:///dev/zero"'
BASE = (FOLDER / "2019.1_BB-POPO_minimaal.xml").read_bytes()
TEXT = BASE.decode()
BODY = TEXT.partition("?>")[2].strip()
ACCENTS = BODY.replace("De Verzonnen", "De Verzónnen")
FEW = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def put(data: bytes, where: bytes = b"<pakketnaam>") -> bytes:
    """The valid dossier with something behind a tag."""
    assert where in BASE
    return BASE.replace(where, where + data)


def at_end(data: bytes) -> bytes:
    return BASE.replace(b"</leerling>", data + b"</leerling>")


def attribute(data: bytes) -> bytes:
    return BASE.replace(b"<pakketnaam>", b"<pakketnaam" + data + b">")


def in_root(data: bytes) -> bytes:
    return ROOT + data + END


def on_root(count: int, pattern: bytes) -> bytes:
    return ROOT[:-1] + b"".join(b" " + pattern % number for number in range(count)) + b">" + END


def dtd(*lines: str) -> bytes:
    return f"<!DOCTYPE dossier [{''.join(lines)}]>".encode() + in_root(b"&z;")


def laughs() -> bytes:
    names = "abcdefghijz"
    ten = (f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names))
    return dtd('<!ENTITY a "aaaaaaaaaa">', *ten)


def latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")


# name -> (how to make it, the first code; "" where the file is valid)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "XML_ONLEESBAAR"),
    "an external DTD": (lambda: b'<!DOCTYPE dossier SYSTEM "file:///etc/passwd">' + BODY.encode(), "XML_DTD"),
    "a DTD behind a comment": (lambda: b"<!-- a --><?b c?>\n<!DOCTYPE dossier>" + BODY.encode(), "XML_DTD"),
    "a DTD in UTF-16": (lambda: f"<!DOCTYPE dossier>{BODY}".encode("utf-16"), "XML_DTD"),
    "an external entity": (lambda: dtd('<!ENTITY z SYSTEM "file:///etc/passwd">'), "XML_DTD"),
    "nested entities": (laughs, "XML_DTD"),
    "an entity that nobody declared": (lambda: put(b"&x;"), "XML_ONLEESBAAR"),
    "a DTD in a comment only": (lambda: put(b"<!-- <!DOCTYPE x> -->"), ""),
    "100,000 levels": (lambda: in_root(b"<a>" * 100_000 + b"</a>" * 100_000), "TE_GROOT"),
    "49,000 levels": (lambda: in_root(b"<a>" * 49_000 + b"</a>" * 49_000), "XML_ONLEESBAAR"),
    "200 levels": (lambda: in_root(b"<a>" * 200 + b"</a>" * 200), "STRUCTUUR.ONBEKEND"),
    "1,000,000 elements": (lambda: in_root(b"<a/>" * 1_000_000), "TE_GROOT"),
    "49,000 unknown elements": (lambda: in_root(b"<a/>" * 49_000), "STRUCTUUR.ONBEKEND"),
    "49,000 known elements": (lambda: put(b"<verzorger/>" * 49_000, b"<leerling>"), "STRUCTUUR"),
    "49,000 empty tests": (lambda: at_end(b"<toetslijst>" + b"<toets/>" * 49_000 + b"</toetslijst>"), "STRUCTUUR"),
    "49,000 wrong codes": (lambda: put(b"<geslacht>9</geslacht>" * 49_000, b"<leerling>"), "STRUCTUUR"),
    "1,000,000 attributes": (lambda: on_root(1_000_000, b'a%d=""'), "TE_GROOT"),
    "30,000 attributes": (lambda: on_root(30_000, b'a%d=""'), "TE_GROOT"),
    "30,000 namespaces": (lambda: on_root(30_000, b'xmlns:a%d="b"'), "STRUCTUUR.ONTBREEKT"),
    "a text of 50 MB": (lambda: in_root(b"a" * 50_000_000), "TE_GROOT"),
    "a text of 15 MB where none belongs": (lambda: in_root(b"a" * 15_000_000), "STRUCTUUR.TEKST"),
    "a text of 15 MB where one belongs": (lambda: put(b"a" * 15_000_000), ""),
    "10 MB with an entity": (lambda: dtd("<!ENTITY z 'a'>") + b"<!--" + b" " * 10_000_000 + b"-->", "XML_DTD"),
    "3,000,000 character references": (lambda: put(b"&#65;" * 3_000_000), ""),
    "a comment without end": (lambda: ROOT + b"<!--" * 3_900_000, "TE_GROOT"),
    "UTF-16": (lambda: f'<?xml version="1.0" encoding="UTF-16"?>{BODY}'.encode("utf-16"), ""),
    "UTF-16, big end first, without declaration": (lambda: b"\xfe\xff" + BODY.encode("utf-16-be"), ""),
    "UTF-16 cut in half": (lambda: TEXT.encode("utf-16")[:-1], "XML_ONLEESBAAR"),
    "UTF-16 without a mark or declaration": (lambda: BODY.encode("utf-16-le"), "XML_ONLEESBAAR"),
    "Latin-1 with declaration": (lambda: latin(f'<?xml version="1.0" encoding="ISO-8859-1"?>{ACCENTS}'), ""),
    "Latin-1 without declaration": (lambda: latin(ACCENTS), "XML_ONLEESBAAR"),
    "a byte order mark": (lambda: b"\xef\xbb\xbf" + BASE, ""),
    "an encoding that hides <": (lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-', "XML_ONLEESBAAR"),
    "UTF-32": (lambda: TEXT.encode("utf-32"), "XML_ONLEESBAAR"),
    "EBCDIC": (lambda: TEXT.encode("cp500", "replace"), "XML_ONLEESBAAR"),
    "a NUL byte": (lambda: put(b"\0"), "XML_ONLEESBAAR"),
    "nothing but NUL bytes": (lambda: b"\0" * 1000, "XML_ONLEESBAAR"),
    "a NUL byte behind the end": (lambda: BASE + b"\0", "XML_ONLEESBAAR"),
    "a control character": (lambda: put(b"&#1;"), "XML_ONLEESBAAR"),
    "two roots": (lambda: BASE + b"<dossier/>", "XML_ONLEESBAAR"),
    "the root dossiers": (lambda: ROOT.replace(b"dossier ", b"dossiers ") + b"</dossiers>", "WORTEL_ONBEKEND"),
    "no namespace": (lambda: b"<dossier/>", "NAAMRUIMTE_ONBEKEND"),
    "the wrong namespace": (lambda: b'<dossier xmlns="urn:x"/>', "NAAMRUIMTE_ONBEKEND"),
    "a future namespace": (lambda: BASE.replace(b"/2019/dossier", b"/2025/dossier"), "NAAMRUIMTE_ONBEKEND"),
    "comments between elements": (lambda: put(b"<!-- a --><?b c?>", b"<metadata>"), ""),
    "comments inside a leaf": (lambda: put(b"a<!-- b --><?c d?>"), ""),
    "xsi:nil": (lambda: attribute(XSI + b' xsi:nil="true"'), "STRUCTUUR.ATTRIBUUT"),
    "xsi:type": (lambda: attribute(XSI + b' xsi:type="x"'), "STRUCTUUR.ATTRIBUUT"),
    "a schema to fetch": (lambda: attribute(XSI + FETCH), ""),
    "an unknown attribute": (lambda: attribute(b' a="b"'), "STRUCTUUR.ATTRIBUUT"),
}
COSTLY = [name for name in HOSTILE if name[0].isdigit() or "MB" in name]
PROBE = f"""
import json, sys, time
from chalicelib.gegevensset.controle import controleer
controleer(b'<dossier xmlns="{NAMESPACE}"/>')
data = sys.stdin.buffer.read()
start = time.process_time()
controleer(data, "intended", bijlagen="waarschuwing")
used = time.process_time() - start
with open("/proc/self/status") as status:
    peak = next(line.split()[1] for line in status if line.startswith("VmHWM"))
print(json.dumps([used, int(peak) / 1024]))
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_get_a_melding_and_the_right_verdict(name: str) -> None:
    make, code = HOSTILE[name]
    data = make()
    report = controleer(data)
    assert report.geldig is (code == "")
    if code:
        first = report.meldingen[0]
        assert first.code.startswith(code)
        assert first.tekst
        assert first.wat_nu
    else:
        assert decode(data).dossier["metadata"]["pakketnaam"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize("name", COSTLY)
def test_a_refused_file_costs_at_most_a_second_and_200_mib(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], input=HOSTILE[name][0](), capture_output=True, check=True, timeout=60
    )
    seconds, mib = json.loads(done.stdout)
    assert seconds <= 1.0
    assert mib <= 200


JUNK = st.binary(max_size=20) | st.sampled_from([b"<", b"&", b"</leerling>", b"<a>", b"]]>"])


@FEW
@given(st.integers(0, 40_000), st.integers(0, 60), JUNK)
def test_damage_anywhere_gives_a_verdict_and_nothing_else(place: int, cut: int, junk: bytes) -> None:
    whole = full()
    data = whole[:place] + junk + whole[place + cut :]
    for report in (controleer(data), controleer(data, "intended", bijlagen="waarschuwing")):
        assert report.geldig is not any(melding.is_fout for melding in report.meldingen)
        assert all(melding.tekst and melding.wat_nu for melding in report.meldingen)
    with contextlib.suppress(Invalid):
        assert decode(data).versie == "2019.1"
