"""Which presslog.toml counts: the one named, the one beside the store, the nearest above, the user's, the system's."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

NAME = "presslog.toml"


def find_config(env: Mapping[str, str], *, config: str | None, store: str | None, folder: Path) -> Path | None:
    """The configuration file for a command started in ``folder``; None where there is none.

    ``config`` and ``store`` are what ``--config`` and ``--store`` say; PRESSLOG_CONFIG and PRESSLOG_STORE stand in.
    """
    named = config or env.get("PRESSLOG_CONFIG")
    if named:
        return Path(named).absolute()
    return next((path for path in _candidates(env, store or env.get("PRESSLOG_STORE"), folder) if path.is_file()), None)


def _candidates(env: Mapping[str, str], store: str | None, folder: Path) -> Iterator[Path]:
    if store:
        yield Path(store).absolute() / NAME
        yield Path(store).absolute().parent / NAME
    for above in (folder.absolute(), *folder.absolute().parents):
        yield above / NAME
    for place in filter(None, env.get("CONFIGURATION_DIRECTORY", "").split(":")):
        yield Path(place) / NAME
    yield Path(env.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")) / "presslog" / NAME
    yield Path("/etc/presslog") / NAME
