"""The values of a profile that a column of a list can give, and what people call such columns.

Guarantees: names are compared without case, marks and punctuation; no name stands for two values. Columns for which nothing is
written here come from the catalogue, so a new field has its column by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from sharing.catalogue import FACTORY, Field, fields_of
from sharing.catalogue.identifiers import SCHEMES

IGNORE = "ignore"  # what an explicit mapping says of a column that is not to be used
REFERENCE, FACTORY_ID, OF_FACTORY, ELEMENT_ID, GROUP = "reference", "factory_id", "factory", "id", "capacity_group"
WEEK, MEASURE = "week", "measure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A value of a profile that a column can give; `headers` are guesses, the surest first."""

    name: str
    headers: tuple[str, ...] = ()
    many: bool = False  # several columns may give it
    required: bool = False
    field: Field | None = None  # of the catalogue, when the whole cell is one value of it


def _target(name: str, *headers: str, many: bool = False, required: bool = False) -> Target:
    split = tuple(header.strip() for line in headers for header in line.split(";"))
    return Target(name=name, headers=split, many=many, required=required)


TARGETS: tuple[Target, ...] = (
    _target(
        "legal_name",
        "legal name; factory name; facility name; company name; name; supplier name; manufacturer name",
        "name of factory; name of company; factory; facility; company; supplier; manufacturer",
        "tên pháp lý; tên nhà máy; tên công ty; tên doanh nghiệp; tên cơ sở; tên đơn vị; tên nhà cung cấp",
        "tên nhà sản xuất; tên; nhà máy; công ty; doanh nghiệp; cơ sở; nhà cung cấp; nhà sản xuất",
        required=True,
    ),
    _target("trading_name", "trading name; trade name; brand name; short name; tên giao dịch; tên viết tắt"),
    _target(
        "country",
        "country; country code; country name; nation; quốc gia; nước; đất nước; mã quốc gia; tên nước",
        required=True,
    ),
    _target(
        "province",
        "province; province/city; state/province; province/state; state",
        "tỉnh; tỉnh/thành; tỉnh/thành phố; tỉnh/tp; thành phố",
    ),
    _target(
        "address",
        "address; full address; street address; factory address; facility address; company address",
        "địa chỉ; địa chỉ nhà máy; địa chỉ công ty; địa chỉ trụ sở",
    ),
    _target("point.lat", "lat; latitude; vĩ độ"),
    _target("point.lon", "lng; lon; long; longitude; kinh độ"),
    _target(
        "identifiers.tax",
        "tax code; tax id; tax number; tin; vat number; vat no; mã số thuế; mst; mã số doanh nghiệp",
    ),
    _target("identifiers.lei", "lei; lei code; mã lei"),
    _target("identifiers.gln", "gln; mã gln"),
    _target("identifiers.duns", "duns; duns number; số duns"),
    _target("identifiers.bpn", "bpn; bpnl; bpns"),
    _target("identifiers.os_id", "os id; os hub id; oar id; mã os id"),
    _target("contacts.website", "website; web; url; homepage; trang web; địa chỉ web", many=True),
    _target(
        "contacts.phone",
        "phone; telephone; tel; phone number; mobile; hotline; điện thoại; số điện thoại; đt; sđt; di động",
        many=True,
    ),
    _target("contacts.email", "email; mail; email address; thư điện tử; hộp thư", many=True),
    _target(
        "established_year",
        "established year; year established; year of establishment; founded; founded year; established; year",
        "năm thành lập; năm",
    ),
    # Not guessed from "remarks" or "note": such a column may hold what the list's owner would not show.
    _target("note", "guildnet note; ghi chú guildnet"),
)

_WRITTEN = {each.name for each in TARGETS}
_SPELLED = {each.partition(".")[0] for each in _WRITTEN} - {"contacts"}

_OWN_REFERENCE = _target(
    REFERENCE,
    "own reference; your reference; reference; ref; internal code; factory code; supplier code; site code",
    "mã tham chiếu; mã nội bộ; mã nhà máy; mã nhà cung cấp; mã số riêng",
)
_FACTORY_ID = _target(FACTORY_ID, "factory id; guildnet id; mã guildnet")
_OF_FACTORY = _target(
    OF_FACTORY,
    "factory; factory name; own reference; reference; ref; factory id; factory code; site; site code; plant; company; supplier",
    "company name; supplier name; tax code; mã số thuế; mst",
    "nhà máy; tên nhà máy; mã nhà máy; mã tham chiếu; công ty; tên công ty; cơ sở; nhà cung cấp",
)
_ELEMENT_ID = _target(ELEMENT_ID, "id; row id; mã dòng")
_GROUP = _target(GROUP, "capacity group; machine group; runs on; group; nhóm năng lực; nhóm máy; chạy trên nhóm")
_WEEK = _target(WEEK, "week; iso week; week of; week starting; monday; tuần; tuần lễ; tuần iso; từ ngày")
_MEASURE = _target(MEASURE, "measure; what; kind of hours; loại giờ; chỉ tiêu")


