"""`python -m tests.example [PROFIEL] [VERSION] [fouten]`: a full, valid example dossier on standard output.

With `fouten` a diagnose has an unknown code, a toets no date and a verzorger a malformed e-mail address; pipe it to
`python -m chalicelib.gegevensset controleer -` to have it judged.
"""

import sys

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.codec import encode
from chalicelib.gegevensset.tabel import VERSIES
from tests.unit.full_dossier import damage, full
from tests.unit.rule_cases import CARER, Damage, numbers

THREE_FAULTS: Damage = {
    "leerling/onderwijsondersteuning/diagnose": [{"code": ["F81.0"]}, {"code": ["f90.0"]}],
    "leerling/toetslijst/toets/0/afname/afnamedatum": None,
    f"{CARER}communicatielijst": numbers({"soort": "e-mail", "nummer": "zoe.voorbeeld.example"}),
}


def example(profiel: Profiel = Profiel.POPO, version: str = "2019.1", *, faulty: bool = False) -> bytes:
    """The bytes of a full dossier; the same arguments always give the same bytes."""
    dossier = full(version, profiel)
    return encode(damage(dossier, THREE_FAULTS) if faulty else dossier, version)


def main(arguments: list[str]) -> int:
    """Write the example that the arguments name."""
    words = {word for word in arguments if word != "fouten"}
    profiel = next((profiel for profiel in Profiel if profiel in words), Profiel.POPO)
    version = next((version for version in VERSIES if version in words), "2019.1")
    sys.stdout.buffer.write(example(profiel, version, faulty="fouten" in arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
