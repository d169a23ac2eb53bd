"""Overlap: feeds whose folders get into each other's way, and backups that lie where they are of no use."""

import os
from collections.abc import Mapping
from itertools import combinations

from presslog.store.errors import ConfigError

from .settings import Settings


def overlap(settings: Settings, origins: Mapping[str, str]) -> ConfigError | None:
    """The error for a feed that shares its folder, would read store or backups, or take another's files; else None."""
    return (
        _shared(settings, origins)
        or _around_store(settings, origins)
        or _taken_away(settings, origins)
        or backup_mistake(settings, settings.backup_folder, origins.get("backup_folder", "default"))
    )


def backup_mistake(settings: Settings, folder: str, origin: str) -> ConfigError | None:
    """The error for a folder of backups that lies in the store, or where a feed would read them; else None."""
    if folder and _is_below(folder, settings.store):
        return ConfigError(
            f'backup_folder = "{folder}" ({origin}): it lies in the store {settings.store}, and would be lost with it; '
            "name a folder on another disk"
        )
    for name, feed in settings.feeds.items():
        if folder and _is_below(folder, feed.folder):
            return ConfigError(
                f'backup_folder = "{folder}" ({origin}): it lies in the folder of feeds.{name}, which would read the '
                "backups as articles; name a folder that nobody watches"
            )
    return None


def _shared(settings: Settings, origins: Mapping[str, str]) -> ConfigError | None:
    for one, other in combinations(settings.feeds, 2):
        if _is_same(settings.feeds[one].folder, settings.feeds[other].folder):
            said = _said(settings, origins, other)
            return ConfigError(f"{said}: feeds.{one} watches that folder already; give each feed a folder of its own")
    return None


def _around_store(settings: Settings, origins: Mapping[str, str]) -> ConfigError | None:
    for name, feed in settings.feeds.items():
        if _is_below(settings.store, feed.folder):
            said = _said(settings, origins, name)
            return ConfigError(
                f"{said}: the store {settings.store} lies in it, and presslog would read its own files without end; "
                "give the feed a folder of its own, or move the store"
            )
    return None


def _taken_away(settings: Settings, origins: Mapping[str, str]) -> ConfigError | None:
    for name, feed in settings.feeds.items():
        after_read = feed.after_read or settings.after_read
        for other, inner in settings.feeds.items():
            if after_read != "keep" and inner.folder != feed.folder and _is_below(inner.folder, feed.folder):
                said = _said(settings, origins, name)
                return ConfigError(
                    f"{said}: the folder of feeds.{other} lies in it, "
                    f'and after_read = "{after_read}" would take its files away; '
                    f'give this feed a folder of its own, or set feeds.{name}.after_read = "keep"'
                )
    return None


def _said(settings: Settings, origins: Mapping[str, str], name: str) -> str:
    key = f"feeds.{name}.folder"
    return f'{key} = "{settings.feeds[name].folder}" ({origins.get(key, "default")})'


def _is_same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


def _is_below(path: str, folder: str) -> bool:
    whole = os.path.realpath(folder)
    return os.path.commonpath([os.path.realpath(path), whole]) == whole
