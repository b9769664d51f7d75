"""Who may open which conversation: by its token, by a site's API key, from which page.

A conversation of no site is opened by its id, which nobody can guess. One of a site is never opened
without a token that was made for it, or the site's key.
"""

from dataclasses import dataclass

from starlette.requests import Request

from chatbot.site_sessions import SiteSession, SiteSessions
from retrieval.errors import CatalogueError
from ui.identity import WrongIdentity, read_identity
from ui.limiting import Limits
from ui.origins import OwnOrigin
from ui.problems import Refused, unauthorized
from ui.service import Service
from ui.session_tokens import Opens, SessionTokens
from ui.sites import Site, SitesFile

KEY = "x-tastemaker-key"
NONE = Site()


@dataclass(frozen=True)
class Caller:
    """Who opened a conversation: its site and token count, and whether a backend did with its key."""

    id: str
    session: SiteSession
    by_key: bool = False


class Access:
    """The door to the conversations of one home."""

    def __init__(self, service: Service, limits: Limits) -> None:
        settings = service.settings
        self.sites = SitesFile(service.home)
        self.sessions = SiteSessions(service.log.connection)
        self.own = OwnOrigin(settings.serve.public_url)
        self.tokens = SessionTokens(service.home, settings.limits.token_s)
        self.limits = limits

    def open(self, request: Request, id: str) -> Caller:
        """Who asks for a conversation. Raises Refused where they may not have it."""
        self.limits.request(request)
        try:
            return self._open(request, id)
        except Refused as refused:
            if refused.status_code == 401:
                self.limits.refused(request)
            raise

    def _open(self, request: Request, id: str) -> Caller:
        key_of = self.key_of(request)
        session = self.sessions.of(id)
        site = self.sites.now().get(session.site, NONE)
        if session.site and site is NONE:
            raise unauthorized("The site of this conversation is not registered here any more.")
        token = bearer(request)
        if token and self.tokens.read(token) != Opens(
            id, session.site, site.epoch, session.generation
        ):
            raise unauthorized(
                "The session token is expired, replaced, or not of this conversation."
            )
        by_key = key_of is not None and key_of == session.site
        if session.site and not token and not by_key:
            raise unauthorized("This conversation needs the token that came when it began.")
        self._from_page_of(request, site, session.site)
        return Caller(id, session, by_key)

    def starts(self, request: Request, named: str | None) -> tuple[str, bool]:
        """The site for which a conversation begins, empty for none, and whether a key says so.

        Raises Refused.
        """
        self.limits.request(request)
        key_of, sites = self._counted_key(request), self.sites.now()
        name = named or key_of or ""
        if name and name not in sites:
            raise Refused(404, f"There is no site {name!r} here; see `tastemaker sites list`.")
        if key_of is not None and key_of != name:
            raise Refused(403, f"This API key is not that of the site {name!r}.")
        self._from_page_of(request, sites.get(name, NONE), name)
        own = self.own.has_sent(request.headers, request.url.scheme)
        if not name and sites and not own:
            raise unauthorized(
                "Say which site the page belongs to (`site`), or send an API key: this server has sites."
            )
        self.limits.session(request, key_of is not None)
        return name, key_of is not None

    def visitor(self, request: Request, name: str, identity: str | None) -> str:
        """The pseudonym of the visitor whom the site's backend names; empty for one who is not signed
        in. Raises Refused."""
        if not identity:
            return ""
        site = self.sites.now().get(name)
        try:
            if site is None or not site.identity:
                raise WrongIdentity("An identity needs the `site` whose backend signed it.")
            known = read_identity(identity, name, site.identity)
            if known.once and not self.sessions.use(known.once, known.until):
                raise WrongIdentity("The identity is refused: it was shown before.")
        except WrongIdentity as wrong:
            self.limits.refused(request)
            raise unauthorized(str(wrong)) from wrong
        return self.sessions.visitor(name, known.name)

    def catalogues(self, name: str, asked: str | list[str] | None) -> str | list[str] | None:
        """What a conversation is about, on a site that may be about some catalogues only.

        Raises CatalogueError.
        """
        allowed = self.sites.now().get(name, NONE).catalogues
        if not allowed or asked == []:
            return asked
        if asked is None:
            return allowed[0]
        wrong = next(
            (c for c in ([asked] if isinstance(asked, str) else asked) if c not in allowed), None
        )
        if wrong is not None:
            raise CatalogueError(
                f"The site {name!r} has no catalogue {wrong!r}; it has {', '.join(allowed)}."
            )
        return asked

    def token(self, id: str, session: SiteSession) -> str:
        """A token for a conversation."""
        epoch = self.sites.now().get(session.site, NONE).epoch
        return self.tokens.make(Opens(id, session.site, epoch, session.generation))

    def key_of(self, request: Request) -> str | None:
        """The site whose API key a request has; None without one. Raises Refused for a wrong one."""
        key = request.headers.get(KEY)
        if key is None:
            return None
        found = self.sites.of_key(key)
        if found is None:
            raise unauthorized("This API key is not (or no longer) that of a site.")
        return found

    def _counted_key(self, request: Request) -> str | None:
        try:
            return self.key_of(request)
        except Refused:
            self.limits.refused(request)
            raise

    def _from_page_of(self, request: Request, site: Site, name: str) -> None:
        """Raise Refused for a page that is neither ours nor one of the site's."""
        origin = request.headers.get("origin")
        if origin is None or origin in site.origins:
            return
        if not self.own.has_sent(request.headers, request.url.scheme):
            of = f"of the site {name!r}" if name else "of this server"
            raise Refused(403, f"{origin!r} is not among the pages {of}.")

    def page_of(self, request: Request, name: str) -> Site:
        """A site, for one of its pages. Raises Refused."""
        self.limits.request(request)
        site = self.sites.now().get(name)
        if site is None:
            raise Refused(404, f"There is no site {name!r} here; see `tastemaker sites list`.")
        self._from_page_of(request, site, name)
        return site


def bearer(request: Request) -> str:
    """The token that a request has; empty without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
