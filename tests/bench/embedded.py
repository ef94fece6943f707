"""The embedded AWS for a bench, with one school on it: the stores of the app, and a count of all that they ask."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chalicelib.domain.mutatielog import Actie, Door, Mutatie
from chalicelib.flows import Werk
from chalicelib.store import Stores
from chalicelib.store.geheim import Geheim
from chalicelib.store.inhoud import Inhoud
from chalicelib.store.nudges import Nudges
from chalicelib.store.tabel import Tabel
from infra.local.aws import Aws, provision, start_ministack
from infra.local.bulk_worker import count
from infra.local.processes import stop
from tests.pupil import NOW, SCHOOL

WHO = Door("14SS00", "m-1", "Voorbeeld Medewerker")


@dataclass(frozen=True)
class Embedded:
    """The stores, and what their clients asked of AWS so far, by operation."""

    stores: Stores
    requests: Counter[str]

    @property
    def work(self) -> Werk:
        """An employee of the school."""
        return Werk(self.stores, WHO, NOW)


@contextmanager
def embedded() -> Iterator[Embedded]:
    """Start it, deploy the resources, save the school."""
    with tempfile.TemporaryDirectory(prefix="oso-bench-") as folder:
        endpoint, child = start_ministack(Path(folder))
        try:
            aws = Aws(endpoint, "300000000001")
            names = provision(aws)
            stores = Stores(
                Tabel(aws.client("dynamodb"), names["OSO_TABEL_STATE"]),
                Tabel(aws.client("dynamodb"), names["OSO_TABEL_MUTATIELOG"]),
                Inhoud(aws.client("s3"), names["OSO_BUCKET"]),
                Geheim(aws.client("kms"), names["OSO_KMS_SLEUTEL"], {"1": bytes(32)}),
                Nudges(aws.client("sqs"), {"PUBLICATIE": names["OSO_QUEUE_PUBLICATIES"]}),
            )
            stores.commit(Mutatie(Actie.SCHOOL_GEWIJZIGD, SCHOOL.onderwerp, WHO, NOW), None, SCHOOL)
            clients = (stores.state.client, stores.inhoud.client, stores.nudges.client, stores.geheim.client)
            yield Embedded(stores, count(*clients))
        finally:
            stop(child)
