"""How much a visitor, an address and a site may ask in a minute. The home of `limits`."""

import time
from ipaddress import ip_address, ip_network

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request

from ui.limit_settings import LimitSettings
from ui.problems import later

V6_HOME = 64  # bits: an IPv6 network that one household or one machine has


class Limits:
    """Counts over a sliding minute, in this process. What is over a limit is refused with 429 and is
    not counted."""

    def __init__(self, settings: LimitSettings) -> None:
        self._settings = settings
        self._counted = SlidingWindowCounterRateLimiter(MemoryStorage())

    def request(self, request: Request) -> None:
        """Count a request of any kind, and a caller who was refused too often. Raises Refused."""
        address = address_of(request)
        self._count("request", self._settings.requests_of_address, address, "this address asks")
        if self._settings.refused_of_address:
            item = RateLimitItemPerMinute(self._settings.refused_of_address)
            if not self._counted.test(item, "refused", address):
                raise self._over(item, "refused", address, "this address was refused")

    def refused(self, request: Request) -> None:
        """Count a key, token or identity that was wrong."""
        if self._settings.refused_of_address:
            item = RateLimitItemPerMinute(self._settings.refused_of_address)
            self._counted.hit(item, "refused", address_of(request))

    def session(self, request: Request, by_key: bool) -> None:
        """Count a conversation that begins. A backend's address is that of all its visitors, so it is
        not counted. Raises Refused."""
        if not by_key:
            most = self._settings.sessions_of_address
            self._count("session", most, address_of(request), "conversations begin at this address")

    def message(self, request: Request, visitor: str, site: str, by_key: bool) -> None:
        """Count a message. Raises Refused."""
        settings = self._settings
        self._count("visitor", settings.messages_of_visitor, visitor, "messages come")
        if not by_key:
            most = settings.messages_of_address
            self._count("address", most, address_of(request), "messages come from this address")
        if site:
            self._count("site", settings.messages_of_site, site, "messages come from this site")

    def _count(self, kind: str, most: int, whose: str, what: str) -> None:
        item = RateLimitItemPerMinute(most or 1)
        if most and not self._counted.hit(item, kind, whose):
            raise self._over(item, kind, whose, what)

    def _over(self, item: RateLimitItemPerMinute, kind: str, whose: str, what: str) -> Exception:
        wait = self._counted.get_window_stats(item, kind, whose).reset_time - time.time()
        return later(429, f"More than {item.amount:,} times a minute {what}. Wait a little.", wait)


def address_of(request: Request) -> str:
    """Where a request comes from; of IPv6 the network, in which one visitor has every address."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, V6_HOME), strict=False)) if address.version == 6 else host
