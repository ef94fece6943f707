"""What a spreadsheet makes of a cell of a CSV that we write."""

import re

# a Dutch spreadsheet splits at a semicolon too, whatever the file itself is parted by
_FORMULE = re.compile(r"(^|;)(?=[=+\-@\t\r])")


def veilig(cel: str) -> str:
    """A cell that a spreadsheet would read as a formula gets a quote in front (15.17)."""
    return _FORMULE.sub(r"\1'", cel)
