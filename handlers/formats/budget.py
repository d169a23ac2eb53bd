"""The budget of a bundle: how much may be unpacked from it, however deep its bundles lie in each other."""

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

    def take(self, stream: Readable) -> bytes:
        """Read one member to its end, never more of it than the budget allows.

        Raises:
            TooLarge: this member alone is too large.
            Unreadable: ``bomb`` or ``too-many-members``; the file is not worth more work.
        """
        self._members += 1
        if self._members > self._limits.members:
            raise Unreadable("too-many-members", f"more than {self._limits.members} files in it: split the archive")
        parts, size = [], 0
        while part := stream.read(CHUNK_BYTES):
            size += len(part)
            self._spend(len(part))
            if size > self._limits.member_bytes:
                raise TooLarge("too-large", f"larger than {self._limits.member_bytes} bytes when unpacked")
            parts.append(part)
        return b"".join(parts)

    def _spend(self, size: int) -> None:
        self._unpacked_bytes += size
        is_bomb = self._unpacked_bytes > max(MILD_BYTES, self._limits.ratio * self._packed_bytes)
        if is_bomb or self._unpacked_bytes > self._limits.total_bytes:
            raise Unreadable(
                "bomb", f"{self._packed_bytes} bytes unpack to more than {self._unpacked_bytes >> 20} MiB: split it"
            )

    def enter(self) -> None:
        """Go one bundle deeper.

        Raises:
            Unreadable: ``too-deep``.
        """
        if self._depth >= self._limits.depth:
            raise Unreadable("too-deep", f"more than {self._limits.depth} archives in each other: unpack some")
        self._depth += 1

    def leave(self) -> None:
        """Come back from a bundle."""
        self._depth -= 1
