"""The dossier reader: bytes to a tree, to values and to a verdict, or an error that is known."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from random import Random

from chalicelib.errors import Invalid
from chalicelib.gegevensset.codec import decode, encode
from chalicelib.gegevensset.controle import controleer, controleer_waarden
from infra.local.processes import ROOT
from tests.fuzz.engine import Target, must
from tests.pupil import NUMBERS

_KNOWN = {"TE_GROOT", "XML_ONLEESBAAR", "XML_DTD", "NAAMRUIMTE_ONBEKEND", "WORTEL_ONBEKEND", "DOSSIER_ONGELDIG"}
_WORDS = (
    *(b"<![CDATA[x]]>", b"<!-- x -->", b"<?p q?>", b"&#65;", b"&#x1F600;", b"<a/>", b"<a b='c'/>", b"<a xmlns=''/>"),
    *(
        b"<document/>",
        b"<toets/>",
        b"<verzorger/>",
        b"2019.1",
        b"2018.1",
        b"-0001-12-31Z",
        b"10000-01-01",
        b"9999-12-31",
    ),
    *(b"true", b"ja", b"1", b"99", b"10ABC", NUMBERS[0].encode()),
)


@contextmanager
def target() -> Iterator[Target]:
    """Seeds are the example dossiers; a large one is drawn seldom, since it costs ten times as much."""
    folder = ROOT / "tests" / "dossiers"
    small = [path.read_bytes() for path in sorted(folder.glob("*_minimaal.xml")) if path.stat().st_size < 20_000]
    large = [path.read_bytes() for path in sorted(folder.glob("*_vol.xml"))]
    yield Target("dossier", run, small, _WORDS, lambda rnd: _make(rnd, small, large))


def _make(rnd: Random, small: Sequence[bytes], large: Sequence[bytes]) -> bytes:
    return rnd.choice(large if rnd.random() < 0.05 else small)


def run(data: bytes) -> str:
    """Judge and read one file; what can be read is written and read again the same."""
    verdicts = [controleer(data), controleer(data, "intended", bijlagen="waarschuwing")]
    for verdict in verdicts:
        assert verdict.geldig is not any(melding.is_fout for melding in verdict.meldingen)
        assert all(melding.tekst and melding.wat_nu for melding in verdict.meldingen)
    try:
        read = decode(data)
    except Invalid as fault:
        must(fault.code in _KNOWN, fault.code)
        must(not any(number in str(fault) for number in NUMBERS), "a number in the text of an exception")
        must(not verdicts[0].geldig, "valid, and yet it cannot be read")
        return f"{fault.code} {_codes(verdicts[1].meldingen)}"
    with suppress(Invalid):
        controleer_waarden(read.dossier, read.versie)
    again = decode(encode(read.dossier, read.versie))
    assert again.dossier == read.dossier, "written and read again it is another dossier"
    return f"read {_codes(verdicts[1].meldingen)}"


def _codes(meldingen: Sequence[object]) -> str:
    """The first codes, so that a new combination of a few counts as a new outcome and a flood does not."""
    return ",".join(sorted({str(getattr(melding, "code", "")) for melding in meldingen[:4]}))
