"""The test PKI: private files, two authorities, a supplier known by its OIN."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID

from infra.local.pki import OIN, Pki, make_pki


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki") / "nieuw")


def lees(pad: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(Path(pad).read_bytes())


def test_nobody_else_can_read_a_file(pki: Pki) -> None:
    assert stat.S_IMODE(pki.map.stat().st_mode) == 0o700
    bestanden = list(pki.map.iterdir())
    assert len(bestanden) == 2 * (len(OIN) + 3)
    assert {stat.S_IMODE(bestand.stat().st_mode) for bestand in bestanden} == {0o600}


@pytest.mark.parametrize("naam", OIN)
def test_a_supplier_is_known_by_the_oin_in_its_subject(pki: Pki, naam: str) -> None:
    certificaat = lees(pki.cert(naam))
    assert [een.value for een in certificaat.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)] == [OIN[naam]]
    assert (certificaat.not_valid_after_utc < datetime.now(UTC)) == (naam == "verlopen")
    eigen, ander = (pki.vreemde_ca, pki.ca) if naam == "vreemd" else (pki.ca, pki.vreemde_ca)
    certificaat.verify_directly_issued_by(lees(eigen))
    with pytest.raises((ValueError, InvalidSignature)):
        certificaat.verify_directly_issued_by(lees(ander))


def test_every_run_has_keys_of_its_own(pki: Pki, tmp_path: Path) -> None:
    tweede = make_pki(tmp_path)
    assert Path(tweede.key("server")).read_bytes() != Path(pki.key("server")).read_bytes()
    eerst = Path(tweede.key("ca")).read_bytes()
    assert Path(make_pki(tmp_path).key("ca")).read_bytes() != eerst
