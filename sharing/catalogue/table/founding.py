"""The rows of catalogue version 1, in their first order. Their bits are fixed: nothing is added here."""

from sharing.catalogue import families
from sharing.catalogue.certificates import SCHEMES
from sharing.catalogue.codes import Code, Codes
from sharing.catalogue.field import Field
from sharing.catalogue.forms.codes import ManyCodes, OneCode, upper
from sharing.catalogue.forms.numbers import Day, Year
from sharing.catalogue.forms.structs import Contacts, Grade, Identifiers, Point
from sharing.catalogue.forms.texts import ByLanguage, Texts
from sharing.catalogue.forms.weekly import WeeklyHours
from sharing.catalogue.materials import FAMILIES
from sharing.catalogue.places import COUNTRIES, PLACES
from sharing.catalogue.processes import PROCESSES
from sharing.catalogue.search import Filter, Match
from sharing.catalogue.table.columns import (
    BANDED,
    COARSE,
    OPAQUE,
    at_least,
    at_most,
    columns,
    days,
    kilograms,
    micrometres,
    millimetres,
    named,
    pieces,
    term,
    text,
)

TOLERANCE_CLASSES = Codes(
    "ISO 2768 general tolerances",
    (
        Code(code="f", parent=None, label_en="Fine", label_vi="Chính xác"),
        Code(code="m", parent=None, label_en="Medium", label_vi="Trung bình"),
        Code(code="c", parent=None, label_en="Coarse", label_vi="Thô"),
        Code(code="v", parent=None, label_en="Very coarse", label_vi="Rất thô"),
    ),
)
CAPACITY_UNITS = Codes(
    "UN/CEFACT Recommendation 20 units of capacity",
    (
        Code(code="HUR", parent=None, label_en="Hours", label_vi="Giờ"),
        Code(code="H87", parent=None, label_en="Pieces", label_vi="Chiếc"),
        Code(code="KGM", parent=None, label_en="Kilograms", label_vi="Kilôgam"),
    ),
)

_E, _B, _Q = columns("EEEE"), columns("BEEE"), columns("?EEE")
_BB, _NB = columns("BBEE"), columns("-BEE")

