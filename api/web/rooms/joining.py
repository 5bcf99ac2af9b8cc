"""Getting an account: sign-up, confirmation, a new password, an invitation. For whoever is not logged in.

Guarantees: what is answered does not say whether an address is known, and takes as long (`api.signing_in`). A mailed token
stands in the address of the page that its letter links to; no page it leads to says where it came from to another site.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug import Response
from wtforms import EmailField, HiddenField, PasswordField, SelectField, SelectMultipleField, StringField, SubmitField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from api import signing_in
from api.container import container_of
from api.resources.sign_ups import organization_of
from api.routing import Kind
from api.web import values
from api.web.forms import Form, telling
from api.web.site import Site
from api.web.words import gettext as _
from api.web.words import language
from network.people import applications
from sharing import catalogue
from sharing.catalogue.folding import fold
from sharing.sentences import LANGUAGES
from sharing.sentences.nouns import ROLE

site = Site("joining")

_NEW: Final = {"autocomplete": "new-password"}
_COMPANY: Final = {"autocomplete": "organization"}
_LONG: Final = _l("At least twelve characters.")
_SLUG_MAX: Final = 40
_PATHS: Final[Mapping[str, str]] = {
    "organization/identifiers/vn_tax": "vn_tax",
    "identifiers": "vn_tax",
    "slug": "legal_name",
    "organization/slug": "legal_name",
}
"""Where a fault of the document belongs on the form."""


class SignUp(Form):
    """A person and the organization that they ask for: seven fields, one of them optional."""

    name = StringField(_l("Your name"), validators=[InputRequired(), Length(max=200)], render_kw={"autocomplete": "name"})
    email = EmailField(
        _l("Mail address"), validators=[InputRequired(), Length(max=254)], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(), Length(max=256)],
        description=_l("At least twelve characters."),
        render_kw=_NEW,
    )
    legal_name = StringField(
        _l("Legal name of your organization"),
        validators=[InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "organization"},
    )
    country = SelectField(_l("Country"))
    roles = SelectMultipleField(
        _l("What you are"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validators=[InputRequired()]
    )
    vn_tax = StringField(
        _l("Vietnamese tax code"), validators=[Length(max=64)], description=_l("If you have one; it speeds up the approval.")
    )
    submit = SubmitField(_l("Sign up"))


class Confirm(Form):
    """The token of the letter, and the password of the sign-up."""

    token = StringField(_l("Token from the letter"), validators=[InputRequired(), Length(max=64)])
    password = PasswordField(_l("The password that you chose"), validators=[InputRequired(), Length(max=256)])
    submit = SubmitField(_l("Confirm"))


class Forgotten(Form):
    """Whose password is lost."""

    email = EmailField(_l("Mail address"), validators=[InputRequired(), Length(max=254)])
    submit = SubmitField(_l("Send the letter"))


class NewPassword(Form):
    """A mailed token and the password from now on."""

    token = StringField(_l("Token from the letter"), validators=[InputRequired(), Length(max=64)])
    password = PasswordField(
        _l("New password"),
        validators=[InputRequired(), Length(max=256)],
        description=_l("At least twelve characters."),
        render_kw=_NEW,
    )
    submit = SubmitField(_l("Use this password"))


class Invited(Form):
    """A mailed invitation; name and password only for whoever has no account yet."""

    token = StringField(_l("Token from the letter"), validators=[InputRequired(), Length(max=64)])
    name = StringField(_l("Your name, if you have no account yet"), validators=[Length(max=200)])
    password = PasswordField(
        _l("A password, if you have no account yet"),
        validators=[Length(max=256)],
        description=_l("At least twelve characters."),
        render_kw=_NEW,
    )
    next = HiddenField()
    submit = SubmitField(_l("Join"))


@site.page("GET", "/sign-up", kind=Kind.NODE, public=True)
def sign_up() -> str:
    """The form to ask for an account."""
    return _page(_offered(SignUp(data={"country": "VN" if language() == "vi" else ""})), _("Sign up"))


@site.page("POST", "/sign-up", kind=Kind.NODE, public=True, does="sign-ups.sign_up")
def ask_for_account() -> str | Response | tuple[str, int]:
    """Ask for an account and an organization; a letter says how to go on."""
    form = _offered(SignUp())
    if form.validate():
        with telling(form, _PATHS):
            signing_in.sign_up(
                container_of(current_app),
                address=form.email.data or "",
                password=form.password.data or "",
                name=(form.name.data or "").strip(),
                language=language(),
                organization=organization_of(_organization(form)),
                place=request.remote_addr or "",
            )
            return redirect(url_for("web-joining.letter_sent"))
    return _page(form, _("Sign up")), 422


@site.page("GET", "/letter-sent", kind=Kind.NODE, public=True)
def letter_sent() -> str:
    """What to do next; the same for every address."""
    return render_template("web/letter_sent.html")


@site.page("GET", "/confirm", kind=Kind.NODE, public=True)
def confirm() -> str:
    """Where the letter of a sign-up leads."""
    return _page(Confirm(data={"token": request.args.get("token", "")}), _("Confirm your address"))


@site.page("POST", "/confirm", kind=Kind.NODE, public=True, does="sign-ups.confirm_sign_up")
def confirm_address() -> str | Response | tuple[str, int]:
    """Make the account."""
    form = Confirm()
    if form.validate():
        with telling(form):
            signing_in.confirm(
                container_of(current_app), token=(form.token.data or "").strip(), password=form.password.data or ""
            )
            return _on(_("Your address is confirmed. Log in; the operator looks at your organization next."))
    return _page(form, _("Confirm your address")), 422


@site.page("GET", "/password-reset", kind=Kind.NODE, public=True)
def forgotten() -> str:
    """The form for whoever lost their password."""
    return _page(Forgotten(), _("Choose a new password"))


@site.page("POST", "/password-reset", kind=Kind.NODE, public=True, does="sign-ups.request_reset")
def request_reset() -> str | Response | tuple[str, int]:
    """Ask for a letter."""
    form = Forgotten()
    if form.validate():
        with telling(form):
            signing_in.request_reset(container_of(current_app), address=form.email.data or "", place=request.remote_addr or "")
            return redirect(url_for("web-joining.letter_sent"))
    return _page(form, _("Choose a new password")), 422


@site.page("GET", "/new-password", kind=Kind.NODE, public=True)
def new_password() -> str:
    """Where the letter of a reset leads."""
    return _page(NewPassword(data={"token": request.args.get("token", "")}), _("Choose a new password"))


@site.page("POST", "/new-password", kind=Kind.NODE, public=True, does="sign-ups.finish_reset")
def finish_reset() -> str | Response | tuple[str, int]:
    """Choose it; every session ends."""
    form = NewPassword()
    if form.validate():
        with telling(form):
            signing_in.finish_reset(
                container_of(current_app),
                token=(form.token.data or "").strip(),
                password=form.password.data or "",
                place=request.remote_addr or "",
            )
            return _on(_("Your new password counts now. Log in with it."))
    return _page(form, _("Choose a new password")), 422


@site.page("GET", "/invitation", kind=Kind.NODE, public=True)
def invitation() -> str:
    """Where the letter of an invitation leads."""
    return _page(Invited(data={"token": request.args.get("token", "")}), _("Join an organization"))


@site.page("POST", "/invitation", kind=Kind.NODE, public=True, does="people.accept_invitation")
def accept_invitation() -> str | Response | tuple[str, int]:
    """Join."""
    form = Invited()
    if form.validate():
        with telling(form):
            signing_in.accept_invitation(
                container_of(current_app),
                token=(form.token.data or "").strip(),
                name=(form.name.data or "").strip() or None,
                password=form.password.data or None,
            )
            return _on(_("You belong to the organization now. Log in."))
    return _page(form, _("Join an organization")), 422


def _page(form: Form, title: str) -> str:
    return render_template("web/joining.html", form=form, title=title)


def _on(said: str) -> Response:
    flash(said, "success")
    return redirect(url_for("web-door.log_in"))


def _offered(form: SignUp) -> SignUp:
    codes = catalogue.field("country").codes
    countries = [(each.code, values.code_label(codes, each.code)) for each in codes or ()]
    form.country.choices = [("", ""), *sorted(countries, key=lambda each: fold(each[1]))]
    form.roles.choices = _roles(applications.WANTED_ROLES)
    return form


def _roles(wanted: Sequence[str]) -> list[tuple[str, str]]:
    return [(each, ROLE[each][LANGUAGES.index(language())]) for each in wanted]


def _organization(form: SignUp) -> dict[str, Any]:
    name, tax = (form.legal_name.data or "").strip(), (form.vn_tax.data or "").strip()
    return {
        "slug": _slug(name),
        "legal_name": name,
        "country": form.country.data or "",
        "roles": form.roles.data or [],
        "sectors": [],
        "identifiers": {"vn_tax": tax} if tax else {},
    }


def _slug(name: str) -> str:
    """What the organization is called in its DID, until its operator approves another."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name).replace("đ", "d")).strip("-")[:_SLUG_MAX].strip("-")
