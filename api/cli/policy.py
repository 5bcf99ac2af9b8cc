"""`guildnet policy`: what an owner asks before saving a policy, and what it says in words. Nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from api.cli import show
from api.cli.files import a_file, read_bounded
from api.cli.node import acting_for, opened
from network import membership
from policies import LEVELS, PURPOSES
from sharing import own_policy
from sharing.answers import audience as audiences
from sharing.answers import explaining, impact, oddities, offers, previews
from sharing.answers.drafts import PROFILES
from sharing.answers.pictures import Asked
from sharing.errors import NotFound
from sharing.house import House
from sharing.models import Factory
from sharing.sentences import LANGUAGES
from sharing.viewers import Caller
from trust import strict_json


@click.group()
def policy() -> None:
    """Before a policy is saved: who would see what, why, and what would change."""


_language = click.option("--lang", "language", type=click.Choice(LANGUAGES), default="en", help="Of the sentences.")
_draft = click.option("--draft", type=a_file, help="A policy (JSON) that nobody saved; left out, the saved one.")
_limit = click.option("--limit", type=click.IntRange(1, audiences.MOST_LISTED), default=50, help="How many are listed by name.")
_after = click.option("--after", help="Go on after this slug.")


def _whom(command: Callable[..., None]) -> Callable[..., None]:
    forms = "anyone, member, tier:TIER, org:DID-OR-SLUG, or viewer:{...} with what you make up."
    for option in (
        click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="On another day than today."),
        click.option("--purpose", type=click.Choice(PURPOSES), help="What they come for."),
        click.option("--as", "audience", default="anyone", metavar="WHOM", help=forms),
    ):
        command = option(command)
    return command


@policy.command("preview")
@click.argument("factory")
@_whom
@click.option("--profile", type=click.Choice(PROFILES), default=PROFILES[0], help="newest: as after publishing now.")
@_draft
@_language
@show.as_json
def preview(*, factory: str, json_output: bool, draft: Path | None, profile: str, language: Any, **whom: Any) -> None:
    """What somebody would see of FACTORY."""
    with _owner(factory) as (house, session, caller):
        found = previews.preview(
            house, session, caller, factory, _asked(**whom), policy=_document(draft), profile=profile, language=language
        )
    if json_output:
        content = None if found.projection is None else strict_json.loads(found.projection.canonical)
        show.write_json(
            {"factory": content, "viewer": dict(found.viewer), "unlooked": [asdict(each) for each in found.unlooked]}
        )
        return
    cells = [] if found.projection is None else [(path, show.cell_text(cell)) for path, cell in found.projection.cells()]
    show.write_table(("field", "sees"), cells, empty="For them there is no such factory.")
    for each in found.unlooked:
        click.echo(f"May see more, if they hold it: {each.text}", err=True)


@policy.command("explain")
@click.argument("factory")
@click.option("--field", help="A field, a group or $listing; left out: all.")
@_whom
@_draft
@_language
@show.as_json
def explain(*, factory: str, field: str | None, json_output: bool, draft: Path | None, language: Any, **whom: Any) -> None:
    """Why somebody sees a field of FACTORY as they do, and what it would take to see more."""
    with _owner(factory) as (house, session, caller):
        found = explaining.explained(
            house, session, caller, factory, _asked(**whom), field=field, policy=_document(draft), language=language
        )
    if json_output:
        show.write_json(_plain(found))
        return
    rows = [
        (
            each.field,
            each.level,
            each.because.replace("_", " "),
            ", ".join(_ids(each.shows)),
            ", ".join(_ids(each.caps)),
            "; ".join(f"{way.reaches}: {' and '.join(way.lacks)}" for way in each.would_take),
        )
        for each in found.fields
    ]
    show.write_table(("field", "sees", "because", "shown by", "limited by", "it would take"), rows, empty="No field.")


@policy.command("audience")
@click.argument("factory")
@click.option("--field", required=True, help="A field, or $listing.")
@click.option(
    "--level",
    type=click.Choice([word for word in LEVELS if word != "hidden"]),
    default="existence",
    help="How precisely at least.",
)
@_draft
@_limit
@_after
@_language
@show.as_json
def audience(
    *,
    factory: str,
    field: str,
    level: str,
    draft: Path | None,
    limit: int,
    after: str | None,
    language: Any,
    json_output: bool,
) -> None:
    """Who sees a field of FACTORY at a level or better: the rules, and the members today."""
    with _owner(factory) as (house, session, caller):
        found = audiences.audience(
            house,
            session,
            caller,
            factory,
            field=field,
            level=level,
            policy=_document(draft),
            page=audiences.Page(limit=limit, after=after),
            language=language,
        )
    if json_output:
        show.write_json(_plain(found))
        return
    rules = [(name, each.rule, each.when, each.text) for name in ("opens", "limits") for each in getattr(found, name)]
    show.write_table(("", "rule", "when", "says"), rows=rules, empty="No rule speaks of it.")
    members = [(each.slug, each.name, ", ".join(each.purposes)) for each in found.members]
    show.write_table(("slug", "name", "sees it for"), members, empty="No member sees it today.")
    click.echo(f"{found.count} of {found.directory} members.", err=True)
    for each in found.conditions:
        click.echo(f"Also {each.whoever}, among {each.among}.", err=True)


@policy.command("impact")
@click.argument("factory")
@click.option("--draft", required=True, type=a_file, help="The policy (JSON) that you think of saving.")
@_limit
@_after
@_language
@show.as_json
def impact_of(*, factory: str, draft: Path, limit: int, after: str | None, language: Any, json_output: bool) -> None:
    """Who gains and who loses what if the draft is saved: by name over the members, by example over everybody."""
    with _owner(factory) as (house, session, caller):
        page = audiences.Page(limit=limit, after=after)
        found = impact.draft_impact(house, session, caller, factory, _document(draft), page=page, language=language)
    if json_output:
        show.write_json(_plain(found))
        return
    said = found.directory
    show.write_facts(
        [
            ("widens", found.widens),
            ("members", said.members),
            ("gain", said.gain),
            ("lose", said.lose),
            ("digest", found.digest),
        ]
    )
    rows = [
        (each.slug, each.name, "; ".join(_changed(said.changes[place]) for place in each.changes))
        for each in said.organizations
    ]
    show.write_table(("slug", "name", "changes"), rows, empty="Nothing changes for any member today.")
    for each in said.conditions:
        click.echo(f"Also {each.whoever}, among {each.count}: {_changed(each)}", err=True)
    everybody = found.everybody
    if not everybody.exact:
        click.echo(f"Too many {everybody.reason} to look at everybody who could come: this is about members only.", err=True)
    possible = [
        ("gain" if each.gain else "loss", ", ".join(each.fields), f"{each.before} to {each.after}", "; or ".join(each.who))
        for each in everybody.changes
    ]
    if everybody.exact:
        show.write_table(("", "fields", "change", "for whom"), possible, empty="Nothing changes for anybody, ever.")


@policy.command("oddities")
@click.argument("factory")
@_draft
@_language
@show.as_json
def oddities_of(*, factory: str, draft: Path | None, language: Any, json_output: bool) -> None:
    """What is odd about the policy of FACTORY: rules without effect, rules about to end, fields that tell together."""
    with _owner(factory) as (house, session, caller):
        found = oddities.odd_about(house, session, caller, factory, policy=_document(draft), language=language)
    if json_output:
        show.write_json(_plain(found))
        return
    rows = [(each.code.replace("_", " "), each.rule or "", each.text) for each in found.found]
    show.write_table(("what", "rule", "says"), rows, empty="Nothing is odd.")
    for code in found.unfinished:
        click.echo(f"Too many kinds of viewers to look for to the end: {code.replace('_', ' ')}.", err=True)


@policy.command("sentences")
@click.argument("factory")
@_language
@show.as_json
def sentences(*, factory: str, language: Any, json_output: bool) -> None:
    """The saved policy of FACTORY in words, with the grants that run."""
    with _owner(factory) as (house, session, caller):
        found = own_policy.get_policy(house, session, caller, factory, language=language)
    if json_output:
        show.write_json({"sentences": [asdict(each) for each in found.sentences], "grants": list(found.grants)})
        return
    for each in found.sentences:
        click.echo(show.printable(each.text))
    for text in found.grants:
        click.echo(show.printable(text))


@policy.command("templates")
@_language
@show.as_json
def templates(*, language: Any, json_output: bool) -> None:
    """What a policy may take over by name: templates, and groups of countries."""
    listed, groups = offers.templates(language), offers.country_groups(language)
    if json_output:
        show.write_json({"templates": [_plain(each) for each in listed], "country_groups": [_plain(each) for each in groups]})
        return
    show.write_table(("template", "", "for what"), [(each.key, each.title, each.note) for each in listed], empty="None.")
    rows = [(each.name, each.title, each.as_of, ", ".join(each.countries)) for each in groups]
    show.write_table(("countries", "", "as of", "are"), rows, empty="None.")


@contextmanager
def _owner(factory: str) -> Iterator[tuple[House, Session, Caller]]:
    """The node, and the owner of a factory as the operator acts for them."""
    with opened() as container, container.house.database.read() as session:
        row = session.get(Factory, factory)
        if row is None:
            raise NotFound(f"There is no factory {factory!r}.")
        yield container.house, session, acting_for(membership.member_of(session, row.organization_id))


def _asked(audience: str, purpose: str | None, day: datetime | None) -> Asked:
    return Asked(audience=audience, purpose=purpose, day=None if day is None else day.date())


def _document(draft: Path | None) -> object:
    return None if draft is None else strict_json.loads_object(read_bounded(draft))


def _ids(spoken: Sequence[explaining.Spoken]) -> list[str]:
    return [each.rule or "a grant" for each in spoken if each.decides]


def _changed(change: impact.Changed) -> str:
    said = [f"{each.field} {each.before} to {each.after}" for each in (*change.gains, *change.loses)]
    return ", ".join(said) or "nothing"


def _plain(found: Any) -> dict[str, Any]:
    """A result as JSON writes it."""

    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {str(key): plain(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [plain(each) for each in value]
        return value.isoformat() if isinstance(value, date) else value

    plained: dict[str, Any] = plain(asdict(found))
    return plained
