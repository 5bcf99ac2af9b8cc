"""What viewers are told about the ledger, before they look: the same for everybody, linked from every answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": (
            "Whoever is shown something of a factory is recorded for its owner: organization, purpose, time, which fields "
            "at which level, and which rule showed them. A person or program stands there under a name that only that "
            "owner's ledger uses; the public stands there as the public, without an address. Where a search matches at most "
            "ten factories, each of them counts as shown in the fields that were asked about. Alike questions are counted, "
            "whatever they find."
        ),
        "vi": (
            "Ai được xem thông tin của một nhà máy đều được ghi lại cho chủ sở hữu: tổ chức, mục đích, thời gian, trường "
            "nào ở mức nào và quy tắc nào cho xem. Người hoặc chương trình được ghi dưới một tên chỉ dùng trong sổ ghi của "
            "chủ sở hữu đó; công chúng được ghi là công chúng, không kèm địa chỉ. Khi một tìm kiếm khớp với không quá mười "
            "nhà máy, mỗi nhà máy được coi là đã được xem ở các trường được hỏi. Các câu hỏi gần giống nhau được đếm, dù "
            "kết quả là gì."
        ),
    }
)
