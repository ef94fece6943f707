"""Values of a dossier -> PDF bytes.

Importing this room costs a quarter of a second (fpdf2): do it only where a PDF is made.
"""

from chalicelib.pdf.dossier import render
from chalicelib.pdf.papers import Papier, inzagepakket, notitie

__all__ = ["Papier", "inzagepakket", "notitie", "render"]
