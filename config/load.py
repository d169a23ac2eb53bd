"""Loading: defaults < presslog.toml < PRESSLOG_* < flags, with the origin of each value and errors that help."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TypeVar

import msgspec

from presslog.store.errors import ConfigError

from .find import find_config
from .settings import Feed, Settings

PREFIX = "PRESSLOG_"
FEED_PREFIX = "PRESSLOG_FEED_"
NOT_SETTINGS = {
    *("PRESSLOG_CONFIG", "PRESSLOG_PAGER", "PRESSLOG_NO_PIN"),
    # What `presslog watch --exec` tells a command, which may well be presslog.
    *("PRESSLOG_SEARCH", "PRESSLOG_COUNT", "PRESSLOG_AFTER", "PRESSLOG_POSITION"),
    # The same of the command that anchors checkpoints.
    *("PRESSLOG_CHECKPOINT_SIZE", "PRESSLOG_LOG_ID"),
}
OURS = ".presslog-"
"""How names begin that presslog keeps for itself inside watched folders."""
ENGINE = re.compile(r"sqlite|memory|(postgresql|nats)://[^\s/]\S*")
PASSWORD = re.compile(r"://[^/@]*:[^/@]*@|[?&](ssl)?password=")
FEED_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LISTS = {"ignore", "anchor"}
_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class Loaded(NamedTuple):
    """Settings with their origins: dotted key -> ``default``, a file, a variable or a flag."""

    settings: Settings
    origins: dict[str, str]
    path: Path | None


def load(
    env: Mapping[str, str],
    *,
    config: str | None = None,
    store: str | None = None,
    flags: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Loaded:
    """Read the settings that count for a command started in ``folder``.

    ``flags`` are ``key=value`` pairs of ``--set``. A ``store`` that holds a presslog.toml is a whole desk, and the
    store is the one that file names.

    Raises:
        ConfigError: unknown key, wrong type or unreadable file; the message names key, value and remedy.
    """
    folder = folder or Path.cwd()
    path = find_config(env, config=config, store=store, folder=folder)
    values = _flat(_defaults())
    origins = dict.fromkeys(values, "default")
    layers = [(_file(path), path.parent)] if path else []
    layers += [(_environment(env, path), folder), (_flags(flags, store, path), folder)]
    for layer, base in layers:
        for key, (value, origin) in layer.items():
            values[key] = _absolute(key, value, base)
            origins[key] = origin
    values["store"] = _absolute("store", values["store"], path.parent if path else folder)
    return Loaded(_convert(values, origins), origins, path)


def default_text() -> str:
    """The text of defaults.toml: every setting, explained."""
    # importlib.resources would cost every command 6 ms.
    return Path(__file__).with_name("defaults.toml").read_text("utf-8")


def missing_folder(settings: Settings, origins: Mapping[str, str]) -> ConfigError | None:
    """The error for the first feed whose folder is not there; None where all are."""
    for name, feed in settings.feeds.items():
        if not Path(feed.folder).is_dir():
            key = f"feeds.{name}.folder"
            return ConfigError(
                f'{key} = "{feed.folder}" ({origins.get(key, "default")}): no such folder; '
                f"create it (mkdir -p {feed.folder}) or change {key}"
            )
    return None


def _defaults() -> dict[str, Any]:
    return tomllib.loads(default_text())


def _file(path: Path) -> dict[str, tuple[Any, str]]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}; name another with --config FILE") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}; correct that line") from error
    for name, feed in content.get("feeds", {}).items() if isinstance(content.get("feeds"), dict) else ():
        if not isinstance(feed, dict):
            raise ConfigError(f'feeds.{name} in {path} must be a table: write [feeds.{name}] and folder = "…" below it')
    return {key: (value, str(path)) for key, value in _flat(content).items()}


def _environment(env: Mapping[str, str], path: Path | None) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    for name, value in env.items():
        if name.startswith(FEED_PREFIX):
            found[f"feeds.{name.removeprefix(FEED_PREFIX).lower()}.folder"] = (value, name)
        elif name.startswith(PREFIX) and name not in NOT_SETTINGS and not _is_desk(name, value, path):
            key = name.removeprefix(PREFIX).lower()
            found[key] = (_words(value) if key in _LISTS else value, name)
    return found


def _is_desk(name: str, value: str, path: Path | None) -> bool:
    return name == "PRESSLOG_STORE" and path is not None and path.parent == Path(value).absolute()


def _flags(flags: Mapping[str, str] | None, store: str | None, path: Path | None) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {
        key: (_words(value) if key in _LISTS else value, f"--set {key}") for key, value in (flags or {}).items()
    }
    if store and not (path is not None and path.parent == Path(store).absolute()):
        found["store"] = (store, "--store")
    return found


def _words(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def _absolute(key: str, value: Any, base: Path) -> Any:
    is_path = key in ("store", "backup_folder") or (key.startswith("feeds.") and key.endswith(".folder"))
    if is_path and isinstance(value, str) and (value or key != "backup_folder"):
        return str(base / Path(value).expanduser())
    return value


def _flat(tree: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        is_leaf = not isinstance(value, dict) or (above and not value)
        flat |= {f"{above}{key}": value} if is_leaf else _flat(value, f"{above}{key}.")
    return flat


def _convert(values: dict[str, Any], origins: dict[str, str]) -> Settings:
    for key, value in values.items():
        _refuse_unknown(key, value, origins[key])
    plain = {key: value for key, value in values.items() if not key.startswith("feeds.")}
    feeds: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        if key.startswith("feeds."):
            _, name, field = key.split(".")
            feeds.setdefault(name, {})[field] = value
    read = {name: _read(Feed, feed, values, origins, above=f"feeds.{name}.") for name, feed in feeds.items()}
    settings = _read(Settings, plain | {"feeds": read}, values, origins, above="")
    for key, value in values.items():
        if key.split(".")[-1] == "done_folder":
            _refuse_outside(key, value, origins[key])
    _refuse_engine(settings.engine, origins["engine"])
    return settings


def _refuse_engine(engine: str, origin: str) -> None:
    if PASSWORD.search(engine):
        # Settings are shown, and stand among the arguments of processes.
        raise ConfigError(
            f"engine ({origin}) holds a password: put that into a file and name it, ?passfile=PATH for PostgreSQL, "
            "?creds=PATH for NATS"
        )
    if not ENGINE.fullmatch(engine):
        raise ConfigError(
            f"engine = {engine!r} ({origin}): no such engine; write sqlite, memory, or the address "
            "of a server: postgresql://HOST/DATABASE, nats://HOST"
        )


def _refuse_outside(key: str, value: str, origin: str) -> None:
    path = PurePosixPath(value)
    is_below = path.parts and not path.is_absolute() and ".." not in path.parts and "\0" not in value
    if not is_below or any(part.startswith(OURS) for part in path.parts):
        raise ConfigError(
            f"{key} = {value!r} ({origin}): no folder below the feed's own; write a relative path "
            f'without `..` and without names that begin with {OURS}, such as "done"'
        )


def _read(
    kind: type[_Struct], tree: dict[str, Any], values: dict[str, Any], origins: dict[str, str], *, above: str
) -> _Struct:
    try:
        return msgspec.convert(tree, kind, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `")
        key = above + where.rstrip("`").removeprefix("$").lstrip(".").split("[")[0]
        if key in values:
            message = f"{key} = {values[key]!r} ({origins[key]}): {what.lower()}; `presslog config` shows all settings"
        else:
            origin = next(origin for name, origin in origins.items() if name.startswith(above))
            message = f'{key.rstrip(".")} ({origin}): {what.lower()}; a feed is [feeds.NAME] with folder = "…" below it'
        raise ConfigError(message) from error


def _refuse_unknown(key: str, value: Any, origin: str) -> None:
    match key.split("."):
        case ["feeds", name, field]:
            known, last = list(Feed.__struct_fields__), field
            if not FEED_NAME.fullmatch(name):
                raise ConfigError(f"feeds.{name} ({origin}): a feed's name has a-z, 0-9, - and _ only; rename it")
        case ["feeds", name]:
            raise ConfigError(f'feeds.{name} ({origin}): has no folder; write folder = "…" below [feeds.{name}]')
        case ["feeds", _, _, *_]:
            raise ConfigError(
                f"{key} ({origin}): a feed's name has no full stop; rename it, and its table holds no tables"
            )
        case ["feeds"]:
            raise ConfigError(f'feeds = {value!r} ({origin}): write a table [feeds.NAME] with folder = "…" below it')
        case _:
            known, last = list(Settings.__struct_fields__), key
    if last not in known:
        from difflib import get_close_matches

        near = get_close_matches(last, known, 1)
        remedy = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
        raise ConfigError(f"{key} = {value!r} ({origin}): no such setting; {remedy}")
