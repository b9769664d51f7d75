"""Our own errors. Each is a sentence to the person who can act on it.

TastemakerError
├── CatalogueError      a catalogue is missing, unreadable or has rows that cannot be used
├── HomeInUse           another process holds the vector index of this home folder
├── IndexDamaged        the vectors on disk cannot be read, after a process was killed, say
├── InteractionsError   a file of interactions cannot be used, or what is kept of one cannot be read
├── ModelUnavailable    model weights are absent, corrupt, or could not be fetched
├── ProfileError        a change by hand of what is not on the profile, or cannot be changed so
├── ReleaseError        a trained release that is not there, is damaged, or may not be served
│   └── ReleaseMisfit   one that is whole, but made for another encoder or catalogue than is served
├── RulesError          an owner's rules.toml that cannot be followed
├── SiteError           a site that is not there, cannot be as it is described, or a damaged file of sites
├── SettingsError       an unknown setting, or a value it cannot take
├── TooBusy             more turns wait than are taken in; later there may be room
├── TurnTimeout         a turn was not over in its time
└── UnknownConversation no conversation of that id
"""


class TastemakerError(Exception):
    """Anything that Tastemaker refuses, said in a sentence."""


class CatalogueError(TastemakerError):
    """A catalogue is missing, unreadable, or has rows that cannot be used."""


class HomeInUse(TastemakerError):
    """Another process holds the vector index of this home folder."""


class InteractionsError(TastemakerError):
    """A file of interactions cannot be used, or what is kept of interactions cannot be read."""


class IndexDamaged(TastemakerError):
    """The vectors on disk cannot be read or written any more."""


class ModelUnavailable(TastemakerError):
    """Model weights are absent, corrupt, or could not be fetched."""


class ProfileError(TastemakerError):
    """A change by hand of what is not on the profile, or cannot be changed so."""


class ReleaseError(TastemakerError):
    """A trained release is not there, is damaged, or may not be served."""


class ReleaseMisfit(ReleaseError):
    """A release is whole, but of another encoder or another catalogue than what is served here."""


class RulesError(TastemakerError):
    """An owner's rules.toml that cannot be followed as it stands."""


class SettingsError(TastemakerError):
    """An unknown setting, or a value that it cannot take."""


class SiteError(TastemakerError):
    """A site is not there, cannot be as it is described, or the file of sites is damaged."""


class TooBusy(TastemakerError):
    """More turns wait than are taken in; later there may be room."""


class TurnTimeout(TastemakerError):
    """A turn was not over in its time, and was given up."""


class UnknownConversation(TastemakerError):
    """No conversation has that id."""
