"""P7: how large the packages are, zipped, `.pyc` included."""

from collections.abc import Iterator

from infra.package import BUILD, LIMITS
from tests.bench.measure import Goal
from tests.bench.p6_cold import made


def run() -> Iterator[Goal | str]:
    """The goals of P7, in MB."""
    if not all((BUILD / door / "deployment.zip").exists() for door in LIMITS):
        made()
    for door, limit in LIMITS.items():
        size = (BUILD / door / "deployment.zip").stat().st_size
        yield Goal("P7", f"zip of {door} in MB", size / 1e6, limit / 1e6, False)
