"""The short closed vocabularies of the catalogue that stand in no numbered standard, or of which a few codes are enough.

Guarantees: a code with a dot has the part before it as its parent. Codes are only ever added.
"""

from collections.abc import Iterable, Iterator

import pycountry

from sharing.catalogue.codes import Code, Codes

Row = tuple[str, str, str]


def _vocabulary(name: str, rows: Iterable[Row]) -> Codes:
    codes = (Code(code=code, parent=code.rpartition(".")[0] or None, label_en=en, label_vi=vi) for code, en, vi in rows)
    return Codes(name, codes)


def _flat(name: str, rows: Iterable[Row]) -> Codes:
    return Codes(name, (Code(code=code, parent=None, label_en=en, label_vi=vi) for code, en, vi in rows))


LEGAL_FORMS = _flat("legal forms", (
    ("sole_proprietor", "Sole proprietor or household business", "Hộ kinh doanh, doanh nghiệp tư nhân"),
    ("partnership", "Partnership", "Công ty hợp danh"),
    ("limited_liability", "Limited liability company", "Công ty trách nhiệm hữu hạn"),
    ("joint_stock", "Joint stock company", "Công ty cổ phần"),
    ("state_owned", "State-owned enterprise", "Doanh nghiệp nhà nước"),
    ("cooperative", "Cooperative", "Hợp tác xã"),
    ("branch", "Branch of a company", "Chi nhánh"),
    ("other", "Another legal form", "Hình thức khác"),
))  # fmt: skip
BUSINESS_MODELS = _flat("business models", (
    ("job_shop", "Job shop", "Gia công đơn lẻ"),
    ("contract_manufacturer", "Contract manufacturer", "Sản xuất theo hợp đồng"),
    ("build_to_print", "Builds to the customer's drawing", "Sản xuất theo bản vẽ khách hàng"),
    ("design_and_build", "Designs and builds", "Thiết kế và sản xuất"),
    ("own_product", "Own products", "Sản phẩm riêng"),
    ("toolmaker", "Tool and mould maker", "Chế tạo khuôn mẫu"),
    ("service", "Processing service", "Dịch vụ gia công bề mặt, nhiệt luyện"),
    ("trading", "Trading", "Thương mại"),
))  # fmt: skip
SPECIAL_PROCESSES = _vocabulary("special processes", (
    ("heat_treatment", "Heat treatment", "Nhiệt luyện"),
    ("heat_treatment.hardening", "Hardening and tempering", "Tôi và ram"),
    ("heat_treatment.carburizing", "Carburizing", "Thấm cacbon"),
    ("heat_treatment.nitriding", "Nitriding", "Thấm nitơ"),
    ("heat_treatment.induction", "Induction hardening", "Tôi cao tần"),
    ("heat_treatment.vacuum", "Vacuum heat treatment", "Nhiệt luyện chân không"),
    ("heat_treatment.solution_ageing", "Solution treatment and ageing", "Ủ hòa tan và hóa già"),
    ("joining", "Welding and brazing", "Hàn"),
    ("joining.fusion_welding", "Fusion welding", "Hàn nóng chảy"),
    ("joining.electron_beam", "Electron beam welding", "Hàn chùm tia điện tử"),
    ("joining.laser", "Laser welding", "Hàn laser"),
    ("joining.friction", "Friction welding", "Hàn ma sát"),
    ("joining.brazing", "Brazing", "Hàn vảy cứng"),
    ("coating", "Coating", "Phủ bề mặt"),
    ("coating.anodizing", "Anodizing", "Anode hóa"),
    ("coating.electroplating", "Electroplating", "Mạ điện"),
    ("coating.hot_dip", "Hot-dip galvanizing", "Mạ kẽm nhúng nóng"),
    ("coating.powder", "Powder coating", "Sơn tĩnh điện"),
    ("coating.thermal_spray", "Thermal spraying", "Phun phủ nhiệt"),
    ("coating.vapour", "Vapour deposition (PVD, CVD)", "Phủ PVD, CVD"),
    ("chemical", "Chemical processing", "Xử lý hóa học"),
    ("chemical.passivation", "Passivation", "Thụ động hóa"),
    ("chemical.pickling", "Pickling", "Tẩy gỉ"),
    ("chemical.phosphating", "Phosphating", "Phốt phát hóa"),
    ("surface", "Surface enhancement", "Gia cường bề mặt"),
    ("surface.shot_peening", "Shot peening", "Phun bi"),
    ("surface.blasting", "Abrasive blasting", "Phun cát"),
    ("nondestructive", "Non-destructive testing", "Kiểm tra không phá hủy"),
    ("nondestructive.penetrant", "Penetrant testing", "Kiểm tra thẩm thấu"),
    ("nondestructive.magnetic", "Magnetic particle testing", "Kiểm tra từ tính"),
    ("nondestructive.ultrasonic", "Ultrasonic testing", "Kiểm tra siêu âm"),
    ("nondestructive.radiographic", "Radiographic testing", "Kiểm tra chụp ảnh phóng xạ"),
    ("clean", "Cleaning and clean room work", "Làm sạch, phòng sạch"),
))  # fmt: skip
MACHINES = _vocabulary("machine classes", (
    ("machining_centre", "Machining centre", "Trung tâm gia công"),
    ("machining_centre.vertical", "Vertical machining centre", "Trung tâm gia công đứng"),
    ("machining_centre.horizontal", "Horizontal machining centre", "Trung tâm gia công ngang"),
    ("machining_centre.gantry", "Gantry machining centre", "Trung tâm gia công giường"),
    ("milling", "Milling machine", "Máy phay"),
    ("turning", "Lathe", "Máy tiện"),
    ("turning.horizontal", "Horizontal lathe", "Máy tiện ngang"),
    ("turning.vertical", "Vertical lathe", "Máy tiện đứng"),
    ("turning.swiss", "Sliding-head lathe", "Máy tiện Thụy Sĩ"),
    ("turning.mill_turn", "Mill-turn centre", "Máy tiện phay"),
    ("drilling", "Drilling machine", "Máy khoan"),
    ("boring", "Boring mill", "Máy doa"),
    ("grinding", "Grinding machine", "Máy mài"),
    ("grinding.surface", "Surface grinder", "Máy mài phẳng"),
    ("grinding.cylindrical", "Cylindrical grinder", "Máy mài tròn"),
    ("gear_cutting", "Gear cutting machine", "Máy gia công bánh răng"),
    ("broaching", "Broaching machine", "Máy chuốt"),
    ("edm", "Electrical discharge machine", "Máy xung, cắt dây"),
    ("edm.wire", "Wire EDM", "Máy cắt dây"),
    ("edm.sinker", "Sinker EDM", "Máy xung điện"),
    ("cutting", "Sheet and profile cutting", "Máy cắt"),
    ("cutting.laser", "Laser cutter", "Máy cắt laser"),
    ("cutting.plasma", "Plasma cutter", "Máy cắt plasma"),
    ("cutting.waterjet", "Waterjet cutter", "Máy cắt tia nước"),
    ("cutting.saw", "Saw", "Máy cưa"),
    ("forming", "Forming machine", "Máy tạo hình"),
    ("forming.press", "Press", "Máy dập"),
    ("forming.press_brake", "Press brake", "Máy chấn"),
    ("forming.forging", "Forging hammer or press", "Máy rèn"),
    ("forming.bending", "Tube or wire bending machine", "Máy uốn"),
    ("casting", "Casting plant", "Thiết bị đúc"),
    ("casting.die", "Die casting machine", "Máy đúc áp lực"),
    ("moulding", "Moulding machine", "Máy ép nhựa"),
    ("moulding.injection", "Injection moulding machine", "Máy ép phun"),
    ("moulding.blow", "Blow moulding machine", "Máy thổi"),
    ("additive", "Additive manufacturing machine", "Máy in 3D"),
    ("additive.powder_bed", "Powder bed fusion", "Nung chảy bột"),
    ("welding", "Welding equipment", "Thiết bị hàn"),
    ("welding.robot", "Welding robot", "Robot hàn"),
    ("furnace", "Furnace", "Lò nhiệt luyện"),
    ("coating_line", "Coating or plating line", "Dây chuyền sơn, mạ"),
    ("assembly", "Assembly line", "Dây chuyền lắp ráp"),
    ("measuring", "Measuring machine", "Máy đo"),
    ("sewing", "Sewing machine", "Máy may"),
    ("other", "Other equipment", "Thiết bị khác"),
))  # fmt: skip
AUTOMATION = _flat("degrees of automation", (
    ("manual", "Manual", "Thủ công"),
    ("cnc", "Numerically controlled", "Điều khiển số"),
    ("pallet", "With automatic pallet or bar feeding", "Có cấp phôi tự động"),
    ("robot", "Tended by a robot", "Có robot cấp phôi"),
    ("unattended", "Runs unattended", "Chạy không người"),
))  # fmt: skip
INSTRUMENTS = _flat("inspection equipment", (
    ("cmm", "Coordinate measuring machine", "Máy đo tọa độ"),
    ("scanner", "Optical scanner", "Máy quét quang học"),
    ("vision", "Vision measuring system", "Máy đo quang học"),
    ("projector", "Profile projector", "Máy chiếu biên dạng"),
    ("contour", "Contour tracer", "Máy đo biên dạng"),
    ("roughness", "Roughness tester", "Máy đo độ nhám"),
    ("roundness", "Roundness tester", "Máy đo độ tròn"),
    ("gear", "Gear tester", "Máy đo bánh răng"),
    ("height", "Height gauge", "Thước đo cao"),
    ("micrometer", "Micrometers and calipers", "Panme, thước cặp"),
    ("gauges", "Gauge blocks and plug gauges", "Căn mẫu, calip"),
    ("hardness", "Hardness tester", "Máy đo độ cứng"),
    ("tensile", "Tensile testing machine", "Máy thử kéo"),
    ("impact", "Impact tester", "Máy thử va đập"),
    ("spectrometer", "Spectrometer", "Máy quang phổ"),
    ("microscope", "Metallographic microscope", "Kính hiển vi kim tương"),
    ("ultrasonic", "Ultrasonic tester", "Máy siêu âm"),
    ("xray", "X-ray or CT", "Máy X-quang, CT"),
    ("magnetic", "Magnetic particle tester", "Máy kiểm tra từ tính"),
    ("thickness", "Coating thickness gauge", "Máy đo chiều dày lớp phủ"),
    ("torque", "Torque and force tester", "Máy đo lực, mô-men"),
    ("electrical", "Electrical tester", "Máy đo điện"),
    ("other", "Other inspection equipment", "Thiết bị kiểm tra khác"),
))  # fmt: skip
DOCUMENTATION = _flat("documentation levels", (
    ("PPAP1", "PPAP level 1", "PPAP mức 1"),
    ("PPAP2", "PPAP level 2", "PPAP mức 2"),
    ("PPAP3", "PPAP level 3", "PPAP mức 3"),
    ("PPAP4", "PPAP level 4", "PPAP mức 4"),
    ("PPAP5", "PPAP level 5", "PPAP mức 5"),
    ("AS9102", "First article inspection, AS9102", "Kiểm tra sản phẩm đầu tiên, AS9102"),
    ("EN10204-2.1", "Declaration of compliance, EN 10204 2.1", "Chứng chỉ EN 10204 2.1"),
    ("EN10204-2.2", "Test report, EN 10204 2.2", "Chứng chỉ EN 10204 2.2"),
    ("EN10204-3.1", "Inspection certificate, EN 10204 3.1", "Chứng chỉ EN 10204 3.1"),
    ("EN10204-3.2", "Inspection certificate, EN 10204 3.2", "Chứng chỉ EN 10204 3.2"),
))  # fmt: skip
CERTIFICATE_STATES = _flat("states of a certificate", (
    ("valid", "Valid", "Còn hiệu lực"),
    ("suspended", "Suspended", "Tạm đình chỉ"),
    ("withdrawn", "Withdrawn", "Đã thu hồi"),
))  # fmt: skip
PRICE_CLASSES = _flat("price classes", (
    ("economy", "Economy", "Tiết kiệm"),
    ("standard", "Standard", "Tiêu chuẩn"),
    ("premium", "Premium", "Cao cấp"),
))  # fmt: skip
INCOTERMS = _flat("Incoterms 2020", (
    ("EXW", "Ex works", "Giao tại xưởng"),
    ("FCA", "Free carrier", "Giao cho người chuyên chở"),
    ("CPT", "Carriage paid to", "Cước phí trả tới"),
    ("CIP", "Carriage and insurance paid to", "Cước phí và bảo hiểm trả tới"),
    ("DAP", "Delivered at place", "Giao tại nơi đến"),
    ("DPU", "Delivered at place unloaded", "Giao tại nơi đến đã dỡ hàng"),
    ("DDP", "Delivered duty paid", "Giao hàng đã nộp thuế"),
    ("FAS", "Free alongside ship", "Giao dọc mạn tàu"),
    ("FOB", "Free on board", "Giao lên tàu"),
    ("CFR", "Cost and freight", "Tiền hàng và cước phí"),
    ("CIF", "Cost, insurance and freight", "Tiền hàng, bảo hiểm và cước phí"),
))  # fmt: skip
PAYMENT_TERMS = _flat("payment terms", (
    ("prepaid", "Paid in advance", "Trả trước"),
    ("deposit", "Deposit and rest on delivery", "Đặt cọc, còn lại khi giao hàng"),
    ("letter_of_credit", "Letter of credit", "Tín dụng thư (L/C)"),
    ("collection", "Documents against payment", "Nhờ thu (D/P)"),
    ("on_delivery", "On delivery", "Trả khi giao hàng"),
    ("net30", "Within 30 days", "Trong 30 ngày"),
    ("net60", "Within 60 days", "Trong 60 ngày"),
    ("net90", "Within 90 days", "Trong 90 ngày"),
))  # fmt: skip
PCF_METHODS = _flat("carbon footprint methods", (
    ("ISO14067", "ISO 14067", "ISO 14067"),
    ("PACT", "PACT methodology", "Phương pháp PACT"),
    ("CATENA-X", "Catena-X product carbon footprint rulebook", "Quy tắc Catena-X"),
    ("GHG-PRODUCT", "GHG Protocol product standard", "Tiêu chuẩn sản phẩm GHG Protocol"),
    ("PAS2050", "PAS 2050", "PAS 2050"),
))  # fmt: skip
DOCUMENT_KINDS = _flat("kinds of document", (
    ("drawing", "Drawing", "Bản vẽ"),
    ("process_sheet", "Process sheet", "Phiếu công nghệ"),
    ("report", "Report", "Báo cáo"),
    ("certificate", "Certificate", "Giấy chứng nhận"),
    ("brochure", "Brochure", "Tài liệu giới thiệu"),
    ("other", "Other document", "Tài liệu khác"),
))  # fmt: skip
DOCUMENT_STATES = _flat("states of a document", (
    ("draft", "Draft", "Bản nháp"),
    ("released", "Released", "Đã ban hành"),
    ("superseded", "Superseded", "Đã thay thế"),
))  # fmt: skip


def _currencies() -> Iterator[Row]:
    for each in pycountry.currencies:
        yield each.alpha_3, each.name, each.name


CURRENCIES = _flat("ISO 4217", _currencies())
