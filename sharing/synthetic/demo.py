"""Three hand-written suppliers for the demonstration, rich enough that every level has something to show.

Guarantees: accepted by `parse_profile`; each says in its note that it is synthetic. Their location numbers use the GS1
prefix 952, which is reserved for examples; mail addresses use the reserved domain `.example`.
"""

from datetime import date, timedelta

from sharing.catalogue.values import Value
from sharing.catalogue.weeks import week_of

Document = dict[str, Value]

_SYNTHETIC = "Synthetic supplier for demonstrations; no such company exists. Nhà cung cấp giả lập."


def demo_suppliers(today: date) -> tuple[Document, Document, Document]:
    """A turning shop in Bac Ninh, a 5-axis milling shop in Hanoi, and a press shop in Hai Phong, as of `today`."""
    return _turning(today), _milling(today), _pressing(today)


def _turning(today: date) -> Document:
    swiss, chuck = "Tiện tự động đầu trượt (10 máy)", "Tiện CNC mâm cặp 8 inch (14 máy)"
    return {
        "legal_name": {"vi": "Công ty TNHH Cơ khí chính xác Kinh Bắc Mẫu", "en": "Kinh Bac Sample Precision Co., Ltd"},
        "trading_name": {"en": "Kinh Bac Turning (demo)", "vi": "Tiện Kinh Bắc (mẫu)"},
        "identifiers": [{"scheme": "gln", "value": "9521000000018"}],
        "established_year": "2009",
        "country": "VN",
        "province": "VN-56",
        "address": "Lô CN-08, khu công nghiệp mẫu Quế Võ, Bắc Ninh",
        "point": {"lat": "21.1462", "lon": "106.1515"},
        "contacts": [
            {"role": "Sales", "name": "Chị Hạnh", "channel": "sales@kinhbac.example", "languages": ["vi", "en", "ko"]},
            {"role": "Quality", "channel": "qa@kinhbac.example", "languages": ["vi", "en"]},
        ],
        "capabilities": [
            _capability(
                ("3.2.1", "P", "JIS:S45C"),
                swiss,
                ("5", "0.4"),
                ("1000", "20000", "300000"),
                ("14", "21"),
                max_diameter_mm="32",
                max_length_mm="320",
                secondary_operations=["3.2.2", "3.3.7", "3.6.3"],
            ),
            _capability(
                ("3.2.1", "N", "JIS:C3604"),
                swiss,
                ("8", "0.8"),
                ("2000", "50000", "500000"),
                ("12", "18"),
                max_diameter_mm="32",
                max_length_mm="320",
                secondary_operations=["3.2.2", "3.6.3"],
            ),
            _capability(
                ("3.2.1", "M", "JIS:SUS304"),
                chuck,
                ("10", "0.8"),
                ("50", "2000", "20000"),
                ("14", "25"),
                max_diameter_mm="250",
                max_length_mm="500",
                max_mass_kg="40",
                secondary_operations=["3.2.2", "3.2.3"],
            ),
            _capability(
                ("3.3.1", "H", "JIS:SUJ2"),
                chuck,
                ("2", "0.2"),
                ("20", "500", "5000"),
                ("18", "30"),
                max_diameter_mm="150",
                max_length_mm="400",
                secondary_operations=["3.3.5"],
            ),
        ],
        "capacity_groups": [
            _group(swiss, today, (60, 72, 96, 120, 120, 160, 200, 240)),
            _group(chuck, today, (24, 24, 40, 80, 110, 150, 190, 260)),
        ],
        "certificates": [
            _certificate(
                "ISO9001:2015",
                "SYN-QMS-0811",
                "Tiện và mài chi tiết chính xác cho ô tô, xe máy, điện tử",
                "Nhà máy Quế Võ mẫu",
                today,
                begun=400,
            ),
            _certificate(
                "IATF16949:2016",
                "SYN-IATF-2207",
                "Manufacture of turned steel and brass parts",
                "Nhà máy Quế Võ mẫu",
                today,
                begun=210,
            ),
            _certificate(
                "ISO14001:2015", "SYN-EMS-0311", "Tiện và mài chi tiết chính xác", "Nhà máy Quế Võ mẫu", today, begun=700
            ),
        ],
        "note": f"{_SYNTHETIC}\nCa 3 có thể mở trong 2 tuần khi có đơn ổn định từ 400 giờ.",
    }


