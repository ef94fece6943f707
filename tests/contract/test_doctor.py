"""The doctor finds what is wrong, names it, and says nothing that must stay secret."""

from pathlib import Path

from infra.doctor import LET_OP, MIS, OK
from infra.local.doctor_faults import examine, faults, run, well
from infra.local.issuer import make_issuers
from infra.local.pki import make_pki


def test_every_planted_fault_is_found_and_named(ministack: str, tmp_path: Path) -> None:
    missed, count = [], 0
    for fault, before, after in run(ministack, tmp_path):
        count += 1
        if before or fault.naam not in {one.naam for one in after}:
            missed.append((fault.what, [str(one) for one in before or after]))
    assert missed == []
    assert count >= 10


def test_a_line_tells_how_it_is_what_it_is_about_and_no_setting(ministack: str, tmp_path: Path) -> None:
    pki, issuers = make_pki(tmp_path / "pki"), make_issuers(tmp_path / "issuer")
    aws, env = well(ministack, 90, tmp_path, pki, issuers)
    secrets = [env["OSO_ZOEKSLEUTEL"], env["OSO_PEPPER"], *(env[name] for name in env if name.startswith("OSO_TABEL"))]
    for fault in faults(pki):
        fault.plant(aws, env)
    for one in examine(aws, env):
        assert one.stand in (OK, LET_OP, MIS)
        assert one.naam
        assert one.tekst
        assert not any(secret in str(one) for secret in secrets)
