"""What made-up factories do: trades of machining shops with the ranges in which their capabilities lie."""

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A process with what usually goes with it; sizes in mm, tolerance and roughness in um, lots in pieces."""

    weight: int
    process: str
    operations: tuple[str, ...]
    materials: str
    machine: str
    sizes: tuple[tuple[str, Range], ...]
    tolerance: Range
    roughness: Range
    lot: Range
    days: Range


_PRISM = (("max_x_mm", (200.0, 1500.0)), ("max_y_mm", (150.0, 800.0)), ("max_z_mm", (100.0, 600.0)))
_SHAFT = (("max_diameter_mm", (20.0, 420.0)), ("max_length_mm", (60.0, 1500.0)))
_SHEET = (("max_x_mm", (400.0, 4000.0)), ("max_y_mm", (300.0, 2000.0)))

TRADES: tuple[Trade, ...] = (
    Trade(
        weight=24,
        process="3.2.1",
        operations=("3.2.2", "3.2.3", "3.3.1"),
        materials="PPPMNNK",
        sizes=_SHAFT,
        machine="Tiện CNC",
        tolerance=(4, 40),
        roughness=(0.4, 3.2),
        lot=(10, 30_000),
        days=(5, 35),
    ),
    Trade(
        weight=24,
        process="3.2.3",
        operations=("3.2.2", "3.2.6", "3.3.7"),
        materials="PPNNNMK",
        sizes=_PRISM,
        machine="Phay CNC",
        tolerance=(5, 60),
        roughness=(0.4, 6.3),
        lot=(1, 8_000),
        days=(5, 42),
    ),
    Trade(
        weight=5,
        process="3.2.3",
        operations=("3.2.2", "3.3.5", "3.6.3"),
        materials="SSNM",
        sizes=_PRISM,
        machine="Phay 5 trục",
        tolerance=(3, 15),
        roughness=(0.2, 1.6),
        lot=(1, 300),
        days=(14, 84),
    ),
    Trade(
        weight=8,
        process="3.3.1",
        operations=("3.3.4", "3.3.5"),
        materials="HHPK",
        sizes=_SHAFT,
        machine="Mài",
        tolerance=(1, 8),
        roughness=(0.05, 0.8),
        lot=(1, 5_000),
        days=(5, 28),
    ),
    Trade(
        weight=7,
        process="3.4.1",
        operations=("3.3.5", "3.2.3"),
        materials="HHPN",
        sizes=_PRISM,
        machine="Xung điện, cắt dây",
        tolerance=(2, 20),
        roughness=(0.2, 3.2),
        lot=(1, 500),
        days=(7, 42),
    ),
    Trade(
        weight=5,
        process="3.2.2",
        operations=("3.2.6",),
        materials="PPNK",
        sizes=_PRISM,
        machine="Khoan, ta rô",
        tolerance=(10, 100),
        roughness=(1.6, 6.3),
        lot=(50, 50_000),
        days=(4, 21),
    ),
    Trade(
        weight=10,
        process="3.1.1",
        operations=("2.4.1", "2.2.2", "3.3.7"),
        materials="PPPMN",
        sizes=_SHEET,
        machine="Máy dập",
        tolerance=(30, 200),
        roughness=(1.6, 12.5),
        lot=(500, 500_000),
        days=(7, 35),
    ),
    Trade(
        weight=7,
        process="2.4.1",
        operations=("3.1.1", "4.6.2", "5.4.2"),
        materials="PPMN",
        sizes=_SHEET,
        machine="Máy chấn",
        tolerance=(100, 500),
        roughness=(1.6, 12.5),
        lot=(5, 20_000),
        days=(5, 28),
    ),
    Trade(
        weight=5,
        process="1.1.2",
        operations=("3.2.3", "3.3.7"),
        materials="N",
        sizes=_PRISM,
        machine="Đúc áp lực",
        tolerance=(50, 300),
        roughness=(1.6, 6.3),
        lot=(1_000, 200_000),
        days=(21, 84),
    ),
    Trade(
        weight=5,
        process="4.6.2",
        operations=("3.6.1", "5.1.2"),
        materials="PPMN",
        sizes=_SHEET,
        machine="Hàn rô bốt",
        tolerance=(200, 1000),
        roughness=(3.2, 12.5),
        lot=(1, 5_000),
        days=(7, 42),
    ),
    Trade(
        weight=4,
        process="6.2.5",
        operations=("6.2.7", "6.2.4"),
        materials="PPH",
        sizes=_SHAFT,
        machine="Lò nhiệt luyện",
        tolerance=(50, 300),
        roughness=(0.8, 6.3),
        lot=(1, 50_000),
        days=(3, 14),
    ),
    Trade(
        weight=3,
        process="5.9.1",
        operations=("3.6.5", "3.6.3"),
        materials="PNM",
        sizes=_PRISM,
        machine="Dây chuyền mạ",
        tolerance=(3, 20),
        roughness=(0.4, 3.2),
        lot=(50, 100_000),
        days=(3, 14),
    ),
)

GRADES = {
    "P": ("JIS:S45C", "JIS:SCM440", "JIS:SS400", "EN:1.7225", "AISI:4140", "JIS:SPCC"),
    "M": ("JIS:SUS304", "JIS:SUS316L", "EN:1.4404", "AISI:303"),
    "K": ("JIS:FC250", "JIS:FCD450", "EN:EN-GJL-250"),
    "N": ("JIS:A5052", "AISI:6061", "AISI:7075", "JIS:ADC12", "JIS:C3604", "EN:AW-6082"),
    "S": ("EN:3.7165", "AISI:6AL-4V", "AISI:INCONEL 718"),
    "H": ("JIS:SKD11", "JIS:SKD61", "JIS:SUJ2"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A province with a rough box of coordinates (micro-degrees are drawn inside it)."""

    weight: int
    code: str
    name: str
    lat: Range
    lon: Range


PLACES: tuple[Place, ...] = (
    Place(weight=22, code="VN-HN", name="Hà Nội", lat=(20.85, 21.25), lon=(105.60, 105.98)),
    Place(weight=20, code="VN-56", name="Bắc Ninh", lat=(21.02, 21.25), lon=(105.95, 106.25)),
    Place(weight=14, code="VN-HP", name="Hải Phòng", lat=(20.70, 20.98), lon=(106.50, 106.80)),
    Place(weight=10, code="VN-66", name="Hưng Yên", lat=(20.65, 20.98), lon=(105.95, 106.15)),
    Place(weight=9, code="VN-70", name="Vĩnh Phúc", lat=(21.20, 21.42), lon=(105.45, 105.75)),
    Place(weight=9, code="VN-61", name="Hải Dương", lat=(20.80, 21.10), lon=(106.15, 106.55)),
    Place(weight=5, code="VN-69", name="Thái Nguyên", lat=(21.40, 21.68), lon=(105.70, 105.98)),
    Place(weight=4, code="VN-54", name="Bắc Giang", lat=(21.20, 21.40), lon=(106.05, 106.35)),
    Place(weight=3, code="VN-63", name="Hà Nam", lat=(20.45, 20.68), lon=(105.85, 106.05)),
    Place(weight=2, code="VN-67", name="Nam Định", lat=(20.30, 20.48), lon=(106.08, 106.30)),
    Place(weight=2, code="VN-13", name="Quảng Ninh", lat=(20.95, 21.08), lon=(106.75, 107.15)),
)
