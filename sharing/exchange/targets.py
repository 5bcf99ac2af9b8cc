"""The values of a profile that a column of a list can give, and what people call such columns.

Guarantees: names are compared without case, marks and punctuation; no name stands for two values.
"""

from __future__ import annotations

from dataclasses import dataclass

IGNORE = "ignore"  # what an explicit mapping says of a column that is not to be used


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A value of a profile that a column can give; `headers` are guesses, the surest first."""

    name: str
    headers: tuple[str, ...] = ()
    many: bool = False  # several columns may give it
    required: bool = False


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
    Target(name="note"),  # never guessed: a remarks column may hold what the list's owner would not show
)