def _milling(today: date) -> Document:
    five, three = "Trung tâm gia công 5 trục (4 máy)", "Trung tâm gia công 3 trục (9 máy)"
    return {
        "legal_name": {"vi": "Công ty CP Kỹ thuật Thăng Long Mẫu", "en": "Thang Long Sample Engineering JSC"},
        "trading_name": {"en": "Thang Long 5-Axis (demo)"},
        "identifiers": [{"scheme": "gln", "value": "9521000000025"}],
        "established_year": "2014",
        "country": "VN",
        "province": "VN-HN",
        "address": "Nhà xưởng 3, khu công nghiệp mẫu Đông Anh, Hà Nội",
        "point": {"lat": "21.1318", "lon": "105.7817"},
        "contacts": [
            {"role": "Sales", "name": "Anh Tuấn", "channel": "rfq@thanglong.example", "languages": ["vi", "en", "ja"]},
        ],
        "capabilities": [
            _capability(
                ("3.2.3", "S", "EN:3.7165"),
                five,
                ("8", "0.4"),
                ("1", "20", "300"),
                ("28", "42"),
                max_x_mm="750",
                max_y_mm="600",
                max_z_mm="500",
                max_mass_kg="350",
                secondary_operations=["3.2.2", "3.3.5", "3.6.3"],
            ),
            _capability(
                ("3.2.3", "N", "AISI:7075"),
                five,
                ("8", "0.4"),
                ("1", "50", "1000"),
                ("15", "25"),
                max_x_mm="750",
                max_y_mm="600",
                max_z_mm="500",
                max_mass_kg="350",
                secondary_operations=["3.2.2", "3.3.7", "5.9.1"],
            ),
            _capability(
                ("3.2.3", "N", "AISI:6061"),
                three,
                ("15", "0.8"),
                ("5", "200", "5000"),
                ("10", "18"),
                max_x_mm="1020",
                max_y_mm="560",
                max_z_mm="510",
                secondary_operations=["3.2.2", "3.3.7"],
            ),
            _capability(
                ("3.4.1", "H", "JIS:SKD11"),
                three,
                ("4", "0.3"),
                ("1", "10", "100"),
                ("12", "20"),
                max_x_mm="400",
                max_y_mm="300",
                max_z_mm="220",
                secondary_operations=["3.3.1"],
            ),
        ],
        "capacity_groups": [
            _group(five, today, (0, 12, 16, 30, 44, 44, 60, 80)),
            _group(three, today, (40, 55, 80, 80, 120, 120, 160, 200)),
        ],
        "certificates": [
            _certificate(
                "AS9100:D",
                "SYN-AS-1904",
                "Milling of titanium and aluminium structural parts",
                "Xưởng Đông Anh mẫu",
                today,
                begun=300,
            ),
            _certificate("ISO9001:2015", "SYN-QMS-1904", "Gia công phay chính xác", "Xưởng Đông Anh mẫu", today, begun=300),
            _certificate(
                "ISO13485:2016",
                "SYN-MD-0412",
                "Machining of components of surgical instruments",
                "Xưởng Đông Anh mẫu",
                today,
                begun=900,
            ),
        ],
        "note": f"{_SYNTHETIC}\nMeasuring room at 20 °C with a coordinate measuring machine; FAI to AS9102 on request.",
    }


