"""What the routes of the API share: the service, the door to it, the limits, the queue and the counts."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from chatbot.conversation import Conversation
from chatbot.together import Together
from ui.access import Access, Caller
from ui.limiting import Limits
from ui.metrics import Metrics
from ui.queueing import Turns
from ui.service import Service
from ui.wire import conversation_json, profile_json
from ui.wire_together import merged_profile, scene_profiles, together_json


@dataclass(frozen=True)
class ApiParts:
    """One of each for an application."""

    service: Service
    access: Access
    limits: Limits
    turns: Turns
    metrics: Metrics

    @staticmethod
    def over(service: Service) -> "ApiParts":
        """The parts over a service. Raises SiteError and SettingsError for files that are damaged."""
        settings = service.settings
        limits = Limits(settings.limits)
        turns = Turns(settings.limits.turn_s)
        return ApiParts(
            service=service,
            access=Access(service, limits),
            limits=limits,
            turns=turns,
            metrics=Metrics(turns),
        )

    def caller(self, request: Request, id: str) -> Caller:
        """Who opens the conversation of a request. Raises Refused."""
        return self.access.open(request, id)

    def profile(self, found: Conversation | Together) -> dict[str, Any]:
        """What is remembered of a visitor's taste."""
        if isinstance(found, Conversation):
            return profile_json(found.profile, self.service.guesses(found))
        profiles = scene_profiles(found, self.service.joint.guesses(found))
        scenes = [{"catalogue": name, "profile": p} for name, p in profiles.items()]
        return {**merged_profile(profiles), "scenes": scenes}

    def conversation(self, found: Conversation | Together) -> dict[str, Any]:
        """A conversation as its visitor may see it again."""
        service = self.service
        if isinstance(found, Together):
            lexicons = {n: service.house.parts(n).lexicon for n in found.catalogues}
            return together_json(found, lexicons, service.joint.guesses(found))
        lexicon = service.house.parts(found.catalogue).lexicon
        return conversation_json(found, lexicon, service.guesses(found))

    def image_hosts(self, site: str) -> list[str]:
        """Whose pictures are shown on a site's pages, this server's own apart: those that the site names, or
        those of its catalogues."""
        known = self.access.sites.now().get(site)
        if known is not None and known.image_hosts:
            return list(known.image_hosts)
        served = self.service.house.names
        about = [n for n in (known.catalogues if known else ()) or served if n in served]
        return self.service.image_hosts(about)

    def find(self, id: str) -> Conversation | Together:
        """The conversation as it stands. Raises UnknownConversation."""
        return self.service.joint.find(id) or self.service.conversation(id)
