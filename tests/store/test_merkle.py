"""The tree is that of RFC 6962, whatever the size, and however it grew."""

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from presslog.store.check_proof import Checkpoint, Refused, verify_consistency, verify_inclusion
from presslog.store.errors import StoreUnsafe
from presslog.store.merkle import HASH_BYTES, TILE_BYTES, Tree, fold, grown

# The entries and roots of the reference implementation of Certificate Transparency (merkle_tree_test.cc).
ENTRIES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")]
ENTRIES += [bytes(range(0x50, 0x58)), bytes(range(0x60, 0x70))]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
MANY = 70_000
SIZES = (1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 4095, 65_535, 65_536, 65_537, 65_793, MANY)


def leaf_of(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def leaves_of(count: int) -> list[bytes]:
    return [leaf_of(b"%d" % number) for number in range(count)]


class Tiles(dict[tuple[int, int], bytes]):
    """Tiles in memory; ``size`` counts the leaves."""

    size = 0

    def read(self, level: int, number: int) -> bytes:
        return self.get((level, number), b"")

    def add(self, leaves: list[bytes]) -> None:
        self.update(grown(self.read, self.size, leaves))
        self.size += len(leaves)


def tiles_of(leaves: list[bytes], *cuts: int) -> Tiles:
    tiles = Tiles()
    for start, end in pairwise([0, *sorted(cuts), len(leaves)]):
        tiles.add(leaves[start:end])
    return tiles


def tree_of(leaves: list[bytes]) -> Tree:
    return Tree(tiles_of(leaves).read)


@pytest.fixture(scope="module")
def many() -> Tree:
    return tree_of(leaves_of(MANY))


@pytest.fixture(scope="module")
def oracle() -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries([b"%d" % number for number in range(MANY)])
    return tree


def head(tree: Tree, size: int) -> Checkpoint:
    return Checkpoint("presslog/x", size, tree.root(size))


def test_roots_are_those_of_the_reference() -> None:
    tree = tree_of([leaf_of(entry) for entry in ENTRIES])

    assert [tree.root(size).hex() for size in range(1, 9)] == list(ROOTS)
    assert tree.root(0) == hashlib.sha256().digest()


@pytest.mark.parametrize("size", SIZES)
def test_roots_and_paths_are_those_of_another_implementation(many: Tree, oracle: InmemoryTree, size: int) -> None:
    assert many.root(size) == oracle.get_root(size)
    for index in {0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
        assert many.inclusion(index, size) == oracle.prove_inclusion(index + 1, size).path[1:]


@pytest.mark.parametrize("new", [size for size in SIZES if size < 5_000] + [MANY])
def test_consistency_holds_between_the_roots_of_another_implementation(
    many: Tree, oracle: InmemoryTree, new: int
) -> None:
    for old in {1, 2, 3, new // 3, new // 2, new - 1, 256, 512, 65_536} & set(range(1, new)):
        # Their paths have another shape than those of the RFC: each is checked against the roots of the other.
        oracle.prove_consistency(old, new).verify(many.root(old), many.root(new), prior_size=old, later_size=new)
        theirs = [Checkpoint("presslog/x", size, oracle.get_root(size)) for size in (old, new)]
        verify_consistency(*theirs, many.consistency(old, new))


def test_every_leaf_of_every_size_is_proved_and_no_other_place_is() -> None:
    leaves = leaves_of(70)
    tree = tree_of(leaves)

    for size in range(1, len(leaves) + 1):
        for index in range(size):
            path = tree.inclusion(index, size)
            verify_inclusion(leaves[index], index, path, head(tree, size))
            with pytest.raises(Refused):
                verify_inclusion(leaves[index], index + 1, path, head(tree, size))


def test_every_size_goes_on_from_every_smaller_one() -> None:
    tree = tree_of(leaves_of(70))

    for new in range(71):
        for old in range(new + 1):
            verify_consistency(head(tree, old), head(tree, new), tree.consistency(old, new))


def test_no_size_goes_on_from_another_tree() -> None:
    tree = tree_of(leaves_of(70))
    others = [tree_of([*leaves_of(place), b"x" * 32, *leaves_of(70)[place + 1 :]]) for place in range(0, 70, 9)]

    for other in others:
        for old in range(1, 70):
            if other.root(old) != tree.root(old):
                with pytest.raises(Refused):
                    verify_consistency(head(other, old), head(tree, 70), tree.consistency(old, 70))


@given(st.data())
def test_path_with_a_hash_more_less_or_other_is_refused(data: st.DataObject) -> None:
    tree, size = tree_of(leaves_of(40)), data.draw(st.integers(2, 40))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    inclusion, consistency = tree.inclusion(index, size), tree.consistency(old, size)

    for path in altered(inclusion, data):
        with pytest.raises(Refused):
            verify_inclusion(leaves_of(40)[index], index, path, head(tree, size))
    for path in altered(consistency, data):
        with pytest.raises(Refused):
            verify_consistency(head(tree, old), head(tree, size), path)


def altered(path: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    place = data.draw(st.integers(0, len(path) - 1))
    other = bytes(byte ^ 1 for byte in path[place])
    return [
        [*path, b"\0" * 32],
        [b"\0" * 32, *path],
        path[:-1],
        path[1:],
        [*path[:place], other, *path[place + 1 :]],
        [*path[:place], *path[place : place + 1], *path[place:]],
    ]


def test_an_inner_node_is_no_leaf() -> None:
    leaves = leaves_of(4)
    tree = tree_of(leaves)
    node = fold(leaves[0] + leaves[1])

    with pytest.raises(Refused):
        verify_inclusion(node, 0, tree.inclusion(0, 4), head(tree, 4))
    with pytest.raises(Refused):
        verify_inclusion(node, 0, tree.inclusion(0, 4)[1:], head(tree, 4))


@given(st.integers(0, 1200), st.lists(st.integers(0, 1200), max_size=6))
def test_any_cut_of_the_batches_gives_the_same_tiles(count: int, cuts: list[int]) -> None:
    leaves = leaves_of(1200)[:count]

    assert tiles_of(leaves, *(min(cut, count) for cut in cuts)) == tiles_of(leaves)


def test_tiles_are_those_of_the_specification() -> None:
    tiles = tiles_of(leaves_of(MANY))

    widths = {level: [len(tiles[key]) // HASH_BYTES for key in sorted(tiles) if key[0] == level] for level in range(3)}

    assert widths == {0: [256] * 273 + [112], 1: [256, 17], 2: [1]}
    assert {level for level, _ in tiles} == {0, 1, 2}


def test_size_of_256_has_a_whole_tile_and_one_hash_above() -> None:
    tiles = tiles_of(leaves_of(256))

    assert {key: len(hashes) for key, hashes in tiles.items()} == {(0, 0): TILE_BYTES, (1, 0): HASH_BYTES}


def test_what_the_tiles_do_not_reach_is_no_answer() -> None:
    tree = tree_of(leaves_of(300))

    for ask in (lambda: tree.root(301), lambda: tree.inclusion(300, 300), lambda: tree.consistency(300, 299)):
        with pytest.raises(StoreUnsafe):
            ask()


def test_tile_that_is_not_as_long_as_the_tree_is_not_grown_upon() -> None:
    tiles = tiles_of(leaves_of(300))

    with pytest.raises(StoreUnsafe, match="tile 1 on level 0"):
        grown(tiles.read, 301, leaves_of(1))
