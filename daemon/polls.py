"""Polls: folders that are listed by the clock, since no event tells of all that happens in them."""

from collections.abc import Callable

REST_SHARE = 4
"""Polling rests four times as long as it takes, so that it never costs more than a fifth of the time."""


class Polls:
    """Folders by feed and path; ``monotonic`` is the clock that never jumps."""

    def __init__(self, monotonic: Callable[[], float], every_seconds: float) -> None:
        self._monotonic = monotonic
        self.every_seconds = every_seconds
        self._folders: dict[str, dict[bytes, None]] = {}
        self._due: dict[str, float] = {}
        self._begun_at: dict[str, float] = {}

    def add(self, feed: str, folder: bytes) -> None:
        """List a folder from now on."""
        self._folders.setdefault(feed, {})[folder] = None
        if feed not in self._begun_at:
            self._due.setdefault(feed, self._monotonic() + self.every_seconds)

    def drop(self, feed: str, folder: bytes) -> None:
        """List a folder no more."""
        self._folders.get(feed, {}).pop(folder, None)

    def holds(self, feed: str, folder: bytes) -> bool:
        """Whether a folder is listed by the clock."""
        return folder in self._folders.get(feed, {})

    def begin(self) -> tuple[str, list[bytes]] | None:
        """A feed that is due, with its folders; it is due again a while after ``done``."""
        now = self._monotonic()
        feed = next((feed for feed, at in self._due.items() if at <= now), None)
        if feed is None:
            return None
        del self._due[feed]
        self._begun_at[feed] = now
        return feed, list(self._folders.get(feed, ()))

    def done(self, feed: str) -> None:
        """All folders of a feed have been listed."""
        now = self._monotonic()
        begun_at = self._begun_at.pop(feed, now)
        if self._folders.get(feed):
            self._due[feed] = now + max(self.every_seconds, REST_SHARE * (now - begun_at))

    def next_seconds(self) -> float | None:
        """Seconds until the next feed is due; None where nothing is polled."""
        return max(0.0, min(self._due.values()) - self._monotonic()) if self._due else None

    def __len__(self) -> int:
        """How many folders are listed by the clock."""
        return sum(map(len, self._folders.values()))