FOUNDING: tuple[Field, ...] = (
    Field(key="legal_name", group="identity", chain=OPAQUE, default=_E, form=ByLanguage(longest=200),
          label_en="Legal name", label_vi="Tên pháp lý", mandatory=True, search=named()),
    Field(key="trading_name", group="identity", chain=OPAQUE, default=_E, form=ByLanguage(longest=200),
          label_en="Trading name", label_vi="Tên giao dịch", search=named()),
    Field(key="identifiers", group="identity", chain=OPAQUE, default=_Q, form=Identifiers(),
          label_en="Identifiers", label_vi="Mã định danh", search=named()),
    Field(key="established_year", group="identity", chain=BANDED, default=_B, form=Year(),
          label_en="Established in", label_vi="Năm thành lập"),
    Field(key="country", group="location", chain=COARSE, default=_E,
          form=OneCode(COUNTRIES, banded=False, spelled=upper), label_en="Country", label_vi="Quốc gia",
          mandatory=True, facet=True, search=term("country")),
    Field(key="province", group="location", chain=BANDED, default=_B,
          form=OneCode(PLACES, banded=True, spelled=upper, below=True),
          label_en="Province", label_vi="Tỉnh, thành phố", facet=True, search=term("province")),
    Field(key="address", group="location", chain=OPAQUE, default=columns("-?EE"), form=text(300, lines=True),
          label_en="Address", label_vi="Địa chỉ"),
    Field(key="point", group="location", chain=BANDED, default=_NB, form=Point(),
          label_en="Position", label_vi="Tọa độ"),
    Field(key="contacts", group="contact", chain=OPAQUE, default=columns("-?EE"), form=Contacts(),
          label_en="Contacts", label_vi="Người liên hệ", attestable=False),
    Field(key="capability.process", group="process", chain=BANDED, default=_E, form=OneCode(PROCESSES, banded=True),
          label_en="Process", label_vi="Công nghệ gia công", mandatory=True, facet=True, search=term("process")),
    Field(key="capability.secondary_operations", group="process", chain=BANDED, default=_B,
          form=ManyCodes(PROCESSES, most=40), label_en="Secondary operations", label_vi="Công đoạn phụ",
          search=term("operation")),
    Field(key="capability.material_family", group="material", chain=COARSE, default=_E,
          form=OneCode(FAMILIES, banded=False, spelled=upper), label_en="Material family", label_vi="Nhóm vật liệu",
          facet=True, search=term("material")),
    Field(key="capability.material_grade", group="material", chain=BANDED, default=_B, form=Grade(),
          label_en="Material grade", label_vi="Mác vật liệu",
          search=(*term("material"), Filter(parameter="grade", match=Match.TERM))),
    Field(key="capability.max_x_mm", group="geometry", chain=BANDED, default=_BB, form=millimetres(),
          label_en="Largest workpiece, x", label_vi="Phôi lớn nhất, trục x", search=at_least("max_x_min")),
    Field(key="capability.max_y_mm", group="geometry", chain=BANDED, default=_BB, form=millimetres(),
          label_en="Largest workpiece, y", label_vi="Phôi lớn nhất, trục y", search=at_least("max_y_min")),
    Field(key="capability.max_z_mm", group="geometry", chain=BANDED, default=_BB, form=millimetres(),
          label_en="Largest workpiece, z", label_vi="Phôi lớn nhất, trục z", search=at_least("max_z_min")),
    Field(key="capability.max_diameter_mm", group="geometry", chain=BANDED, default=_BB, form=millimetres(),
          label_en="Largest diameter", label_vi="Đường kính lớn nhất", search=at_least("max_diameter_min")),
    Field(key="capability.max_length_mm", group="geometry", chain=BANDED, default=_BB, form=millimetres(),
          label_en="Largest length", label_vi="Chiều dài lớn nhất", search=at_least("max_length_min")),
    Field(key="capability.max_mass_kg", group="geometry", chain=BANDED, default=_BB, form=kilograms(),
          label_en="Largest mass", label_vi="Khối lượng lớn nhất", search=at_least("max_mass_min")),
    Field(key="capability.tolerance_class", group="tolerance", chain=COARSE, default=_E,
          form=OneCode(TOLERANCE_CLASSES, banded=False),
          label_en="General tolerance class", label_vi="Cấp dung sai chung",
          facet=True, search=term("tolerance_class")),
    Field(key="capability.tolerance_um", group="tolerance", chain=BANDED, default=_NB, form=micrometres(),
          label_en="Best tolerance", label_vi="Dung sai tốt nhất", search=at_most("tolerance_um_max")),
    Field(key="capability.roughness_um", group="tolerance", chain=BANDED, default=_NB, form=micrometres(),
          label_en="Best roughness Ra", label_vi="Độ nhám Ra tốt nhất", search=at_most("roughness_um_max")),
    Field(key="capability.lot_min", group="lot", chain=BANDED, default=_BB, form=pieces(),
          label_en="Smallest lot", label_vi="Lô nhỏ nhất", search=at_most("lot")),
    Field(key="capability.lot_economic", group="lot", chain=BANDED, default=_BB, form=pieces(),
          label_en="Economic lot", label_vi="Lô kinh tế"),
    Field(key="capability.lot_max", group="lot", chain=BANDED, default=_BB, form=pieces(),
          label_en="Largest lot", label_vi="Lô lớn nhất", search=at_least("lot")),
    Field(key="capability.lead_time_p50_days", group="lead_time", chain=BANDED, default=_NB, form=days(),
          label_en="Usual lead time", label_vi="Thời gian giao hàng thông thường",
          search=at_most("lead_time_p50_max")),
    Field(key="capability.lead_time_p90_days", group="lead_time", chain=BANDED, default=_NB, form=days(),
          label_en="Lead time in 9 of 10 orders", label_vi="Thời gian giao hàng của 9/10 đơn",
          search=at_most("lead_time_p90_max")),
    Field(key="capacity.name", group="capacity", chain=OPAQUE, default=_Q, form=text(120),
          label_en="Capacity group", label_vi="Nhóm năng lực", mandatory=True, attestable=False),
    Field(key="capacity.unit", group="capacity", chain=COARSE, default=_Q,
          form=OneCode(CAPACITY_UNITS, banded=False, spelled=upper),
          label_en="Capacity unit", label_vi="Đơn vị năng lực", attestable=False),
    Field(key="capacity.spare_hours", group="capacity", chain=BANDED, default=_NB,
          form=WeeklyHours(edges=families.WEEKLY_HOURS),
          label_en="Spare hours per week", label_vi="Giờ máy trống mỗi tuần",
          attestable=False, search=(Filter(parameter="spare_hours", match=Match.HOURS),)),
    Field(key="certificate.scheme", group="certificate", chain=COARSE, default=_E,
          form=OneCode(SCHEMES, banded=False, spelled=upper), label_en="Certificate", label_vi="Chứng nhận",
          mandatory=True, facet=True, search=term("certificate")),
    Field(key="certificate.number", group="certificate", chain=OPAQUE, default=_Q, form=text(80),
          label_en="Certificate number", label_vi="Số chứng nhận"),
    Field(key="certificate.issuer", group="certificate", chain=OPAQUE, default=_Q, form=text(200),
          label_en="Issued by", label_vi="Tổ chức cấp"),
    Field(key="certificate.accreditation_body", group="certificate", chain=OPAQUE, default=_Q, form=text(200),
          label_en="Accreditation body", label_vi="Tổ chức công nhận"),
    Field(key="certificate.scope", group="certificate", chain=OPAQUE, default=_Q, form=text(1000, lines=True),
          label_en="Scope", label_vi="Phạm vi", mandatory=True),
    Field(key="certificate.sites", group="certificate", chain=OPAQUE, default=_Q, form=Texts(longest=300, most=50),
          label_en="Enclosed sites", label_vi="Địa điểm được chứng nhận"),
    Field(key="certificate.valid_from", group="certificate", chain=BANDED, default=_Q, form=Day(),
          label_en="Valid from", label_vi="Hiệu lực từ"),
    Field(key="certificate.valid_until", group="certificate", chain=BANDED, default=_Q, form=Day(),
          label_en="Valid until", label_vi="Hiệu lực đến"),
    Field(key="note", group="note", chain=OPAQUE, default=columns("--EE"), form=text(4000, lines=True),
          label_en="Note", label_vi="Ghi chú", attestable=False),
)  # fmt: skip
