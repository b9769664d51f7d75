"""Routes of taste: the profile, reactions to items, and the items themselves."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from retrieval.errors import CatalogueError
from ui.access import Caller
from ui.answers import Profile, answers
from ui.api_parts import ApiParts
from ui.bodies import FeedbackBody, ProfileBody
from ui.paths import V1


def taste_routes(parts: ApiParts) -> APIRouter:
    """The routes, over the parts of an application."""
    router, service = APIRouter(prefix=V1), parts.service
    Opened = Annotated[Caller, Depends(parts.caller)]

    @router.get("/sessions/{id}/profile", responses=answers(Profile))
    def profile(id: str, _: Opened) -> dict[str, Any]:
        """What is remembered of a visitor's taste."""
        return parts.profile(parts.find(id))

    @router.patch("/sessions/{id}/profile", responses=answers(Profile))
    def change(id: str, body: ProfileBody, _: Opened) -> dict[str, Any]:
        """Remove, flip, weaken or strengthen entries, settle guesses, or undo the last change."""
        if service.joint.find(id):
            return parts.profile(service.joint.change(id, body.by_hand(), body.catalogue))
        return parts.profile(service.change(id, body.by_hand()))

    @router.post("/sessions/{id}/feedback", responses=answers(Profile))
    def feedback(id: str, body: FeedbackBody, _: Opened) -> dict[str, Any]:
        """React to an item."""
        if service.joint.find(id):
            return parts.profile(service.joint.react(id, body.item, body.reaction, body.catalogue))
        return parts.profile(service.react(id, body.item, body.reaction))

    @router.get("/items/{id}", responses=answers(None))
    def item(id: str, request: Request, catalogue: str | None = None) -> dict[str, Any]:
        """Every field of an item; of the first catalogue that has it, unless one is named."""
        parts.limits.request(request)
        names = service.house.names if catalogue is None else (catalogue,)
        for name in names:
            if found := service.house.parts(name).lexicon.items.get(id):
                return dict(found.fields)
        raise CatalogueError(
            f"There is no item {id!r} in the catalogue {' or '.join(map(repr, names))}."
        )

    return router