@cache
def targets_of(scope: str) -> tuple[Target, ...]:
    """Every column that a sheet of this scope can have; those written by hand first, the rest from the catalogue."""
    if scope == FACTORY:
        schemes = tuple(
            _target(f"identifiers.{each.name}", f"{each.label_en}; {each.label_vi}")
            for each in SCHEMES.values()
            if f"identifiers.{each.name}" not in _WRITTEN
        )
        written = tuple(_labelled(each) for each in TARGETS)
        return (*written, *schemes, *_of_catalogue(FACTORY), _OWN_REFERENCE, _FACTORY_ID)
    around = (_GROUP,) if scope == "capability" else ()
    several = sum(each.kind == "weekly" for each in fields_of(scope).values())
    weekly = (_WEEK, _MEASURE)[: min(several, 2)]
    return (*_of_catalogue(scope), *around, *weekly, _OF_FACTORY, _ELEMENT_ID)


def _labelled(target: Target) -> Target:
    """A column of an identifier may also be called as the catalogue calls its scheme."""
    scheme = SCHEMES.get(target.name.removeprefix("identifiers."))
    return target if scheme is None else replace(target, headers=(*target.headers, scheme.label_en, scheme.label_vi))


def _of_catalogue(scope: str) -> Iterator[Target]:
    for field in fields_of(scope).values():
        if not field.computed and (scope != FACTORY or field.name not in _SPELLED):
            yield Target(name=field.name, headers=headers_of(field), field=field, required=field.mandatory)


def headers_of(field: Field) -> tuple[str, ...]:
    """What a column of this field may be called: its labels and its name, with and without the unit at the name's end."""
    plain = field.name.rpartition("_")[0] if field.unit is not None else ""
    return tuple(each for each in (field.label_en, field.label_vi, field.name, plain, *_ALSO.get(field.key, ())) if each)


# Beyond labels: what shops write above such columns.
_ALSO: dict[str, tuple[str, ...]] = {
    "capability.process": ("operation", "công nghệ", "gia công", "quy trình"),
    "capability.material_family": ("material", "materials", "vật liệu"),
    "capability.material_grade": ("grade", "mác thép", "mác"),
    "capability.tolerance_um": ("tolerance", "accuracy", "dung sai", "độ chính xác"),
    "capability.roughness_um": ("roughness", "ra", "surface roughness", "độ nhám"),
    "capability.max_x_mm": ("x", "max x", "length x"),
    "capability.max_y_mm": ("y", "max y"),
    "capability.max_z_mm": ("z", "max z"),
    "capability.max_diameter_mm": ("diameter", "max diameter", "đường kính"),
    "capability.max_length_mm": ("length", "max length", "chiều dài"),
    "capability.max_mass_kg": ("mass", "weight", "max weight", "khối lượng", "trọng lượng"),
    "capability.lead_time_p50_days": ("lead time", "thời gian giao hàng"),
    "capacity.name": ("name", "group", "machine group", "tên nhóm", "nhóm", "nhóm máy"),
    "capacity.unit": ("unit", "đơn vị"),
    "capacity.spare_hours": ("spare hours", "hours", "free hours", "spare", "giờ trống", "giờ máy trống", "số giờ"),
    "certificate.scheme": ("standard", "scheme", "certification", "tiêu chuẩn", "tên chứng nhận", "chứng chỉ"),
    "certificate.number": ("number", "no", "cert no", "certificate no", "số", "số chứng chỉ"),
    "certificate.issuer": ("issuer", "certification body", "cb", "cơ quan cấp", "nơi cấp"),
    "certificate.valid_until": ("expiry", "expires", "expiry date", "valid to", "hết hạn", "ngày hết hạn"),
    "certificate.valid_from": ("issued", "issue date", "valid since", "ngày cấp"),
    "equipment.class": ("machine", "machine type", "type", "loại máy", "máy"),
    "equipment.make": ("maker", "brand", "manufacturer", "hãng"),
    "equipment.count": ("quantity", "qty", "number of machines", "số lượng"),
}
