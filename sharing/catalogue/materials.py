"""Material families of ISO 513 and the family of common grades in the EN, JIS and AISI systems.

Guarantees: a grade's family depends on its designation alone, so a band is the same whoever states the grade. A grade
that no rule knows belongs to UNCLASSIFIED, which says nothing about it.
"""

import re
from functools import lru_cache

from sharing.catalogue.codes import Code, Codes

UNCLASSIFIED = "unclassified"

FAMILIES = Codes(
    "ISO 513 material groups",
    (
        Code(code="P", parent=None, label_en="Steel", label_vi="Thép"),
        Code(code="M", parent=None, label_en="Stainless steel", label_vi="Thép không gỉ, inox"),
        Code(code="K", parent=None, label_en="Cast iron", label_vi="Gang"),
        Code(
            code="N", parent=None, label_en="Non-ferrous metal, aluminium, copper, brass", label_vi="Kim loại màu, nhôm, đồng"
        ),
        Code(code="S", parent=None, label_en="Titanium and heat-resistant alloys", label_vi="Titan và hợp kim chịu nhiệt"),
        Code(code="H", parent=None, label_en="Hardened material", label_vi="Vật liệu đã tôi cứng"),
    ),
)
UNCLASSIFIED_LABELS = ("Material not classified", "Vật liệu chưa phân loại")

SYSTEMS = ("EN", "JIS", "AISI")
GRADE_NAME = "[A-Z0-9][A-Z0-9 ./+()-]{0,23}"
GRADE = re.compile(rf"(EN|JIS|AISI):({GRADE_NAME})")

# First match wins. EN numbers are those of EN 10027-2 (1.xxxx and beyond); names are those of the common standards.
_RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "EN": (
        ("M", r"1\.4[0-35][0-9]{2}|1\.44[0-9]{2}|X[0-9]+CR.*"),
        ("S", r"1\.4[89][0-9]{2}|2\.4[0-9]{3}|3\.7[0-9]{3}|TI-?[0-9A-Z-]*"),
        ("K", r"0\.[67][0-9]{3}|5\.[1-4][0-9]{3}|(EN-?)?GJ[LSMVN][A-Z0-9-]*|GGG?-?[0-9]{2}"),
        ("N", r"(EN )?A[WC]-?[0-9]{4,5}[A-Z]*|3\.[0-6][0-9]{3}|2\.[01][0-9]{3}|CW[0-9]{3}[A-Z]|CU.*|AL.*"),
        (
            "P",
            r"1\.[0-37-8][0-9]{3}|1\.[56][0-9]{3}|[SEPLC][0-9]{2,3}[A-Z0-9+]*|[0-9]{1,3}(CR|MN|NI|MO|SI|S).*|"
            r"X[0-9]+(MN|NI).*|[0-9]{1,3}[A-Z]{1,2}[0-9]*",
        ),
    ),
    "JIS": (
        ("M", r"SUS[0-9].*|SCS[0-9].*"),
        ("S", r"SUH[0-9].*|NCF[0-9].*|TP[0-9].*|TB[0-9].*|TAP[0-9].*"),
        ("K", r"FCD?[0-9].*|FCM.*|FCA.*"),
        ("N", r"A[1-8][0-9]{3}.*|AC[0-9].*|ADC[0-9].*|C[1-7][0-9]{3}.*|CAC[0-9].*|MC[0-9].*|ZDC[0-9].*"),
        (
            "P",
            r"S[0-9]{2}CK?|SS[0-9]{3}|SM[0-9].*|SCM[0-9].*|SCR[0-9].*|SNCM?[0-9].*|SUJ[0-9].*|SUM[0-9].*|"
            r"SK[DHST]?[0-9].*|SPCC?.*|SPH[CDE].*|SEC[CDE].*|SGC[CDH].*|STK.*|SUP[0-9].*|SC[0-9]{3}|SF[0-9].*",
        ),
    ),
    "AISI": (
        ("M", r"(2|3|4)[0-9]{2}[A-Z]*|S?1[57]-[47]( ?PH)?|17-4 ?PH|S[1-4][0-9]{4}"),
        ("S", r"6AL-?4V|TI.*|INCONEL ?[0-9]{3}|IN ?[0-9]{3}|N0[67][0-9]{3}|R5[0-9]{4}|A-?286|WASPALOY"),
        ("K", r"CLASS ?[2-6][05]|[68]0-[0-9]{2}-[0-9]{2}|65-45-12"),
        (
            "N",
            r"A?[1-8][0-9]{3}-?[TOHF][0-9]*|A0?[1-8][0-9]{4}|A3[0-9]{2}(\.0)?|C[1-9][0-9]{4}|"
            r"(1100|2011|2014|2017|2024|3003|5052|5083|6005|6061|6063|6082|7050|7075)",
        ),
        ("P", r"[ACE]?(1[0-5]|[2-9][0-9])[0-9]{2}[A-Z]?|1[0-5]L[0-9]{2}|12L14|[ADHMOSW][0-9]{1,2}|A36|52100"),
    ),
}
_COMPILED = {system: tuple((family, re.compile(pattern)) for family, pattern in rules) for system, rules in _RULES.items()}


@lru_cache(maxsize=16384)
def family(grade: str) -> str:
    """The ISO 513 family of a stored grade `SYSTEM:NAME`, or UNCLASSIFIED."""
    system, _, name = grade.partition(":")
    for found, pattern in _COMPILED.get(system, ()):
        if pattern.fullmatch(name):
            return found
    return UNCLASSIFIED
