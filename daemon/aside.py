"""Aside: a folder inside each root where a file stands while it is proved to be the one that was read.

Whoever puts files into a feed does not look there, so what is proved there stays proved until it is moved or deleted.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress

from .places import OURS
from .rename import rename_if_free
from .settle import nobody_writes
from .take import READ, Root

ASIDE = OURS + b"retiring"
READ_BYTES = 1 << 20
MOST_NAME_BYTES = 255
MOST_SUFFIX_BYTES = 32
"""A longer ending is no suffix but part of the name."""


def inside(folder: bytes, path: bytes) -> bytes:
    """A path as it is inside a folder; an empty path is the folder itself.

    >>> inside(b"done", b""), inside(b"done", b"wires/a.txt")
    (b'done', b'done/wires/a.txt')
    """
    return folder + b"/" + path if path else folder


def set_aside(root: Root, path: bytes) -> None:
    """Take whatever stands under a path out of the way of whoever puts files there.

    Raises:
        OSError: it stays where it is.
    """
    below, name = os.path.split(path)
    source, aside = root.folder(below), root.make(inside(ASIDE, below))
    if _exists(aside, name):
        raise FileExistsError(f"{os.fsdecode(inside(ASIDE, path))} is left from before and cannot be brought back")
    os.rename(name, name, src_dir_fd=source, dst_dir_fd=aside)


def is_proved(root: Root, path: bytes, handle: int, digest: str) -> bool:
    """Whether what stands aside is the file of this handle, written by nobody, and holds the bytes of this digest.

    A stamp does not prove it: what is rewritten within one tick of the kernel's clock keeps its times.
    """
    below, name = os.path.split(path)
    found = os.stat(name, dir_fd=root.folder(inside(ASIDE, below)), follow_symlinks=False)
    if not os.path.samestat(found, os.fstat(handle)) or nobody_writes(handle) is False:
        return False
    return digest_of(handle) == digest


def put(root: Root, path: bytes, done: bytes, digest: str) -> bytes:
    """Move what stands aside below the folder ``done``; the path that holds its bytes now.

    Other bytes under the same name stay: then the digest goes into the name. The same bytes need not stand there twice.
    """
    below, name = os.path.split(path)
    aside, target = root.folder(inside(ASIDE, below)), root.make(inside(done, below))
    for new_name in (name, marked(name, digest[:8]), marked(name, digest)):
        is_renamed = rename_if_free(name, aside, new_name, target)
        if is_renamed is None and not _exists(target, new_name):
            # Nobody but presslog puts files there, and one presslog alone: nothing can appear between look and rename.
            os.rename(name, new_name, src_dir_fd=aside, dst_dir_fd=target)
            is_renamed = True
        if not is_renamed and _digest_of(target, new_name) == digest:
            os.unlink(name, dir_fd=aside)
            is_renamed = True
        if is_renamed:
            return os.path.join(done, below, new_name)
    raise FileExistsError(f"{os.fsdecode(inside(done, path))} and its other names are taken")


def drop(root: Root, path: bytes) -> None:
    """Delete what stands aside."""
    below, name = os.path.split(path)
    os.unlink(name, dir_fd=root.folder(inside(ASIDE, below)))


def return_to_its_place(root: Root, path: bytes) -> bool:
    """Bring back what stands aside; False where another file has its name by now."""
    below, name = os.path.split(path)
    aside = root.folder(inside(ASIDE, below))
    return rename_if_free(name, aside, name, root.make(below)) is True


def return_beside(root: Root, path: bytes) -> bytes:
    """Bring back what stands aside under a new name next to its place, and return that path."""
    below, name = os.path.split(path)
    # 64 random bits: this name is free wherever nothing can be renamed without replacing.
    new_name = marked(name, os.urandom(8).hex())
    os.rename(name, new_name, src_dir_fd=root.folder(inside(ASIDE, below)), dst_dir_fd=root.make(below))
    return os.path.join(below, new_name)


def digest_aside(root: Root, path: bytes) -> str:
    """The SHA-256 of what stands aside; empty for what is no file."""
    below, name = os.path.split(path)
    return _digest_of(root.folder(inside(ASIDE, below)), name)


def left_aside(root: Root) -> list[bytes]:
    """Paths of what stands aside, as a crash leaves it."""
    found: list[bytes] = []
    for folder, folders, names, handle in _walk(root):
        links = [each for each in folders if stat.S_ISLNK(os.lstat(each, dir_fd=handle).st_mode)]
        found += [os.path.join(folder, name).removeprefix(ASIDE + b"/") for name in names + links]
    return found


def remove_empty_folders(root: Root) -> None:
    """Take away what was made to stand files in; the folder itself stays."""
    for _, folders, _, handle in _walk(root):
        for name in folders:
            with suppress(OSError):
                os.rmdir(name, dir_fd=handle)


def _walk(root: Root) -> Iterator[tuple[bytes, list[bytes], list[bytes], int]]:
    with suppress(FileNotFoundError):
        yield from os.fwalk(ASIDE, topdown=False, dir_fd=root.folder(b""))


def marked(name: bytes, mark: str) -> bytes:
    """A name with a mark before its suffix, cut to what a file system takes.

    >>> marked(b"story.txt", "1f0c9a2b")
    b'story.1f0c9a2b.txt'
    """
    stem, suffix = os.path.splitext(name)
    if len(suffix) > MOST_SUFFIX_BYTES:
        stem, suffix = name, b""
    end = b"." + mark.encode() + suffix
    kept = stem[: MOST_NAME_BYTES - len(end)]
    if len(kept) < len(stem):
        # Not in the middle of a letter of UTF-8.
        kept = kept.decode("utf-8", "ignore").encode() if _is_text(stem) else kept
    return kept + end


def _is_text(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True


def digest_of(handle: int) -> str:
    """The SHA-256 of an open file, whatever was read of it before."""
    digest, at = hashlib.sha256(), 0
    while part := os.pread(handle, READ_BYTES, at):
        digest.update(part)
        at += len(part)
    return digest.hexdigest()


def _digest_of(folder: int, name: bytes) -> str:
    try:
        handle = os.open(name, READ, dir_fd=folder)
    except OSError:
        return ""
    try:
        return digest_of(handle) if stat.S_ISREG(os.fstat(handle).st_mode) else ""
    finally:
        os.close(handle)


def _exists(folder: int, name: bytes) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
