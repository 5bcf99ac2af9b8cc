"""What the template says in words: its guide, its example rows, and units as people write them."""

from __future__ import annotations

from collections.abc import Mapping

UNIT_NAMES: Mapping[str | None, str] = {
    "MMT": "mm",
    "4H": "µm",
    "KGM": "kg",
    "HUR": "h",
    "DAY": "days",
    "P1": "%",
    "59": "ppm",
    "KWH": "kWh",
    "H87": "pcs",
}

FORMATS: Mapping[str, str] = {
    "industry_codes": "ISIC:25, NACE:25.62",
    "product_codes": "HS:8487, UNSPSC:31161500",
    "supply_tiers": "C29:T1, C30:OEM",
    "ports": "VNHPH, VNSGN",
}
"""How codes are written that stand in no list here, by field."""

GUIDE: Mapping[str, tuple[str, ...]] = {
    "en": (
        "How to fill in this workbook",
        "Fill in what you want to share; leave the rest empty. Only the yellow columns are needed. One factory with a name, a "
        "country and one process is enough to be found.",
        "The grey example in row 2 of each sheet is not imported. Write from row 3 on, or over it.",
        "Factory: in the other sheets, write the factory's own reference, its tax code or its name. With one factory, leave it "
        "empty.",
        "Codes can be chosen from the list, or written as a code or as its name in English or Vietnamese: 3.2.1 and Turning "
        "are the same.",
        "Where several codes may stand in one cell, the sheet Codes lists them; part them by ; or line breaks. Codes that "
        "stand in no list have an example in the comment of their heading.",
        "A file (a certificate as PDF) is uploaded first, with guildnet file add or POST /v1/files; its column takes the "
        "SHA-256 that you get.",
        "Numbers may carry a unit: 12,5 mm, 0.01 mm, 20 h. A column's own unit is in its heading; change it there if you write "
        "in another.",
        "Formulas are not read: paste values. Do not merge cells.",
        "Weekly capacity: one row for each group of machines, one column for each week. A list with the columns Factory, "
        "Capacity group, Week and Spare hours per week is read as well.",
        "Importing stores drafts that only you see. Nothing is shown to anybody before you saw the preview and published.",
        "Importing the workbook again changes only what you changed in it; it never removes anything.",
    ),
    "vi": (
        "Cách điền tệp này",
        "Chỉ điền những gì bạn muốn chia sẻ; phần còn lại để trống. Chỉ các cột màu vàng là bắt buộc. Một nhà máy có tên, "
        "quốc gia và một công nghệ là đủ để được tìm thấy.",
        "Dòng ví dụ màu xám (dòng 2 của mỗi trang) không được nhập. Hãy viết từ dòng 3, hoặc viết đè lên.",
        "Nhà máy: ở các trang khác, ghi mã tham chiếu, mã số thuế hoặc tên của nhà máy. Nếu chỉ có một nhà máy thì để trống.",
        "Mã có thể chọn từ danh sách, hoặc ghi mã hay tên bằng tiếng Việt hoặc tiếng Anh: 3.2.1 và Tiện là một.",
        "Ô nhận nhiều mã: xem danh sách ở trang Codes; cách nhau bằng ; hoặc xuống dòng. Mã không có trong danh sách thì có ví "
        "dụ trong ghi chú của tiêu đề cột.",
        "Tệp (chứng chỉ dạng PDF) phải được tải lên trước bằng guildnet file add hoặc POST /v1/files; cột nhận mã SHA-256 mà "
        "bạn nhận được.",
        "Số có thể kèm đơn vị: 12,5 mm, 0.01 mm, 20 h. Đơn vị của cột nằm ở tiêu đề; nếu dùng đơn vị khác, hãy sửa ở đó.",
        "Công thức không được đọc: hãy dán giá trị. Không gộp ô.",
        "Năng lực tuần: mỗi nhóm máy một dòng, mỗi tuần một cột. Cũng đọc được danh sách có các cột Nhà máy, Nhóm năng lực, "
        "Tuần và Giờ máy trống mỗi tuần.",
        "Nhập tệp chỉ tạo bản nháp mà riêng bạn thấy. Không ai thấy gì trước khi bạn xem trước và công bố.",
        "Nhập lại tệp chỉ thay đổi những gì bạn đã sửa trong đó; không bao giờ xóa gì.",
    ),
}

EXAMPLES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "en": {
        "factory": {
            "reference": "AP-1",
            "legal_name": "An Phat Precision Co., Ltd",
            "country": "VN",
            "province": "Bac Ninh",
            "address": "Lot 5, Que Vo industrial park",
            "established_year": "2009",
        },
        "capability": {
            "factory": "AP-1",
            "process": "3.2.1 - Turning",
            "material_family": "P - Steel",
            "capacity_group": "CNC lathes",
            "tolerance_um": "10",
            "max_diameter_mm": "250",
        },
        "equipment": {"factory": "AP-1", "class": "Lathe", "make": "Mazak", "count": "3"},
        "capacity": {"factory": "AP-1", "name": "CNC lathes", "unit": "HUR - Hours"},
        "certificate": {
            "factory": "AP-1",
            "scheme": "ISO9001:2015",
            "scope": "Turning and milling of metal parts",
            "valid_until": "2027-06-30",
        },
        "document": {"factory": "AP-1", "title": "Process sheet"},
    },
    "vi": {
        "factory": {
            "reference": "AP-1",
            "legal_name": "Công ty TNHH Cơ khí chính xác An Phát",
            "country": "Việt Nam",
            "province": "Bắc Ninh",
            "address": "Lô 5, KCN Quế Võ",
            "established_year": "2009",
        },
        "capability": {
            "factory": "AP-1",
            "process": "3.2.1 - Tiện",
            "material_family": "P - Thép",
            "capacity_group": "Máy tiện CNC",
            "tolerance_um": "10",
            "max_diameter_mm": "250",
        },
        "equipment": {"factory": "AP-1", "class": "Máy tiện", "make": "Mazak", "count": "3"},
        "capacity": {"factory": "AP-1", "name": "Máy tiện CNC", "unit": "HUR - Giờ"},
        "certificate": {
            "factory": "AP-1",
            "scheme": "ISO9001:2015",
            "scope": "Tiện và phay chi tiết kim loại",
            "valid_until": "2027-06-30",
        },
        "document": {"factory": "AP-1", "title": "Phiếu công nghệ"},
    },
}
