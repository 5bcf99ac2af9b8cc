"""Certificate schemes and their versions: `ISO9001:2015`, whose parent is the scheme `ISO9001`."""

from collections.abc import Iterator

from sharing.catalogue.codes import Code, Codes

_SCHEMES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("ISO9001", ("2008", "2015", "2026"), "ISO 9001 quality management", "ISO 9001 quản lý chất lượng"),
    ("IATF16949", ("2016",), "IATF 16949 automotive quality", "IATF 16949 chất lượng ngành ô tô"),
    ("AS9100", ("C", "D"), "AS9100 aerospace quality", "AS9100 chất lượng hàng không vũ trụ"),
    ("ISO13485", ("2016",), "ISO 13485 medical devices", "ISO 13485 thiết bị y tế"),
    ("ISO14001", ("2015", "2026"), "ISO 14001 environment", "ISO 14001 môi trường"),
    ("ISO45001", ("2018",), "ISO 45001 health and safety", "ISO 45001 an toàn sức khỏe nghề nghiệp"),
    ("ISO27001", ("2013", "2022"), "ISO/IEC 27001 information security", "ISO/IEC 27001 an toàn thông tin"),
    ("ISO50001", ("2018",), "ISO 50001 energy", "ISO 50001 năng lượng"),
    ("ISO17025", ("2017",), "ISO/IEC 17025 testing laboratories", "ISO/IEC 17025 phòng thử nghiệm"),
    ("ISO3834", ("2", "3", "4"), "ISO 3834 fusion welding quality", "ISO 3834 chất lượng hàn nóng chảy"),
    ("NADCAP", (), "Nadcap special processes", "Nadcap quá trình đặc biệt"),
    ("TISAX", ("AL1", "AL2", "AL3"), "TISAX automotive information security", "TISAX an toàn thông tin ngành ô tô"),
    ("AEO", ("C", "S", "F"), "Authorised economic operator", "Doanh nghiệp ưu tiên hải quan (AEO)"),
    ("CTPAT", ("1", "2", "3"), "CTPAT supply chain security", "CTPAT an ninh chuỗi cung ứng"),
)


def _codes() -> Iterator[Code]:
    for scheme, versions, english, vietnamese in _SCHEMES:
        yield Code(code=scheme, parent=None, label_en=english, label_vi=vietnamese)
        for version in versions:
            yield Code(
                code=f"{scheme}:{version}",
                parent=scheme,
                label_en=f"{english}, {version}",
                label_vi=f"{vietnamese}, {version}",
            )


SCHEMES = Codes("certificate schemes", _codes())
