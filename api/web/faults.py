"""What a person reads when something is refused: a page in their language, never a document for programs.

Guarantees: the page depends on the code, on the address that was asked and on who is logged in; an unknown address, a hidden
factory and somebody else's give the same page. The code stands on the page for whoever must tell the operator.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from api import errors
from api.errors import Problem, Refusal, problem_of
from api.routing import declared_pages
from api.web.back import here
from api.web.cookies import FOR_PROGRAMS
from api.web.words import gettext as _

_HTML = "text/html"


def install(app: Flask) -> None:
    """Answer people with pages; programs go on to get problem documents."""
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(Exception, answer)
    app.register_error_handler(CSRFError, _forged)


def answer(error: Exception) -> Response:
    """The page of an error, or the problem document."""
    plain = errors.answer(error)
    if not _for_people():
        return plain
    problem = problem_of(error)
    if problem.code == "session_required":
        return make_response(redirect(url_for("web-door.log_in", next=here())))
    if problem.code == "terms_required":
        return make_response(redirect(url_for("web-door.terms", next=here())))
    return page(problem)


def page(problem: Problem) -> Response:
    """A refusal as a page."""
    answer = make_response(render_template("web/refused.html", problem=problem, says=_says(problem)), problem.status)
    answer.headers.extend({name: value for name, value in problem.headers.items() if name in {"Retry-After", "Allow"}})
    return answer


def _forged(_: CSRFError) -> Response:
    return answer(Refusal("forbidden", "The form was open for too long, or did not come from this site."))


def _for_people() -> bool:
    if request.endpoint is not None:
        return request.endpoint in declared_pages(current_app)
    wanted = request.accept_mimetypes.best_match(["application/problem+json", "application/json", _HTML])
    return wanted == _HTML and not request.path.startswith(FOR_PROGRAMS)


def _says(problem: Problem) -> str:
    by_status = {
        400: _("The request could not be read."),
        403: _("You may not do this here."),
        404: _("There is nothing at this address."),
        405: _("This address does not answer this."),
        409: _("Something changed in the meantime. Look again, then try once more."),
        412: _("Somebody changed this while you were editing. Look again, then try once more."),
        413: _("That file is too large."),
        415: _("This kind of file cannot be taken in."),
        422: _("Something in the form is not right."),
        429: _("Too many requests. Wait a little, then try again."),
        503: _("The node cannot answer now. Try again in a moment."),
    }
    return by_status.get(problem.status, _("The node failed. Its operator can find out why with the number below."))
