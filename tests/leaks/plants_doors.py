"""Leaks planted into what is told of one factory, attestation or file: mistakes that look harmless."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from flask import Response, request

from api import conditions, routing
from api.container import house
from api.resources import files
from api.resources import imports as applying
from policies import Kleene, planes
from policies import conditions as conditions_of_rules
from sharing import attestations, factories, seeing, views
from sharing.catalogue import FIELDS
from sharing.errors import NotFound, RoleRequired, StateConflict
from sharing.files import shelf
from sharing.files.models import StoredFile
from sharing.models import Publication
from tests.leaks.building import published_names

Patch = pytest.MonkeyPatch


def forbidden_for_not_found(patch: Patch) -> None:
    honest = seeing.see

    def see(house: Any, session: Any, caller: Any, factory_id: str) -> Any:
        try:
            return honest(house, session, caller, factory_id)
        except NotFound:
            if session.get(Publication, factory_id) is None:
                raise
            raise RoleRequired("You may not see this factory.") from None

    for module in (seeing, views, attestations):
        patch.setattr(module, "see", see)


def etag_of_the_full_record(patch: Patch) -> None:
    def tagged(response: Response) -> Response:
        factory_id = (request.view_args or {}).get("factory_id")
        if factory_id is not None:
            with house().database.read() as session:
                row = session.get(Publication, factory_id)
            response.set_etag(hashlib.sha256(b"" if row is None else row.document.encode()).hexdigest()[:32])
        return conditions.tagged(response)

    patch.setattr(routing, "tagged", tagged)


def last_modified(patch: Patch) -> None:
    def tagged(response: Response) -> Response:
        factory_id = (request.view_args or {}).get("factory_id")
        if factory_id is not None:
            with house().database.read() as session:
                row = session.get(Publication, factory_id)
            response.headers["Last-Modified"] = f"Sun, 22 Nov 2026 09:{0 if row is None else row.revision:02d}:00 GMT"
        return conditions.tagged(response)

    patch.setattr(routing, "tagged", tagged)


def claims_of_every_level(patch: Patch) -> None:
    def names(whole: str, projection: Any) -> set[str]:
        paths = {path for path, _ in projection.cells()}
        return {str(name) for name in attestations.credentials.claim_names(whole) if name.rpartition("@")[0] in paths}

    patch.setattr(attestations, "_visible_names", names)


def hidden_and_absent_differ(patch: Patch) -> None:
    original = views.view

    def view(house: Any, session: Any, caller: Any, factory_id: str) -> Any:
        found = original(house, session, caller, factory_id)
        row = session.get(Publication, factory_id)
        given = [each.key for each in FIELDS if each.scope == "factory" and f'"{each.key}"' in row.document]
        withheld = {name: {"verdict": "withheld"} for name in given if name not in found.projection.content}
        return replace(found, verdicts={**withheld, **found.verdicts})

    patch.setattr(views, "view", view)


def document_on_its_digest_alone(patch: Patch) -> None:
    """Whoever sees the factory and knows a digest gets the file."""

    def shown_file(house: Any, session: Any, caller: Any, factory_id: str, digest: str) -> Any:
        factory, _, projection = shelf.see_decided(house, session, caller, factory_id)
        shelf.note(projection, form=shelf.FILE, fields={shelf.DECIDED_BY}, subject=digest)
        return shelf._given(session, factory.organization_id, digest)

    patch.setattr(shelf, "shown_file", shown_file)


def name_of_the_file(patch: Patch) -> None:
    """The attachment has the name that it was uploaded under."""
    honest = files._attachment

    def attachment(given: Any) -> Response:
        response = honest(given)
        with house().database.read() as session:
            row = session.query(StoredFile).filter_by(digest=given.digest).first()
        response.headers["Content-Disposition"] = f'attachment; filename="{row.name}"'
        return response

    patch.setattr(files, "_attachment", attachment)


def omitted_credentials(patch: Patch) -> None:
    """A cap about an attribute that the asker leaves out is skipped, as a rule about others would be."""
    honest = conditions_of_rules.truth

    def truth(*given: Any) -> Kleene:
        found = honest(*given)
        return Kleene.FALSE if found is Kleene.UNKNOWN else found

    for module in (conditions_of_rules, planes):
        patch.setattr(module, "truth", truth)


def name_already_taken(patch: Patch) -> None:
    """Nobody may state the name of a factory that is published."""
    honest = factories.create_factory

    def create(house: Any, session: Any, caller: Any, document: Any) -> Any:
        if document.get("legal_name") in published_names(session):
            raise StateConflict("This name is already taken.")
        return honest(house, session, caller, document)

    patch.setattr(factories, "create_factory", create)


def import_compared_with_all(patch: Patch) -> None:
    """An imported factory that stands on the node already, whoever's it is, is not made again."""
    honest = applying.apply_import

    def apply_import(house: Any, session: Any, caller: Any, plan: Any, **other: Any) -> Any:
        if any(name in repr(plan) for name in published_names(session)):
            raise StateConflict("A factory of this name is here already.")
        return honest(house, session, caller, plan, **other)

    patch.setattr(applying, "apply_import", apply_import)
