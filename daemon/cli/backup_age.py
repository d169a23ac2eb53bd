"""How old the last good backup is, for whoever looks after a store."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from presslog.config.settings import Settings


def last_backup(settings: "Settings") -> dict[str, Any]:
    """The newest backup in backup_folder: what it is and its age in seconds; empty fields where there is none.

    Of a log that a server keeps there is none of ours: ``by_server``.
    """
    from presslog.store.opening import address_of, open_log
    from presslog.store.shelf import newest
    from presslog.store.times import utc_text

    by_server = bool(address_of(settings.store_folder))
    empty = {"folder": settings.backup_folder, "name": "", "position": 0, "created_at": "", "age_seconds": None}
    empty["by_server"] = by_server
    if by_server or not settings.backup_folder:
        return empty
    log = open_log(settings.store_folder)
    log_id = log.log_id
    log.close()
    now = time.time()
    last = newest(Path(settings.backup_folder), log_id, now)
    if last is None or last.manifest is None:
        return empty
    return {
        "folder": settings.backup_folder,
        "name": last.path.name,
        "position": last.manifest.position,
        "created_at": utc_text(last.manifest.created_at),
        "age_seconds": round(now - last.manifest.created_at),
        "by_server": False,
    }
