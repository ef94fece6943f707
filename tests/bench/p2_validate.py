"""P2: judge a full valid dossier of 173 KB, warm: parse, schema and all rules, beside the bare parse and xmlschema."""

from collections.abc import Iterator

from lxml import etree

from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.controle import controleer
from chalicelib.gegevensset.schema import schema, xsd
from chalicelib.gegevensset.tabel import standaard
from tests.bench.measure import Goal, medians
from tests.bench.sample import HARDENED, VERSION, dossier, with_faults


def run() -> Iterator[Goal | str]:
    """The goals of P2."""
    valid = dossier()
    data, faulty = encode(valid, VERSION), with_faults(valid)
    assert controleer(data).meldingen == (), "the sample is not valid"
    times = medians(
        {
            "hardened parse": lambda: etree.fromstring(data, HARDENED),
            "official": lambda: controleer(data, "official"),
            "intended": lambda: controleer(data, "intended"),
            "attachments": lambda: controleer(data, "intended", bijlagen="waarschuwing"),
            "100 faults": lambda: controleer(faulty, "official"),
        }
    )
    yield ", ".join(f"{name} {found:.2f} ms" for name, found in times.items())
    yield f"{len(controleer(faulty).meldingen)} meldingen on the faulty one"
    parse, official = times["hardened parse"], times["official"]
    yield Goal("P2", "parse + schema + all official rules, against the parse", official / parse, 4.6, False)
    opened = times["attachments"] / parse
    yield f"P2 in mode intended: {times['intended'] / parse:.2f}x the parse, with all attachments opened {opened:.2f}x"
    yield Goal("P2", "100 faults in one dossier, against the valid one", times["100 faults"] / official, 5.0, False)
    yield from _schema_alone(data)


def _schema_alone(data: bytes) -> Iterator[Goal | str]:
    try:
        import xmlschema
    except ImportError:
        yield "P2 xmlschema is not installed: see requirements-bench.txt"
        return
    table, tree = standaard(VERSION), etree.fromstring(data, HARDENED)
    compiled, peer = schema(VERSION), xmlschema.XMLSchema(xsd(table))
    assert peer.is_valid(tree)
    times = medians({"ours": lambda: compiled.validate(tree), "xmlschema": lambda: peer.is_valid(tree)}, rounds=11)
    yield f"schema alone: ours {times['ours']:.2f} ms, xmlschema {times['xmlschema']:.2f} ms"
    yield Goal("P2", "schema alone, against xmlschema", times["xmlschema"] / times["ours"], 10.0, True)
