"""Whatever a school puts and chooses: a zorgvraag obeys every rule and holds no number, or it is refused (15.34).

See `zorgvraag.py`, which makes as many as you like.
"""

import pytest

from tests.property.zorgvraag import KINDS, main


def test_a_zorgvraag_of_any_record_passes_every_rule_and_holds_no_number_or_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """R115, PaO.LL12: XML, text of the PDF, attachment names and text, and all keys are searched."""
    assert main(["N=20", "SEED=20 of each"]) == 0
    printed = capsys.readouterr().out.splitlines()
    sent = [int(line.split()[2]) for line in printed if line.endswith(" refused")]
    places = {line.rpartition(" ")[2] for line in printed if "het nummer stond in" in line}
    with capsys.disabled():
        print(f"\n{printed[-1]}")
    assert len(sent) == len(KINDS)
    assert min(sent) >= 4, "too few come through to prove anything"
    assert {"text", "txt", "pdf", "docx"} <= places, "each place where a number was put must have been refused"
