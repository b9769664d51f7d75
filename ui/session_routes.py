"""Routes of conversations: begin, read, exchange the token, consent, erase; and what a widget needs."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from chatbot.conversation import Conversation
from chatbot.site_sessions import SiteSession
from chatbot.together import Together
from retrieval.errors import CatalogueError, UnknownConversation
from ui.access import Caller
from ui.answers import (
    ConsentAnswer,
    ConversationAnswer,
    SessionAnswer,
    TokenAnswer,
    WidgetAnswer,
    answers,
)
from ui.api_parts import ApiParts
from ui.bodies import ConsentBody, SessionBody
from ui.paths import V1
from ui.problems import unauthorized


def session_routes(parts: ApiParts) -> APIRouter:
    """The routes, over the parts of an application."""
    router, service, access = APIRouter(prefix=V1), parts.service, parts.access
    Opened = Annotated[Caller, Depends(parts.caller)]

    @router.post("/sessions", status_code=201, responses=answers(SessionAnswer, 201))
    def start(request: Request, body: SessionBody | None = None) -> dict[str, Any]:
        """Start a conversation. Its id and its token are secrets of its visitor.

        With an `identity` of one who was here before, the conversation they had.
        """
        asked = body or SessionBody()
        site, _ = access.starts(request, asked.site)
        visitor = access.visitor(request, site, asked.identity)
        about = access.catalogues(site, asked.catalogue)
        visitor = "" if asked.temporary else visitor
        found = _had(site, visitor, about if asked.catalogue is not None else None)
        if found is None:
            found = _begun(about, asked.temporary)
            session = SiteSession(site, visitor)
            if site:
                access.sessions.keep(found.id, session)
            parts.metrics.session()
        else:
            session = access.sessions.of(found.id)
        return {
            **parts.conversation(found),
            "token": access.token(found.id, session),
            "expires_in": access.tokens.lasts,
            "site": site or None,
        }

    def _begun(about: str | list[str] | None, temporary: bool) -> Conversation | Together:
        if isinstance(about, list) and len(set(about)) > 1:
            return service.joint.start(about, temporary)
        if about == []:
            raise CatalogueError(
                "A conversation needs a catalogue; leave it out for the first one."
            )
        return service.start(about[0] if isinstance(about, list) else about, temporary)

    def _had(
        site: str, visitor: str, about: str | list[str] | None
    ) -> Conversation | Together | None:
        """The conversation that a signed-in visitor had, if it is about what is asked for now."""
        id = access.sessions.latest(site, visitor) if visitor else None
        if id is None:
            return None
        try:
            found = parts.find(id)
        except UnknownConversation:  # about a catalogue that is no longer served
            return None
        was = found.catalogues if isinstance(found, Together) else (found.catalogue,)
        wanted = (about,) if isinstance(about, str) else about
        return found if wanted is None or set(wanted) == set(was) else None

    @router.get("/sessions/{id}", responses=answers(ConversationAnswer))
    def read(id: str, _: Opened) -> dict[str, Any]:
        """A conversation as it stands."""
        return parts.conversation(parts.find(id))

    @router.delete("/sessions/{id}", status_code=204, responses=answers(None))
    def forget(id: str, _: Opened) -> None:
        """Erase a conversation and everything kept of it; its tokens are refused from then on."""
        service.forget(id)

    @router.post("/sessions/{id}/token", responses=answers(TokenAnswer))
    def exchange(id: str, caller: Opened) -> dict[str, Any]:
        """Exchange the token for another; the one before is refused from then on."""
        parts.find(id)
        generation = access.sessions.exchange(id, caller.session.generation)
        if generation is None:
            raise unauthorized("This token was exchanged a moment ago; the fresh one is good.")
        token = access.token(id, replace(caller.session, generation=generation))
        return {"token": token, "expires_in": access.tokens.lasts}

    @router.get("/sessions/{id}/consent", responses=answers(ConsentAnswer))
    def agreed(id: str, _: Opened) -> dict[str, Any]:
        """Whether a conversation may be learned from, and who said so (`setting`: nobody was asked)."""
        by = service.consent(id)
        return {"training": bool(by), "given_by": by or None}

    @router.put("/sessions/{id}/consent", responses=answers(ConsentAnswer))
    def agree(id: str, body: ConsentBody, _: Opened) -> dict[str, Any]:
        """Give or take back a visitor's consent that their conversation is learned from."""
        by = service.consent(id, body.training)
        return {"training": bool(by), "given_by": by or None}

    @router.get("/sites/{site}/widget", responses=answers(WidgetAnswer))
    def widget(site: str, request: Request) -> dict[str, Any]:
        """What the widget needs to draw itself on a page of the site."""
        return _widget(site, parts.access.page_of(request, site).catalogues, request)

    @router.get("/widget", responses=answers(WidgetAnswer))
    def own_widget(request: Request) -> dict[str, Any]:
        """The same for a page of this server, which belongs to no site."""
        parts.limits.request(request)
        return _widget("", (), request)

    def _widget(name: str, catalogues: tuple[str, ...], _: Request) -> dict[str, Any]:
        settings = service.settings
        return {
            "site": name,
            "catalogues": [
                n for n in catalogues or service.house.names if n in service.house.names
            ],
            "longest_utterance": settings.dialogue.longest_utterance,
            "learning": settings.log.consent,
            "image_hosts": parts.image_hosts(name),
            "without_model": service.parts.without_model,
        }

    return router