def _pressing(today: date) -> Document:
    press, bending = "Máy dập 80-400 tấn (11 máy)", "Cắt laser và chấn (6 máy)"
    return {
        "legal_name": {"vi": "Công ty TNHH Dập tấm Hải Cảng Mẫu", "en": "Hai Cang Sample Stamping Co., Ltd"},
        "identifiers": [{"scheme": "gln", "value": "9521000000032"}],
        "established_year": "2003",
        "country": "VN",
        "province": "VN-HP",
        "address": "Lô B2, khu công nghiệp mẫu An Dương, Hải Phòng",
        "point": {"lat": "20.8801", "lon": "106.5952"},
        "contacts": [
            {"role": "Sales", "name": "Chị Lan", "channel": "sales@haicang.example", "languages": ["vi", "en", "zh"]},
        ],
        "capabilities": [
            _capability(
                ("3.1.1", "P", "JIS:SPCC"),
                press,
                ("50", "3.2"),
                ("2000", "50000", "1000000"),
                ("15", "28"),
                max_x_mm="1200",
                max_y_mm="800",
                secondary_operations=["2.2.2", "2.4.1", "3.3.7"],
            ),
            _capability(
                ("2.2.2", "M", "JIS:SUS304"),
                press,
                ("80", "1.6"),
                ("1000", "20000", "300000"),
                ("20", "35"),
                max_x_mm="600",
                max_y_mm="400",
                secondary_operations=["3.1.1", "3.6.3"],
            ),
            _capability(
                ("2.4.1", "N", "JIS:A5052"),
                bending,
                ("100", "3.2"),
                ("10", "500", "10000"),
                ("7", "14"),
                max_x_mm="3000",
                max_y_mm="1500",
                secondary_operations=["3.4.1", "4.6.2", "5.4.2"],
            ),
            _capability(
                ("4.6.1", "P", "JIS:SS400"),
                bending,
                ("200", "6.3"),
                ("10", "1000", "20000"),
                ("10", "20"),
                max_x_mm="2000",
                max_y_mm="1200",
                max_mass_kg="250",
                secondary_operations=["5.4.2"],
            ),
        ],
        "capacity_groups": [
            _group(press, today, (160, 180, 220, 320, 360, 400, 480, 640)),
            _group(bending, today, (32, 48, 60, 80, 90, 120, 160, 160)),
        ],
        "certificates": [
            _certificate(
                "ISO9001:2015", "SYN-QMS-0703", "Dập, chấn, hàn kim loại tấm", "Nhà máy An Dương mẫu", today, begun=820
            ),
            _certificate("AEO:C", "SYN-AEO-0032", "Doanh nghiệp ưu tiên hải quan", "Nhà máy An Dương mẫu", today, begun=150),
        ],
        "note": f"{_SYNTHETIC}\nTự làm khuôn dập; thời gian làm khuôn mới 35 đến 50 ngày.",
    }


def _capability(
    work: tuple[str, str, str],
    group: str,
    precision: tuple[str, str],
    lots: tuple[str, str, str],
    days: tuple[str, str],
    **others: Value,
) -> Document:
    process, family, grade = work
    tolerance, roughness = precision
    return {
        "process": process,
        "material_family": family,
        "material_grade": grade,
        "capacity_group": group,
        "tolerance_class": "f" if int(tolerance) <= 10 else "m",
        "tolerance_um": tolerance,
        "roughness_um": roughness,
        "lot_min": lots[0],
        "lot_economic": lots[1],
        "lot_max": lots[2],
        "lead_time_p50_days": days[0],
        "lead_time_p90_days": days[1],
        **others,
    }


def _group(name: str, today: date, hours: tuple[int, ...]) -> Document:
    """Three weeks of each level of `hours`, from this week on: order books thin out with distance."""
    weeks = [week_of(today + timedelta(weeks=each)) for each in range(3 * len(hours))]
    return {
        "name": name,
        "unit": "HUR",
        "spare_hours": {week: str(hours[at // 3]) for at, week in enumerate(weeks)},
    }


def _certificate(scheme: str, number: str, scope: str, site: str, today: date, *, begun: int) -> Document:
    start = today - timedelta(days=begun)
    return {
        "scheme": scheme,
        "number": number,
        "issuer": "Example Certification Body (synthetic)",
        "accreditation_body": "Example Accreditation Board (synthetic)",
        "scope": scope,
        "sites": [site],
        "valid_from": start.isoformat(),
        "valid_until": (start + timedelta(days=1095)).isoformat(),
    }
