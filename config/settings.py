"""Settings: what the operator may choose, typed and frozen; the defaults stand in defaults.toml."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=0)]
AfterRead = Literal["keep", "move", "delete"]
MentionsBy = Literal["rules", "model"]
MOST_BYTES = 268_435_456
"""SQLite holds 1,000,000,000 bytes in a row, and a byte of an old charset becomes up to three in UTF-8."""

LEAST_READER_BYTES = 268_435_456
"""Less does not hold the parsers themselves."""


class Feed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A watched folder; what is not given is that of Settings."""

    folder: str
    quiet_seconds: Seconds | None = None
    after_read: AfterRead | None = None
    done_folder: str | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every setting, in the order of defaults.toml, which says what each means. Paths are absolute."""

    store: str
    engine: str
    limit_bytes: Annotated[int, msgspec.Meta(ge=1, le=MOST_BYTES)]
    after_read: AfterRead
    done_folder: str
    settle_seconds: Seconds
    rescan_seconds: Annotated[float, msgspec.Meta(ge=1)]
    poll_seconds: Annotated[float, msgspec.Meta(ge=0.1)]
    quiet_seconds: Seconds
    wait_alarm_seconds: Seconds
    optimise_seconds: Annotated[float, msgspec.Meta(ge=60)]
    insight: bool
    mentions_by: MentionsBy
    backup_folder: str
    backup_seconds: Seconds
    backup_keep: Annotated[int, msgspec.Meta(ge=1)]
    batch_files: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    ignore: tuple[str, ...]
    anchor: tuple[str, ...]
    anchor_seconds: Annotated[float, msgspec.Meta(ge=1)]
    reader_processes: Annotated[int, msgspec.Meta(ge=0, le=256)]
    reader_seconds: Annotated[int, msgspec.Meta(ge=1)]
    reader_memory_bytes: Annotated[int, msgspec.Meta(ge=LEAST_READER_BYTES)]
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]
    feeds: dict[str, Feed]

    @property
    def store_folder(self) -> Path:
        """The folder of the store."""
        return Path(self.store)
