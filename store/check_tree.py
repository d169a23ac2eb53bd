"""Checks leaves against what the notary has hashed: every tile anew, and every note at its size."""

from collections.abc import Iterator
from typing import NamedTuple

from .check_events import events
from .check_notes import Notes
from .check_proof import node_hash
from .findings import Findings
from .merkle import HASH_BYTES, HEIGHT, WIDTH, Read, Tree, fold


class Frontier:
    """The root of a growing tree, kept as the roots of its whole subtrees, the largest first."""

    def __init__(self, tree: Tree, size: int) -> None:
        """Begin with the first ``size`` leaves of a tree."""
        # What stands left of a leaf is what leads from it to the root of the tree that ends with it.
        self._roots = tree.inclusion(size, size + 1)[::-1]
        self.size = size

    def add(self, root: bytes, height: int = 0) -> None:
        """Grow by a leaf, or by a whole subtree of a height no greater than that of the last one."""
        place = self.size >> height
        while place & 1:
            root, place = node_hash(self._roots.pop(), root), place >> 1
        self._roots.append(root)
        self.size += 1 << height

    def root(self) -> bytes:
        """The root of all leaves, of which there is one at least."""
        whole = self._roots[-1]
        for left in self._roots[-2::-1]:
            whole = node_hash(left, whole)
        return whole


class _Level(NamedTuple):
    """A level of the tree: how many hashes it has, and those in its last tile, unless that is whole."""

    hashes: int
    tile: bytes


class Ledger:
    """Takes the leaves of a log as they are now, in order; the first ``known`` of them the notary has hashed.

    Behind a leaf that is not the one it was, the tree goes on with the one it was: what follows is judged by itself.
    """

    def __init__(self, read: Read, known: int, notes: Notes, findings: Findings, *, after: int = 0) -> None:
        """Begin behind the first ``after`` leaves, which are trusted."""
        self._read = read
        self._known = known
        self._notes = notes
        self._findings = findings
        self._frontier = Frontier(Tree(read), after)
        self._waiting: list[bytes] = []
        self._size = after
        self._is_lost = False
        self._levels: list[_Level] = []
        count = after
        while count:
            tile = read(len(self._levels), count // WIDTH)[: count % WIDTH * HASH_BYTES]
            self._levels.append(_Level(count, tile))
            count >>= HEIGHT

    @property
    def size(self) -> int:
        """How many leaves are taken."""
        return self._size

    def add(self, position: int, leaf: bytes) -> None:
        """Take the leaf of a position; those that are left out count as they were, as far as that is known."""
        if self._size != position - 1:
            while self._size < min(position - 1, self._known) and not self._is_lost:
                self._take(b"")
        if self._size == position - 1 and not self._is_lost:
            self._take(leaf)

    def _take(self, leaf: bytes) -> None:
        self._waiting.append(leaf)
        self._size += 1
        if self._size % WIDTH == 0:
            self._settle()

    def _settle(self) -> None:
        """Compare what waits with what the notary knows in its place, and let the tree grow by it."""
        number, place = divmod(self._frontier.size, WIDTH)
        was = self._read(0, number)[place * HASH_BYTES : (place + len(self._waiting)) * HASH_BYTES]
        if b"".join(self._waiting) != was:
            self._waiting = list(self._judged(was))
        leaves, self._waiting = self._waiting, []
        if place or len(leaves) < WIDTH or self._frontier.size < self._notes.due <= self._frontier.size + WIDTH:
            for leaf in leaves:
                self._frontier.add(leaf)
                if self._notes.due == self._frontier.size:
                    self._notes.judge(self._frontier.root())
            self._push(0, b"".join(leaves))
        else:
            whole = self._push(0, b"".join(leaves))
            self._frontier.add(whole, HEIGHT)
        self._size = self._frontier.size

    def _judged(self, was: bytes) -> Iterator[bytes]:
        """The leaves with which the tree goes on, each of which is compared; it ends where one is not known."""
        for place, leaf in enumerate(self._waiting):
            position, known = self._frontier.size + place + 1, was[place * HASH_BYTES : (place + 1) * HASH_BYTES]
            if not known and position <= self._known:
                self._findings.add("tree", f"the notary has lost its hash of event {position}", position)
            elif known and leaf and known != leaf:
                self._findings.add("log", f"event {position} is not what was signed at its place", position)
            self._is_lost = not known and not leaf
            if self._is_lost:
                return
            yield known or leaf

    def _push(self, level: int, hashes: bytes) -> bytes:
        """Put hashes on a level; where they make its last tile whole, the root of that, which is put above it."""
        if level == len(self._levels):
            self._levels.append(_Level(0, b""))
        count, tile = self._levels[level]
        if level:
            self._compare(level, count, hashes)
        tile += hashes
        count += len(hashes) // HASH_BYTES
        is_whole = len(tile) == WIDTH * HASH_BYTES
        self._levels[level] = _Level(count, b"" if is_whole else tile)
        whole = fold(tile) if is_whole else b""
        if is_whole:
            self._push(level + 1, whole)
        return whole

    def _compare(self, level: int, index: int, node: bytes) -> None:
        """Compare a hash over whole tiles with what the notary knows in its place."""
        first, last = (index << (level * HEIGHT)) + 1, (index + 1) << (level * HEIGHT)
        place = index % WIDTH * HASH_BYTES
        if last <= self._known and self._read(level, index // WIDTH)[place : place + HASH_BYTES] != node:
            self._findings.add("tree", f"the notary's hash over events {first} to {last} is another one", first)

    def finish(self) -> None:
        """Settle what waits, and say what is known beyond the last leaf."""
        if self._waiting:
            self._settle()
        if self._known > self.size and not self._is_lost:
            first, last = self.size + 1, self._known
            self._findings.add("log", f"{events(first, last)} gone, and the notary has seen {last} events", first)
        self._notes.finish(self.size)
