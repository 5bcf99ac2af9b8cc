"""The texts of letters, in English and Vietnamese.

Guarantees: a subject is one line; nothing in a letter comes from an anonymous stranger but a link's token, so nobody
can have this node mail their own words to somebody (names appear only in letters that a member or the operator causes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from types import MappingProxyType
from typing import Final

LANGUAGES: Final = ("en", "vi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One letter in one language; `$name` stands for a value."""

    subject: str
    body: str


_TEXTS: Final[Mapping[str, Mapping[str, Text]]] = MappingProxyType(
    {
        "confirm": {
            "en": Text(
                subject="Confirm your address at $node",
                body="Somebody, probably you, signed up at $node ($origin) with this address.\n\n"
                "To confirm it, send this token together with the password you chose. It works once, for $hours hours:\n\n"
                "    $token\n\n    $origin/confirm?token=$token\n"
                "    POST $origin/v1/sign-ups/confirmation {token, password}\n\n"
                "Should that password not be taken, somebody else signed up with your address as well: sign up again and send\n"
                "this token along, as `token`.\n\n"
                "If it was not you, do nothing: without your answer there is no account.\n",
            ),
            "vi": Text(
                subject="Xác nhận địa chỉ của bạn tại $node",
                body="Có người, có lẽ là bạn, đã đăng ký tại $node ($origin) bằng địa chỉ này.\n\n"
                "Để xác nhận, hãy gửi mã này cùng mật khẩu bạn đã chọn. Mã dùng được một lần, trong $hours giờ:\n\n"
                "    $token\n\n    $origin/confirm?token=$token\n"
                "    POST $origin/v1/sign-ups/confirmation {token, password}\n\n"
                "Nếu mật khẩu đó không được chấp nhận, có người khác cũng đã đăng ký bằng địa chỉ của bạn: hãy đăng ký lại và\n"
                "gửi kèm mã này trong `token`.\n\n"
                "Nếu không phải bạn, bạn không cần làm gì: không có trả lời thì không có tài khoản.\n",
            ),
        },
        "known": {
            "en": Text(
                subject="You have an account at $node already",
                body="Somebody, probably you, signed up at $node ($origin) with this address. It has an account already, so\n"
                "nothing was changed. Log in with your password; if it is lost, ask for a new one. To apply for another\n"
                "organization, log in and apply there.\n\nIf it was not you, do nothing.\n",
            ),
            "vi": Text(
                subject="Bạn đã có tài khoản tại $node",
                body="Có người, có lẽ là bạn, đã đăng ký tại $node ($origin) bằng địa chỉ này. Địa chỉ đã có tài khoản nên\n"
                "không có gì thay đổi. Hãy đăng nhập bằng mật khẩu của bạn; nếu quên, hãy yêu cầu đặt lại. Để đăng ký thêm\n"
                "một tổ chức, hãy đăng nhập rồi nộp đơn.\n\nNếu không phải bạn, bạn không cần làm gì.\n",
            ),
        },
        "reset": {
            "en": Text(
                subject="A new password at $node",
                body="Somebody, probably you, asked for a new password at $node ($origin).\n\n"
                "To choose one, send this token with the new password. It works once, for $hours hours:\n\n"
                "    $token\n\n    $origin/new-password?token=$token\n"
                "    POST $origin/v1/password-resets/completion {token, password}\n\n"
                "If it was not you, do nothing: your password stays as it is.\n",
            ),
            "vi": Text(
                subject="Mật khẩu mới tại $node",
                body="Có người, có lẽ là bạn, đã yêu cầu đặt lại mật khẩu tại $node ($origin).\n\n"
                "Để chọn mật khẩu mới, hãy gửi mã này cùng mật khẩu mới. Mã dùng được một lần, trong $hours giờ:\n\n"
                "    $token\n\n    $origin/new-password?token=$token\n"
                "    POST $origin/v1/password-resets/completion {token, password}\n\n"
                "Nếu không phải bạn, bạn không cần làm gì: mật khẩu vẫn giữ nguyên.\n",
            ),
        },
        "changed": {
            "en": Text(
                subject="Your account at $node was changed",
                body="$what\n\nIf it was not you, ask for a new password at $node ($origin) at once: that ends every "
                "session.\n",
            ),
            "vi": Text(
                subject="Tài khoản của bạn tại $node đã thay đổi",
                body="$what\n\nNếu không phải bạn, hãy đặt lại mật khẩu tại $node ($origin) ngay: mọi phiên đăng nhập sẽ kết "
                "thúc.\n",
            ),
        },
        "invitation": {
            "en": Text(
                subject="$organization invites you at $node",
                body="$organization invites you to act for it at $node ($origin), as $role.\n\n"
                "To accept, send this token, with a name and a password if you have no account yet. It works once, for\n"
                "$days days:\n\n    $token\n\n    $origin/invitation?token=$token\n"
                "    POST $origin/v1/invitations/acceptance {token, name, password}\n\n"
                "If you do not know them, do nothing.\n",
            ),
            "vi": Text(
                subject="$organization mời bạn tại $node",
                body="$organization mời bạn làm việc cho tổ chức tại $node ($origin), với vai trò $role.\n\n"
                "Để nhận lời, hãy gửi mã này, kèm tên và mật khẩu nếu bạn chưa có tài khoản. Mã dùng được một lần, trong\n"
                "$days ngày:\n\n    $token\n\n    $origin/invitation?token=$token\n"
                "    POST $origin/v1/invitations/acceptance {token, name, password}\n\n"
                "Nếu bạn không biết họ, bạn không cần làm gì.\n",
            ),
        },
        "approved": {
            "en": Text(
                subject="$organization was approved at $node",
                body="$organization is at home at $node ($origin) now, as $did. You are its owner: log in, read the\n"
                "terms, invite colleagues, and make credentials for programs.\n",
            ),
            "vi": Text(
                subject="$organization đã được chấp thuận tại $node",
                body="$organization nay thuộc $node ($origin), với tên $did. Bạn là chủ sở hữu: hãy đăng nhập, đọc điều\n"
                "khoản, mời đồng nghiệp và tạo thông tin xác thực cho phần mềm.\n",
            ),
        },
        "refused": {
            "en": Text(
                subject="$organization was not approved at $node",
                body="The operator of $node ($origin) did not approve $organization. They say:\n\n$answer\n\n"
                "Your account stays; you may apply again.\n",
            ),
            "vi": Text(
                subject="$organization chưa được chấp thuận tại $node",
                body="Người vận hành $node ($origin) chưa chấp thuận $organization. Lý do:\n\n$answer\n\n"
                "Tài khoản của bạn vẫn còn; bạn có thể nộp đơn lại.\n",
            ),
        },
        "expiry": {
            "en": Text(
                subject="$what runs out on $due",
                body="At $node ($origin): $what runs out on $due.\n\n    $subject\n\n"
                "GET /v1/notices lists what else runs out soon."
                "\n\nThe signed head of your ledger. Keep it: whoever rewrites the ledger cannot keep it true.\n\n$head\n",
            ),
            "vi": Text(
                subject="$what_vi hết hạn ngày $due",
                body="Tại $node ($origin): $what_vi hết hạn ngày $due.\n\n    $subject\n\n"
                "GET /v1/notices liệt kê những gì khác sắp hết hạn."
                "\n\nĐầu sổ ghi đã ký của bạn. Hãy giữ lại: ai sửa sổ ghi thì không thể giữ cho nó đúng.\n\n$head\n",
            ),
        },
        "event": {
            "en": Text(
                subject="$what at $node",
                body="At $node ($origin): $what.\n\n    GET $path\n\nGET /v1/notices lists everything you were told."
                "\n\nThe signed head of your ledger. Keep it: whoever rewrites the ledger cannot keep it true.\n\n$head\n",
            ),
            "vi": Text(
                subject="$what_vi tại $node",
                body="Tại $node ($origin): $what_vi.\n\n    GET $path\n\nGET /v1/notices liệt kê mọi thông báo của bạn."
                "\n\nĐầu sổ ghi đã ký của bạn. Hãy giữ lại: ai sửa sổ ghi thì không thể giữ cho nó đúng.\n\n$head\n",
            ),
        },
        "alert": {
            "en": Text(
                subject="Your saved search: $name",
                body="At $node ($origin), since the last look at your saved search\n\n    $name\n\n"
                "    new: $appeared\n    changed: $changed\n    no longer found: $gone\n\n"
                "    GET /v1/alerts?search=$search\n\n"
                "For no more letters about it: PUT /v1/saved-searches/$search with `mail` false.\n",
            ),
            "vi": Text(
                subject="Tìm kiếm đã lưu của bạn: $name",
                body="Tại $node ($origin), kể từ lần xem trước của tìm kiếm đã lưu\n\n    $name\n\n"
                "    mới: $appeared\n    thay đổi: $changed\n    không còn tìm thấy: $gone\n\n"
                "    GET /v1/alerts?search=$search\n\n"
                "Để không nhận thư về tìm kiếm này nữa: PUT /v1/saved-searches/$search với `mail` là false.\n",
            ),
        },
        "notice": {
            "en": Text(subject="$subject", body="$text\n\n$node ($origin)\n"),
            "vi": Text(subject="$subject", body="$text\n\n$node ($origin)\n"),
        },
    }
)

CHANGES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "password": {
            "en": "Your password was changed, and every session ended.",
            "vi": "Mật khẩu của bạn đã được đổi và mọi phiên đăng nhập đã kết thúc.",
        },
        "factor_on": {"en": "A second factor was added.", "vi": "Xác thực hai lớp đã được bật."},
        "factor_off": {"en": "Your second factor was taken off.", "vi": "Xác thực hai lớp đã bị tắt."},
        "recovery": {"en": "A recovery code was used to log in.", "vi": "Một mã khôi phục đã được dùng để đăng nhập."},
    }
)

TOPICS: Final = frozenset(_TEXTS)


def written(topic: str, language: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body of a letter; another language than ours is English. A value missing is a defect (`KeyError`)."""
    text = _TEXTS[topic].get(language) or _TEXTS[topic]["en"]
    subject = Template(text.subject).substitute(values)
    return " ".join(subject.split()), Template(text.body).substitute(values)
