"""Rows of catalogue version 2 about the factory as a maker: who it is, how it classes itself, machines, capacity, quality."""

from sharing.catalogue import families
from sharing.catalogue.field import Field
from sharing.catalogue.forms.attached import Calendar, Digest, Instruments
from sharing.catalogue.forms.classes import INDUSTRIES, PRODUCTS, SUPPLY_TIERS, StructuredCodes
from sharing.catalogue.forms.codes import ManyCodes, OneCode
from sharing.catalogue.forms.numbers import Day, IsoGrade, Quantity, Year
from sharing.catalogue.forms.texts import AsciiText
from sharing.catalogue.search import Filter, Match
from sharing.catalogue.table.columns import (
    BANDED,
    COARSE,
    OPAQUE,
    at_least,
    at_most,
    columns,
    micrometres,
    named,
    rate,
    term,
    text,
    weekly,
)  # fmt: skip
from sharing.catalogue.vocabularies import (
    AUTOMATION,
    BUSINESS_MODELS,
    CERTIFICATE_STATES,
    DOCUMENTATION,
    INSTRUMENTS,
    LEGAL_FORMS,
    MACHINES,
    SPECIAL_PROCESSES,
)

_E, _B, _Q, _N, _NB = columns("EEEE"), columns("BEEE"), columns("?EEE"), columns("-EEE"), columns("-BEE")
_SPARE = ("capacity.spare_hours",)


def _only(parameter: str) -> tuple[Filter, ...]:
    return (Filter(parameter=parameter, match=Match.TERM),)


