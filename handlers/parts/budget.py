"""The budget of a bundle: how much may be unpacked from it, however deep its bundles lie in each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple, Protocol

from presslog.store.errors import Unreadable

CHUNK_BYTES = 1 << 20


class Limits(NamedTuple):
    """What bounds the unpacking of one file; ``ratio`` counts from MILD_BYTES on, below them nothing is a bomb."""

    member_bytes: int = 64 << 20
    total_bytes: int = 512 << 20
    members: int = 50_000
    depth: int = 4
    ratio: int = 200


MILD_BYTES = 16 << 20

FATAL = frozenset({"bomb", "too-many-members"})
"""Codes that one member raises and that tell of the whole file: it is not worth more work."""


class Readable(Protocol):
    """Anything that gives its bytes piece by piece."""

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes, none at the end."""
        ...


class TooLarge(Unreadable):
    """One member is larger than members may be; the others can be read."""


class Budget:
    """Counts what one file was unpacked to; bundles inside it draw on the same budget."""

    def __init__(self, packed_bytes: int, limits: Limits = Limits()) -> None:  # noqa: B008  a frozen value
        self._packed_bytes = packed_bytes
        self._limits = limits
        self._unpacked_bytes = 0
        self._members = 0
        self._depth = 0

    def take(self, stream: Readable, *, stated_bytes: int = 0, is_spent: bool = False) -> bytes:
        """Read one member to its end, never more of it than the budget allows.

        A member that states a size above the limit is not begun; what it states is not trusted otherwise. ``is_spent``
        says that the stream is read through ``metered``.

        Raises:
            TooLarge: this member alone is too large.
            Unreadable: ``bomb`` or ``too-many-members``; the file is not worth more work.
        """
        self.expect(1)
        self._members += 1
        self._bound(stated_bytes)
        content = BytesIO()
        while part := stream.read(CHUNK_BYTES):
            if not is_spent:
                self.spend(len(part))
            content.write(part)
            self._bound(content.tell())
        return content.getvalue()

    def expect(self, members: int) -> None:
        """Refuse a bundle that lists more members than may still come, before any of them is looked at.

        Raises:
            Unreadable: ``too-many-members``.
        """
        if self._members + members > self._limits.members:
            raise Unreadable("too-many-members", f"more than {self._limits.members} files in it: split the archive")

    def metered(self, stream: Readable) -> Readable:
        """The same stream, and every byte that is read from it is spent."""
        return _Metered(stream, self)

    def spend(self, size: int) -> None:
        """Count bytes that were unpacked.

        Raises:
            Unreadable: ``bomb``.
        """
        self._unpacked_bytes += size
        is_bomb = self._unpacked_bytes > max(MILD_BYTES, self._limits.ratio * self._packed_bytes)
        if is_bomb or self._unpacked_bytes > self._limits.total_bytes:
            raise Unreadable(
                "bomb", f"{self._packed_bytes} bytes unpack to more than {self._unpacked_bytes >> 20} MiB: split it"
            )

    def _bound(self, size: int) -> None:
        if size > self._limits.member_bytes:
            raise TooLarge("too-large", f"larger than {self._limits.member_bytes} bytes when unpacked: split it")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Go one bundle deeper, and come back.

        Raises:
            Unreadable: ``too-deep``.
        """
        if self._depth >= self._limits.depth:
            raise Unreadable("too-deep", f"more than {self._limits.depth} archives in each other: unpack some")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1


class _Metered:
    def __init__(self, stream: Readable, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, size: int, /) -> bytes:
        part = self._stream.read(size)
        self._budget.spend(len(part))
        return part
