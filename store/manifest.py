"""The manifest of a backup: which log it is of, up to where, and the digest of every file in it."""

import hashlib
import os
from pathlib import Path

import msgspec

from .errors import StorageFailed, StoreUnsafe
from .whole import write_whole

NAME = "manifest.json"
FORMAT = 1


class Part(msgspec.Struct, frozen=True):
    """A file of a backup: its name, the SHA-256 of its bytes in hex, and how many they are."""

    name: str
    sha256: str
    size_bytes: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds: all events up to a position, of a log whose tree has this ``root`` there, in hex.

    ``checkpoint`` is a signed note of that very size, of the newest before it where the key was not at hand, and empty
    where nothing is signed yet. ``blobs`` counts the originals. ``created_at`` is in seconds since 1970.
    """

    format: int = FORMAT
    log_id: str
    position: int
    root: str
    checkpoint: str
    blobs: int
    created_at: float
    version: str
    files: tuple[Part, ...]

    @property
    def size_bytes(self) -> int:
        """How large the backup is."""
        return sum(part.size_bytes for part in self.files)


def part_of(path: Path) -> Part:
    """A file as the manifest names it."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Part(path.name, digest, os.fstat(file.fileno()).st_size)
    except FileNotFoundError as error:
        raise StoreUnsafe(f"{path} is missing: the backup is damaged, take another one") from error
    except OSError as error:
        raise StorageFailed(f"{path} cannot be read: {error.strerror}; check the disk and the rights") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest into a backup, durably."""
    write_whole(folder / NAME, msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup.

    Raises:
        StoreUnsafe: there is none, it is damaged, or a newer presslog wrote it.
    """
    path = folder / NAME
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise StoreUnsafe(f"{folder} is no backup: it has no {NAME}; `presslog backup ls` lists them") from error
    except OSError as error:
        raise StorageFailed(f"{path} cannot be read: {error.strerror}; check the disk and the rights") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StoreUnsafe(f"{path} is damaged: {error}; take another backup") from error
    if manifest.format != FORMAT:
        raise StoreUnsafe(f"{path} has format {manifest.format}: a newer presslog wrote it, upgrade this one")
    return manifest
