"""The name of a document of the leerlingmap: where it is unpacked it stays in its folder."""

import pytest

from chalicelib.domain.document import Document, Documentsoort, Documentstatus
from chalicelib.store.items import dump, load
from tests.pupil import NOW, SCHOOL


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Notities ../../etc/cron.d/x 24-11-2026 10:20.pdf", "Notities ....etccron.dx 24-11-2026 10:20.pdf"),
        ('Notities a\\b*?"<>|\n\0 24-11-2026 10:20.pdf', "Notities ab 24-11-2026 10:20.pdf"),
        ("Notities Zoë Proef 24-11-2026 10:20.pdf", "Notities Zoë Proef 24-11-2026 10:20.pdf"),
    ],
)
def test_a_name_has_no_folder_and_nothing_that_no_file_name_may_have(name: str, kept: str) -> None:
    made = Document(
        "d-1", SCHOOL.vestiging, "l-1", Documentsoort.NOTITIE, Documentstatus.BESCHIKBAAR, name, NOW, "Proef"
    )
    assert made.naam == kept
    before = dump(made) | {"naam": name}
    assert load(Document, before).naam == kept, "nor one that was kept before"