MAKING: tuple[Field, ...] = (
    Field(key="name_ascii", group="identity", chain=OPAQUE, default=_E, form=AsciiText(longest=200),
          label_en="Name in ASCII", label_vi="Tên không dấu", search=named()),
    Field(key="legal_form", group="identity", chain=COARSE, default=_B, form=OneCode(LEGAL_FORMS, banded=False),
          label_en="Legal form", label_vi="Loại hình doanh nghiệp", search=term("legal_form")),
    Field(key="business_model", group="identity", chain=COARSE, default=_B,
          form=ManyCodes(BUSINESS_MODELS, most=8, banded=False),
          label_en="Business model", label_vi="Mô hình kinh doanh", search=term("business_model")),
    Field(key="industry_codes", group="classification", chain=BANDED, default=_E, form=StructuredCodes(INDUSTRIES),
          label_en="Industries", label_vi="Ngành kinh tế", search=_only("industry")),
    Field(key="supply_tiers", group="classification", chain=COARSE, default=_N, form=StructuredCodes(SUPPLY_TIERS),
          label_en="Supply tier by sector", label_vi="Cấp cung ứng theo ngành", search=_only("supply_tier")),
    Field(key="product_codes", group="classification", chain=BANDED, default=_E, form=StructuredCodes(PRODUCTS),
          label_en="Products", label_vi="Sản phẩm", search=_only("product")),
    Field(key="capability.special_processes", group="process", chain=BANDED, default=_B,
          form=ManyCodes(SPECIAL_PROCESSES, most=40),
          label_en="Special processes", label_vi="Quá trình đặc biệt", search=term("special_process")),
    Field(key="capability.it_grade", group="tolerance", chain=BANDED, default=_NB,
          form=IsoGrade(unit="C62", decimals=0, minimum="0", maximum="18", edges=families.IT_GRADE),
          label_en="Best tolerance grade (ISO 286)", label_vi="Cấp chính xác tốt nhất (ISO 286)",
          search=at_most("it_grade_max")),
    Field(key="capability.axes", group="process", chain=COARSE, default=_E,
          form=Quantity(unit="C62", decimals=0, minimum="1", maximum="20"),
          label_en="Axes", label_vi="Số trục", search=at_least("axes_min")),
    Field(key="equipment.class", group="equipment", chain=COARSE, default=_Q, form=OneCode(MACHINES, banded=False),
          label_en="Machine class", label_vi="Loại máy", mandatory=True, facet=True, search=term("equipment")),
    Field(key="equipment.axes", group="equipment", chain=COARSE, default=_Q,
          form=Quantity(unit="C62", decimals=0, minimum="1", maximum="20"),
          label_en="Axes of the machine", label_vi="Số trục của máy", search=at_least("equipment_axes_min")),
    Field(key="equipment.automation", group="equipment", chain=COARSE, default=_Q, form=OneCode(AUTOMATION, banded=False),
          label_en="Automation", label_vi="Mức độ tự động hóa", search=term("automation")),
    Field(key="equipment.make", group="equipment", chain=OPAQUE, default=columns("-??E"), form=text(80),
          label_en="Make", label_vi="Hãng sản xuất", search=named()),
    Field(key="equipment.model", group="equipment", chain=OPAQUE, default=columns("-??E"), form=text(80),
          label_en="Model", label_vi="Kiểu máy", search=named()),
    Field(key="equipment.year", group="equipment", chain=BANDED, default=columns("-?BE"), form=Year(),
          label_en="Year of make", label_vi="Năm sản xuất", search=at_least("equipment_year_min")),
    Field(key="equipment.count", group="equipment", chain=BANDED, default=columns("-?BE"),
          form=Quantity(unit="H87", decimals=0, minimum="1", maximum="10000", edges=families.MACHINES),
          label_en="How many", label_vi="Số lượng", search=at_least("equipment_count_min")),
    Field(key="equipment.accuracy_um", group="equipment", chain=BANDED, default=columns("-?BE"), form=micrometres(),
          label_en="Accuracy", label_vi="Độ chính xác của máy", search=at_most("equipment_accuracy_um_max")),
    Field(key="equipment.calibration_due", group="equipment", chain=BANDED, default=columns("-?BE"), form=Day(),
          label_en="Calibration due", label_vi="Hạn hiệu chuẩn"),
    Field(key="capacity.installed_hours", group="capacity", chain=BANDED, default=columns("--BE"), form=weekly(),
          label_en="Installed hours per week", label_vi="Tổng giờ máy mỗi tuần", attestable=False, derived_from=_SPARE),
    Field(key="capacity.held_hours", group="capacity", chain=BANDED, default=columns("--BE"), form=weekly(),
          label_en="Held hours per week", label_vi="Giờ máy đã giữ mỗi tuần", attestable=False, derived_from=_SPARE),
    Field(key="capacity.utilisation", group="capacity", chain=OPAQUE, default=columns("--?E"),
          form=Quantity(unit="P1", decimals=0, minimum="0", maximum="100"),
          label_en="Utilisation", label_vi="Mức sử dụng", attestable=False, computed=True,
          derived_from=("capacity.spare_hours", "capacity.installed_hours")),
    Field(key="capacity.surge_hours", group="capacity", chain=BANDED, default=columns("--BE"), form=weekly(),
          label_en="Surge hours per week", label_vi="Giờ tăng ca tối đa mỗi tuần", attestable=False, derived_from=_SPARE),
    Field(key="capacity.shifts", group="capacity", chain=COARSE, default=_NB,
          form=Quantity(unit="C62", decimals=0, minimum="1", maximum="6"),
          label_en="Shifts", label_vi="Số ca", attestable=False, search=at_least("shifts_min")),
    Field(key="capacity.calendar", group="capacity", chain=OPAQUE, default=columns("-?EE"), form=Calendar(longest=4000),
          label_en="Calendar", label_vi="Lịch làm việc", attestable=False),
    Field(key="inspection_equipment", group="quality", chain=BANDED, default=columns("?BEE"), form=Instruments(INSTRUMENTS),
          label_en="Inspection equipment", label_vi="Thiết bị kiểm tra", search=term("inspection")),
    Field(key="documentation_levels", group="quality", chain=COARSE, default=_E,
          form=ManyCodes(DOCUMENTATION, most=20, banded=False),
          label_en="Documentation", label_vi="Mức hồ sơ chất lượng", facet=True, search=term("documentation")),
    Field(key="external_ppm", group="quality", chain=BANDED, default=_NB,
          form=Quantity(unit="59", decimals=1, minimum="0", maximum="1000000", edges=families.PPM),
          label_en="Defects at customers", label_vi="Lỗi tại khách hàng", search=at_most("external_ppm_max")),
    Field(key="on_time_delivery", group="quality", chain=BANDED, default=_NB, form=rate(),
          label_en="On-time delivery", label_vi="Giao hàng đúng hạn", search=at_least("on_time_delivery_min")),
    Field(key="first_pass_yield", group="quality", chain=BANDED, default=_NB, form=rate(),
          label_en="First pass yield", label_vi="Tỷ lệ đạt lần đầu", search=at_least("first_pass_yield_min")),
    Field(key="cpk", group="quality", chain=BANDED, default=_NB,
          form=Quantity(unit="C62", decimals=2, minimum="0", maximum="10", edges=families.CPK),
          label_en="Process capability Cpk", label_vi="Chỉ số năng lực Cpk", search=at_least("cpk_min")),
    Field(key="certificate.status", group="certificate", chain=COARSE, default=_Q,
          form=OneCode(CERTIFICATE_STATES, banded=False), label_en="Status", label_vi="Tình trạng"),
    Field(key="certificate.document", group="certificate", chain=OPAQUE, default=_Q, form=Digest(),
          label_en="Attached certificate", label_vi="Tệp chứng nhận đính kèm", attestable=False,
          derived_from=("document.file",)),  # who reads the digest may fetch the file: `document.file` decides about both
)  # fmt: skip
