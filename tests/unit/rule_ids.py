"""Every id of the official rules, and what became of it: the register of business rules as data.

Per line: status in 2019.1, status in 2018.1 (live, dead: written but unreachable, or - for absent), then the ids.
"""

_TABLE = """
live live  OG.01 OG.02 OG.03 OG.04
live -     OG.05
live -     OS.cat01 OS.cat02 OS.cat05 OS.cat06 OS.cat07 OS.cat08 OS.cat09 OS.cat10 OS.cat11 OS.cat12 OS.cat13 OS.cat14
live -     OS.cat15 OS.cat16
-    live  OS.cat_metadata OS.cat_ouderinzage OS.cat_oudersverzorgers OS.cat_vve OS.cat_schoolloopbaan
-    live  OS.cat_overstapadvies OS.cat_zorgenbegeleiding OS.cat_verzuim OS.cat_eindtoetsbo OS.cat_toetsresultaten
-    live  OS.cat_handelingsplannen OS.cat_cijferlijsten OS.cat_vombo OS.cat_bijlagedocs
live live  OVa.MD01 OVa.MD02 OVa.MD03 OVb.MD01 OVb.MD02 OVb.MD03 OVa.OS01 OVa.OS02 OVa.OS03 OVb.OS01
live live  OVa.IZ01 OVa.IZ02 OVa.IZ03 OVa.IZ04 OVa.IZ05 OVa.SL01 OVa.SL02
live live  OVa.LL01 OVa.LL02 OVa.LL03 OVa.LL04 OVa.LL05 OVa.LL06 OVa.LL07 OVa.LL08 OVa.LL09 OVa.LL10 OVa.LL11 OVa.LL12
live live  OVa.LL13 OVa.LL14 OVa.LL15 OVb.LL01 OVb.LL02 OVb.LL03 OVb.LL04 OVb.LL05
live -     OVb.LL10 OVb.LL11
live live  OVa.AI01 OVa.OV01 OVa.OV04 OVb.OV02 OVa.VV01 OVa.VV02 OVa.OA01
dead dead  OVa.OV03 OVb.OV01 OVa.OA02 OVa.OA03 OVa.OA04 OVa.OA05
-    dead  OVa.ZB01 OVa.ZB02
dead dead  OVa.EB02 OVa.EB03 OVa.EB04 OVa.TR04 OVa.TR05 OVa.TR06 OVa.CL01
live live  PaO.MD01 PaO.MD02 PaO.MD03 PaO.SO01 PaO.SO02 PaO.SO03 PaO.SL01 PaO.SL02
live live  PaO.LL01 PaO.LL02 PaO.LL03 PaO.LL04 PaO.LL05 PaO.LL06 PaO.LL07 PaO.LL08 PaO.LL09 PaO.LL10 PaO.LL11 PaO.LL12
live live  PaO.VV01 PaO.VV02 PaO.VV03 PaO.VV04 PaO.EB01 PaO.OV01 PaO.OV03 PaO.OV04 PaO.OV05
live live  PaO.VM01 PaO.VM02 PaO.VM03 PaO.VM04 PaO.VM05 PaO.VM06 PaO.VM07
-    live  PaO.ZB01 PaO.ZB02
live live  PaO.TR01 PaO.TR02 PaO.CL01
"""
# OVb.LL10 and OVb.LL11 have no number in the official sheet. PaO.ZB01 and PaO.ZB02 still stand in the sheet of
# 2019.1, on an element that is gone there. Named but never coded: OVa.ZB03, OVa.EB01, OVa.TR01; OS.cat03 and
# OS.cat04 are left to the schema.
NOT_CODED = frozenset({"OVa.ZB03", "OVa.EB01", "OVa.TR01", "OS.cat03", "OS.cat04"})
LISTS = {
    "2019.1": {2, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 29, 31, 33, 35, 36, 37}
    | {41, 42, 43, 44, 45, 46, 47, 48},
}
LISTS["2018.1"] = LISTS["2019.1"] | {3, 12, 32, 34, 38}


def ids(version: str, status: str) -> set[str]:
    """The ids of that status ("live" or "dead") in a version."""
    column = ("2019.1", "2018.1").index(version)
    return {
        code
        for line in _TABLE.split("\n")[1:-1]
        for *statuses, codes in [line.split(maxsplit=2)]
        if statuses[column] == status
        for code in codes.split()
    }
