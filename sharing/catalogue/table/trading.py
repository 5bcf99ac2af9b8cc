"""Rows of catalogue version 2 about the factory as a partner: terms, markets, people, footprint, documents."""

from sharing.catalogue import families
from sharing.catalogue.field import Field
from sharing.catalogue.forms.attached import Digest
from sharing.catalogue.forms.classes import PORTS, StructuredCodes
from sharing.catalogue.forms.codes import ManyCodes, OneCode, upper
from sharing.catalogue.forms.money import Money
from sharing.catalogue.forms.numbers import Quantity
from sharing.catalogue.forms.texts import Texts
from sharing.catalogue.places import COUNTRIES
from sharing.catalogue.search import Filter, Match
from sharing.catalogue.table.columns import (
    BANDED,
    COARSE,
    OPAQUE,
    at_least,
    at_most,
    columns,
    decade,
    heads,
    term,
    text,
)  # fmt: skip
from sharing.catalogue.vocabularies import (
    CURRENCIES,
    DOCUMENT_KINDS,
    DOCUMENT_STATES,
    INCOTERMS,
    PAYMENT_TERMS,
    PCF_METHODS,
    PRICE_CLASSES,
)

_PRICE, _N, _NB, _HEADS = columns("-?BE"), columns("-EEE"), columns("-BEE"), columns("BBEE")
_MARKET, _PAPER = columns("-BBE"), columns("-??E")


def _code(parameter: str) -> tuple[Filter, ...]:
    return (Filter(parameter=parameter, match=Match.TERM),)


TRADING: tuple[Field, ...] = (
    Field(key="moq", group="commercial", chain=BANDED, default=_PRICE,
          form=Quantity(unit="H87", decimals=0, minimum="1", maximum="1000000000", edges=families.DECADES),
          label_en="Least order", label_vi="Số lượng đặt tối thiểu", search=at_most("moq_max")),
    Field(key="min_order_value", group="commercial", chain=BANDED, default=_PRICE, form=Money(edges=families.DECADES),
          label_en="Least order value", label_vi="Giá trị đơn hàng tối thiểu"),
    Field(key="price_class", group="commercial", chain=COARSE, default=_PRICE, form=OneCode(PRICE_CLASSES, banded=False),
          label_en="Price class", label_vi="Phân khúc giá", search=_code("price_class")),
    Field(key="hourly_rate", group="commercial", chain=BANDED, default=_PRICE, form=Money(edges=families.DECADES),
          label_en="Hourly rate", label_vi="Đơn giá giờ máy"),
    Field(key="incoterms", group="commercial", chain=COARSE, default=_N,
          form=ManyCodes(INCOTERMS, most=11, banded=False, spelled=upper),
          label_en="Incoterms", label_vi="Điều kiện giao hàng", search=_code("incoterm")),
    Field(key="ports", group="commercial", chain=COARSE, default=_N, form=StructuredCodes(PORTS),
          label_en="Ports", label_vi="Cảng", search=_code("port")),
    Field(key="currencies", group="commercial", chain=COARSE, default=_N,
          form=ManyCodes(CURRENCIES, most=20, banded=False, spelled=upper),
          label_en="Currencies", label_vi="Đồng tiền thanh toán", search=_code("currency")),
    Field(key="payment_terms", group="commercial", chain=COARSE, default=_N,
          form=ManyCodes(PAYMENT_TERMS, most=8, banded=False),
          label_en="Payment terms", label_vi="Điều kiện thanh toán", search=_code("payment")),
    Field(key="export_markets", group="markets", chain=COARSE, default=_MARKET,
          form=ManyCodes(COUNTRIES, most=60, banded=False, spelled=upper),
          label_en="Export markets", label_vi="Thị trường xuất khẩu", search=term("export_market")),
    Field(key="export_share", group="markets", chain=BANDED, default=_MARKET,
          form=Quantity(unit="P1", decimals=1, minimum="0", maximum="100", edges=families.SHARE),
          label_en="Export share", label_vi="Tỷ trọng xuất khẩu", search=at_least("export_share_min")),
    Field(key="customers", group="markets", chain=OPAQUE, default=_PAPER, form=Texts(longest=200, most=60),
          label_en="Customers", label_vi="Khách hàng", attestable=False),
    Field(key="headcount_total", group="people", chain=BANDED, default=_HEADS, form=heads(),
          label_en="People", label_vi="Tổng số nhân viên", search=at_least("headcount_min")),
    Field(key="headcount_direct", group="people", chain=BANDED, default=_HEADS, form=heads(),
          label_en="People in production", label_vi="Nhân viên trực tiếp sản xuất", search=at_least("headcount_direct_min")),
    Field(key="headcount_qc", group="people", chain=BANDED, default=_HEADS, form=heads(),
          label_en="People in quality control", label_vi="Nhân viên kiểm soát chất lượng",
          search=at_least("headcount_qc_min")),
    Field(key="headcount_engineers", group="people", chain=BANDED, default=_HEADS, form=heads(),
          label_en="Engineers", label_vi="Kỹ sư", search=at_least("headcount_engineers_min")),
    Field(key="energy_kwh_per_hour", group="sustainability", chain=BANDED, default=_NB, form=decade("KWH"),
          label_en="Energy per machine hour", label_vi="Điện năng mỗi giờ máy", search=at_most("energy_kwh_per_hour_max")),
    Field(key="grid_factor_g_per_kwh", group="sustainability", chain=BANDED, default=_NB, form=decade("GRM"),
          label_en="Grid factor, CO2e per kWh", label_vi="Hệ số phát thải lưới điện, CO2e mỗi kWh",
          search=at_most("grid_factor_g_per_kwh_max")),
    Field(key="scope_1_2_kg", group="sustainability", chain=BANDED, default=_NB, form=decade("KGM"),
          label_en="Scope 1 and 2 a year, CO2e", label_vi="Phát thải phạm vi 1 và 2 mỗi năm, CO2e",
          search=at_most("scope_1_2_kg_max")),
    Field(key="pcf_method", group="sustainability", chain=COARSE, default=_NB, form=OneCode(PCF_METHODS, banded=False),
          label_en="Carbon footprint method", label_vi="Phương pháp tính dấu chân carbon", search=_code("pcf_method")),
    Field(key="document.title", group="documents", chain=OPAQUE, default=_PAPER, form=text(200),
          label_en="Title", label_vi="Tên tài liệu", mandatory=True, attestable=False),
    Field(key="document.kind", group="documents", chain=OPAQUE, default=_PAPER, form=OneCode(DOCUMENT_KINDS, banded=False),
          label_en="Kind", label_vi="Loại tài liệu", attestable=False),
    Field(key="document.revision", group="documents", chain=OPAQUE, default=_PAPER, form=text(40),
          label_en="Revision", label_vi="Phiên bản", attestable=False),
    Field(key="document.state", group="documents", chain=OPAQUE, default=_PAPER, form=OneCode(DOCUMENT_STATES, banded=False),
          label_en="State", label_vi="Trạng thái", attestable=False),
    Field(key="document.file", group="documents", chain=OPAQUE, default=_PAPER, form=Digest(),
          label_en="File", label_vi="Tệp", attestable=False),
)  # fmt: skip
