"""Forms: in the language of the page, and with what services refused beside the field that it is about.

    with telling(form):
        give_grant(...)
        return redirect(...)
    return render_template(...), 422

Guarantees: what the sender can correct is told at its field (by the path of the fault) or above the form, in their language
where the code is known; everything else goes on to the page of errors. Nothing was written: the transaction was inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from flask_wtf import FlaskForm
from werkzeug.exceptions import HTTPException
from wtforms import Field

from api.errors import Problem, problem_of
from api.web.words import gettext as _

_CORRECTABLE: Final = frozenset({401, 409, 412, 415, 422, 429})


class Form(FlaskForm):  # type: ignore[misc]
    """A form with a token against forgery; what WTForms itself says is in our phrases too."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Where WTForms looks its messages up."""

        def get_translations(self, form: object) -> _Phrases:  # noqa: ARG002
            """Ours: WTForms has no Vietnamese."""
            return _Phrases()


class _Phrases:
    @staticmethod
    def gettext(phrase: str) -> str:
        return _(phrase)

    @staticmethod
    def ngettext(one: str, many: str, number: int) -> str:
        return _(one if number == 1 else many)


@contextmanager
def telling(form: Form, fields: Mapping[str, str] | None = None) -> Iterator[None]:
    """Put what is refused onto `form`. `fields`: path of a fault -> name of the form's field, where they differ."""
    try:
        yield
    except HTTPException:
        raise
    except Exception as error:
        problem = problem_of(error)
        if problem.status not in _CORRECTABLE or problem.code == "session_required":
            raise
        tell(form, problem, fields or {})


def tell(form: Form, problem: Problem, fields: Mapping[str, str]) -> None:
    """Note a problem on a form."""
    rest: list[str] = []
    for fault in problem.errors:
        name = fields.get(fault.path, fault.path.rpartition("/")[2])
        if name in form:
            form[name].errors = [*form[name].errors, says(fault.code, fault.message)]
        else:
            rest.append(f"{fault.path}: {says(fault.code, fault.message)}" if fault.path else says(fault.code, fault.message))
    if rest or not problem.errors:
        form.form_errors.extend(rest or [says(problem.code, problem.detail)])


def described(field: Field) -> dict[str, str]:
    """The attributes that tie a field to what is said of it, for whoever has the page read out."""
    said = [f"{field.id}-{part}" for part, there in (("about", field.description), ("wrong", field.errors)) if there]
    about = {"aria-describedby": " ".join(said)} if said else {}
    return about | ({"aria-invalid": "true"} if field.errors else {})


def says(code: str, otherwise: str) -> str:
    """A code in the reader's language."""
    known = {
        "sign_in_refused": _("The address, the password or the code is not right."),
        "too_many_attempts": _("Too many attempts. Try again in an hour."),
        "rate_limited": _("Too many requests. Wait a little, then try again."),
        "address_invalid": _("This is not a mail address."),
        "password_refused": _("This password is too short or too easy to guess. Use at least twelve characters."),
        "ticket_invalid": _("This link or password is not right, or the link was used already."),
        "code_refused": _("The code is not right. Wait for the next one and try again."),
        "last_owner": _("An organization keeps at least one owner."),
        "revision_mismatch": _("Somebody changed this while you were editing. Look again, then try once more."),
        "required": _("This is required."),
        "invalid_characters": _("There are characters in it that cannot be used."),
    }
    return known.get(code, otherwise)
