"""What fields, groups, purposes, roles and countries are called inside a sentence, in English and Vietnamese.

Guarantees a word for everything that a rule can name. A field that is not listed here goes by its label in the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sharing import catalogue
from sharing.catalogue import GROUPS
from sharing.catalogue.places import COUNTRIES

Language = Literal["en", "vi"]
LANGUAGES: tuple[Language, ...] = ("en", "vi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the owner may know by name: organizations by DID, and their own factory's capabilities by id.

    What is not in here is called by its id.
    """

    organizations: Mapping[str, str]
    capabilities: Mapping[str, Mapping[Language, str]]

    def organization(self, did: str) -> str:
        """A name, or the DID."""
        return self.organizations.get(did, did)

    def capability(self, identifier: str, language: Language) -> str:
        """What it makes with its id, or the id."""
        label = self.capabilities.get(identifier, {}).get(language)
        return identifier if label is None else f"{label} ({identifier})"


NOBODY_KNOWN = Known(organizations={}, capabilities={})

_FIELDS: Mapping[str, tuple[str, str]] = {
    "established_year": ("year of establishment", "năm thành lập"),
    "name_ascii": ("name in ASCII", "tên không dấu"),
    "point": ("position on the map", "tọa độ"),
    "industry_codes": ("industry codes", "mã ngành"),
    "product_codes": ("product codes", "mã sản phẩm"),
    "supply_tiers": ("supply tiers", "cấp cung ứng"),
    "capability.process": ("manufacturing processes", "công nghệ gia công"),
    "capability.max_x_mm": ("largest workpiece along x", "phôi lớn nhất theo trục x"),
    "capability.max_y_mm": ("largest workpiece along y", "phôi lớn nhất theo trục y"),
    "capability.max_z_mm": ("largest workpiece along z", "phôi lớn nhất theo trục z"),
    "capability.axes": ("number of axes", "số trục"),
    "capability.lead_time_p90_days": ("lead time of 9 in 10 orders", "thời gian giao hàng của 9/10 đơn"),
    "capacity.name": ("names of capacity groups", "tên nhóm năng lực"),
    "capacity.spare_hours": ("spare hours", "số giờ máy trống"),
    "capacity.installed_hours": ("installed hours", "tổng số giờ máy"),
    "capacity.held_hours": ("held hours", "số giờ máy đã giữ"),
    "capacity.surge_hours": ("surge hours", "số giờ tăng ca"),
    "capacity.shifts": ("number of shifts", "số ca"),
    "certificate.scheme": ("certificate schemes", "loại chứng nhận"),
    "certificate.number": ("certificate numbers", "số chứng nhận"),
    "certificate.issuer": ("certificate issuers", "tổ chức cấp chứng nhận"),
    "certificate.accreditation_body": ("accreditation bodies", "tổ chức công nhận"),
    "certificate.scope": ("certificate scopes", "phạm vi chứng nhận"),
    "certificate.sites": ("certified sites", "địa điểm được chứng nhận"),
    "certificate.valid_from": ("first days of certificates", "ngày bắt đầu hiệu lực của chứng nhận"),
    "certificate.valid_until": ("last days of certificates", "ngày hết hiệu lực của chứng nhận"),
    "certificate.status": ("status of certificates", "tình trạng chứng nhận"),
    "certificate.document": ("attached certificates", "tệp chứng nhận đính kèm"),
    "equipment.class": ("machine classes", "loại máy"),
    "equipment.axes": ("axes of machines", "số trục của máy"),
    "equipment.automation": ("automation of machines", "mức độ tự động hóa của máy"),
    "equipment.make": ("makes of machines", "hãng sản xuất máy"),
    "equipment.model": ("machine models", "kiểu máy"),
    "equipment.year": ("machine years", "năm sản xuất máy"),
    "equipment.count": ("number of machines", "số lượng máy"),
    "equipment.accuracy_um": ("machine accuracy", "độ chính xác của máy"),
    "equipment.calibration_due": ("days calibrations are due", "hạn hiệu chuẩn máy"),
    "documentation_levels": ("documentation levels", "mức hồ sơ chất lượng"),
    "incoterms": ("Incoterms", "điều kiện giao hàng"),
    "headcount_total": ("headcount", "tổng số nhân viên"),
    "grid_factor_g_per_kwh": ("grid emission factor", "hệ số phát thải lưới điện"),
    "scope_1_2_kg": ("yearly emissions (scopes 1, 2)", "phát thải mỗi năm (phạm vi 1, 2)"),
    "document.title": ("document titles", "tên tài liệu"),
    "document.kind": ("kinds of documents", "loại tài liệu"),
    "document.revision": ("document revisions", "phiên bản tài liệu"),
    "document.state": ("states of documents", "trạng thái tài liệu"),
    "document.file": ("document files", "tệp tài liệu"),
}
_GROUPS: Mapping[str, tuple[str, str]] = {
    "contact": ("contacts", "thông tin liên hệ"),
    "identity": ("identity", "thông tin định danh"),
    "geometry": ("workpiece sizes", "kích thước phôi"),
    "lead_time": ("lead times", "thời gian giao hàng"),
    "note": ("notes", "ghi chú"),
    "classification": ("classification", "phân loại ngành hàng"),
    "capacity": ("capacity", "năng lực sản xuất"),
}
PURPOSE: Mapping[str, tuple[str, str]] = {
    "sourcing": ("sourcing", "tìm nguồn cung"),
    "rfq": ("requests for quotation", "yêu cầu báo giá"),
    "audit": ("audits", "đánh giá"),
    "capacity_exchange": ("capacity exchange", "trao đổi năng lực"),
    "benchmark": ("benchmarking", "so sánh đối chuẩn"),
    "emergency": ("emergencies", "tình huống khẩn cấp"),
}
ROLE: Mapping[str, tuple[str, str]] = {
    "supplier": ("supplier", "nhà cung cấp"),
    "buyer": ("buyer", "bên mua"),
    "auditor": ("auditor", "bên đánh giá"),
    "accreditor": ("accreditor", "tổ chức công nhận"),
    "operator": ("operator", "bên vận hành"),
}
_VIETNAMESE_COUNTRIES: Mapping[str, str] = {
    "AU": "Úc",
    "AT": "Áo",
    "BE": "Bỉ",
    "BN": "Brunei",
    "BR": "Brazil",
    "CA": "Canada",
    "CH": "Thụy Sĩ",
    "CL": "Chile",
    "CZ": "Séc",
    "DE": "Đức",
    "DK": "Đan Mạch",
    "EE": "Estonia",
    "ES": "Tây Ban Nha",
    "FI": "Phần Lan",
    "FR": "Pháp",
    "GB": "Vương quốc Anh",
    "GR": "Hy Lạp",
    "HK": "Hồng Kông",
    "HR": "Croatia",
    "HU": "Hungary",
    "ID": "Indonesia",
    "IE": "Ireland",
    "IN": "Ấn Độ",
    "IS": "Iceland",
    "IT": "Ý",
    "JP": "Nhật Bản",
    "KH": "Campuchia",
    "KR": "Hàn Quốc",
    "KP": "Triều Tiên",
    "LA": "Lào",
    "LI": "Liechtenstein",
    "LT": "Litva",
    "LU": "Luxembourg",
    "LV": "Latvia",
    "MM": "Myanmar",
    "MT": "Malta",
    "MX": "México",
    "MY": "Malaysia",
    "NL": "Hà Lan",
    "NO": "Na Uy",
    "NZ": "New Zealand",
    "PE": "Peru",
    "PH": "Philippines",
    "PL": "Ba Lan",
    "PT": "Bồ Đào Nha",
    "RO": "Romania",
    "RU": "Nga",
    "SE": "Thụy Điển",
    "SG": "Singapore",
    "SI": "Slovenia",
    "SK": "Slovakia",
    "BG": "Bulgaria",
    "CY": "Síp",
    "TL": "Timor-Leste",
    "TH": "Thái Lan",
    "TR": "Thổ Nhĩ Kỳ",
    "TW": "Đài Loan",
    "US": "Hoa Kỳ",
    "VN": "Việt Nam",
    "CN": "Trung Quốc",
    "IL": "Israel",
    "IR": "Iran",
    "AE": "Các Tiểu vương quốc Ả Rập Thống nhất",
    "SA": "Ả Rập Xê Út",
    "UA": "Ukraina",
}


def country(code: str, language: Language) -> str:
    """A country's everyday name."""
    entry = COUNTRIES.get(code)
    if entry is None:
        return code
    return entry.label_en if language == "en" else _VIETNAMESE_COUNTRIES.get(code, entry.label_vi)


@cache
def noun(target: str, language: Language) -> str:
    """A field or a group of the catalogue in the middle of a sentence."""
    place = LANGUAGES.index(language)
    listed = _GROUPS.get(target) or _FIELDS.get(target)
    if listed is not None:
        return listed[place]
    if target in GROUPS:
        return _lower(GROUPS[target][place])
    field = catalogue.field(target)
    return _lower(field.label_en if language == "en" else field.label_vi)


def _lower(label: str) -> str:
    """A label without the capital it begins with; a word that is all capitals keeps them."""
    return label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] == " " else label
