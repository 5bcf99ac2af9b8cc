"""Coming in and going out: the front page, log-in, the terms, and whom one acts for, for what, in which language."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from markdown_it import MarkdownIt
from markupsafe import Markup
from werkzeug import Response
from wtforms import BooleanField, HiddenField, PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired, Length

from api import auth, signing_in
from api.asking import asking
from api.container import container_of
from api.errors import Refusal
from api.routing import Kind
from api.web import cookies
from api.web.back import back
from api.web.forms import Form, telling
from api.web.site import Site
from api.web.visit import visit
from api.web.words import NAMES, language
from network.people import persons, roles, sessions
from network.people import terms as accepted
from policies import PURPOSES

site = Site("door", template_folder="templates", static_folder="static", static_url_path="/static")


class LogIn(Form):
    """What somebody has to come in with."""

    next = HiddenField()
    email = StringField(
        _l("Mail address"),
        validators=[InputRequired(), Length(max=254)],
        render_kw={"autocomplete": "username", "type": "email", "autofocus": True},
    )
    password = PasswordField(
        _l("Password"), validators=[InputRequired(), Length(max=256)], render_kw={"autocomplete": "current-password"}
    )
    code = StringField(
        _l("Code of the second factor, or a recovery code"),
        description=_l("Only if you switched a second factor on."),
        validators=[Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text"},
    )
    submit = SubmitField(_l("Log in"))


class Agreement(Form):
    """A yes to the terms in force."""

    next = HiddenField()
    version = HiddenField()
    digest = HiddenField()
    agree = BooleanField(_l("I have read the terms and accept them, also for the organizations that I own."), [InputRequired()])
    submit = SubmitField(_l("Accept"))


@site.page("GET", "/", kind=Kind.NODE, public=True)
def front() -> str:
    """What this is, in ten seconds."""
    return render_template("web/front.html")


@site.page("GET", "/log-in", kind=Kind.NODE, public=True)
def log_in() -> str | Response:
    """The form to log in."""
    if visit().person is not None:
        return redirect(back(url_for("web-door.front")))
    return render_template("web/log_in.html", form=LogIn(data={"next": back("")}))


@site.page("POST", "/log-in", kind=Kind.NODE, public=True, does="sessions.log_in")
def begin_session() -> str | Response | tuple[str, int]:
    """Log in."""
    form = LogIn()
    if form.validate():
        with telling(form):
            _begin(form)
            return redirect(back(url_for("web-door.front")))
    return render_template("web/log_in.html", form=form), 422


@site.page("POST", "/log-out", kind=Kind.OWN, person=True, does="sessions.end_current_session")
def log_out() -> Response:
    """End the session here."""
    with auth.writing() as (session, _):
        current = auth.person_in(session)
        sessions.end(session, current.person_id, current.id)
    cookies.end()
    return redirect(url_for("web-door.front"))


@site.page("GET", "/terms", kind=Kind.NODE, public=True)
def terms() -> str:
    """The terms in force, and for whoever has not accepted them the form to do so."""
    current = accepted.in_force()
    form = Agreement(data={"next": back(""), "version": current.version, "digest": current.digest})
    return render_template("web/terms.html", form=form, terms=current, text=_markdown(current.texts[language()]))


@site.page("POST", "/terms", kind=Kind.OWN, person=True, does="me.accept_terms")
def accept_terms() -> str | Response | tuple[str, int]:
    """Accept the terms, for oneself and for the organizations that one owns."""
    form, current = Agreement(), accepted.in_force()
    if form.validate():
        with telling(form), auth.writing() as (session, _):
            person_id = auth.person_in(session).person_id
            owned = [each.organization.id for each in roles.places(session, person_id) if each.role == roles.OWNER]
            accepted.accept(
                session,
                container_of(current_app).house.entropy,
                person_id,
                version=form.version.data or "",
                digest=form.digest.data or "",
                organizations=owned,
                now=asking().now,
            )
        if not form.errors:
            return redirect(back(url_for("web-door.front")))
    return render_template("web/terms.html", form=form, terms=current, text=_markdown(current.texts[language()])), 422


@site.page("POST", "/language", kind=Kind.NODE, public=True)
def choose_language() -> Response:
    """Read on in another language; it stays until it is changed."""
    chosen = request.form.get("language", "")
    if chosen in NAMES:
        cookies.remember(language=chosen)
    return redirect(back(url_for("web-door.front")))


@site.page("POST", "/acting-for", kind=Kind.OWN, person=True)
def act_for() -> Response:
    """Act for another of one's organizations. The purpose was for the one before."""
    slug = request.form.get("organization", "")
    if slug not in {each.organization.slug for each in visit().places}:
        raise Refusal("not_found")
    cookies.remember(organization=slug, purpose=None)
    return redirect(back(url_for("web-door.front")))


@site.page("POST", "/purpose", kind=Kind.OWN, person=True)
def choose_purpose() -> Response:
    """Look on for another purpose. Each disclosure is recorded with the purpose in force when it was made."""
    purpose = request.form.get("purpose", "")
    if purpose and purpose not in PURPOSES:
        raise Refusal("not_found")
    cookies.remember(purpose=purpose or None)
    return redirect(back(url_for("web-door.front")))


def _begin(form: LogIn) -> None:
    container = container_of(current_app)
    code = (form.code.data or "").strip()
    is_code = code.replace(" ", "").isdigit()
    begun = signing_in.log_in(
        container,
        address=form.email.data or "",
        password=form.password.data or "",
        code=code.replace(" ", "") if code and is_code else None,
        recovery_code=code if code and not is_code else None,
        agent=request.headers.get("User-Agent", ""),
        place=request.remote_addr or "",
    )
    with container.house.database.read() as session:
        known = persons.person(session, begun.session.person_id)
    cookies.begin(begun.secret, known.language)


def _markdown(text: str) -> Markup:
    """Our own text as HTML without its title, which the page has; HTML inside of it is not taken over."""
    _title, _, text = text.partition("\n")
    return Markup(MarkdownIt("commonmark", {"html": False}).render(text))  # noqa: S704
