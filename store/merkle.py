"""The Merkle tree of RFC 6962, kept as C2SP tlog-tiles: 256 hashes of 32 bytes side by side, level above level.

A hash on level L stands for 256 ** L leaves; the levels between are hashed when they are needed. What once stands in a
tile never changes, so a reader may use any size that it has seen while the tree grows.
"""

from collections.abc import Callable, Iterable

from .check_proof import EMPTY_ROOT, node_hash
from .errors import StoreUnsafe

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH_BYTES = 32
TILE_BYTES = WIDTH * HASH_BYTES

Read = Callable[[int, int], bytes]
"""(level, number) -> the hashes of that tile; fewer than 256, or none, at the right edge of the tree."""


class Tree:
    """Roots and proofs out of tiles; StoreUnsafe where they do not reach as far as is asked."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def root(self, size: int) -> bytes:
        """The root of the first ``size`` leaves."""
        return self._over(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The siblings from the leaf at ``index`` up to the root of the first ``size`` leaves (RFC 6962, 2.1.1)."""
        if not 0 <= index < size:
            raise StoreUnsafe(f"index {index} is not in a tree of {size}")
        path, begin, end = [], 0, size
        while end - begin > 1:
            middle = begin + _left(end - begin)
            if index < middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(begin, middle))
                begin = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The hashes that show the first ``old`` leaves at the beginning of the first ``new`` (RFC 6962, 2.1.2)."""
        if not 0 <= old <= new:
            raise StoreUnsafe(f"a tree of {new} does not go on from one of {old}")
        path, begin, end = [], 0, new
        while old and old != end:
            middle = begin + _left(end - begin)
            if old <= middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(begin, middle))
                begin = middle
        return [*([self._over(begin, end)] if begin else []), *path[::-1]]

    def _over(self, begin: int, end: int) -> bytes:
        count = end - begin
        if count & (count - 1) == 0:
            return self._whole(count.bit_length() - 1, begin)
        middle = begin + _left(count)
        return node_hash(self._over(begin, middle), self._over(middle, end))

    def _whole(self, height: int, begin: int) -> bytes:
        """The root over 2 ** height leaves, folded from one tile."""
        level, steps = divmod(height, HEIGHT)
        number, place = divmod(begin >> (level * HEIGHT), WIDTH)
        hashes = self._read(level, number)[place * HASH_BYTES : (place + (1 << steps)) * HASH_BYTES]
        if len(hashes) != HASH_BYTES << steps:
            raise StoreUnsafe(f"the tree has no hash for events {begin + 1} to {begin + (1 << height)}")
        return fold(hashes)


def _left(count: int) -> int:
    """How many of so many leaves are under the left child: the largest power of two below."""
    return 1 << ((count - 1).bit_length() - 1)


def fold(hashes: bytes) -> bytes:
    """The root over 1, 2, 4 … 256 hashes side by side."""
    level = [hashes[start : start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES)]
    while len(level) > 1:
        level = list(map(node_hash, level[::2], level[1::2]))
    return level[0]


def grown(read: Read, size: int, leaves: Iterable[bytes]) -> dict[tuple[int, int], bytes]:
    """The tiles, by level and number, that change when leaves are added to a tree of ``size``."""
    tiles: dict[tuple[int, int], bytes] = {}
    level, count, added = 0, size, b"".join(leaves)
    while added:
        number, place = divmod(count, WIDTH)
        held = read(level, number) if place else b""
        if len(held) != place * HASH_BYTES:
            raise StoreUnsafe(f"tile {number} on level {level} holds {len(held)} bytes, not {place * HASH_BYTES}")
        hashes = held + added
        whole = []
        for start in range(0, len(hashes), TILE_BYTES):
            tile = tiles[level, number + start // TILE_BYTES] = hashes[start : start + TILE_BYTES]
            if len(tile) == TILE_BYTES:
                whole.append(fold(tile))
        level, count, added = level + 1, count >> HEIGHT, b"".join(whole)
    return tiles
