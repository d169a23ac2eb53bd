"""Options that every command takes, before or after its name: which store, which settings, colour and pager."""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from presslog.config.load import Loaded
    from presslog.config.settings import Settings

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])
_META = "presslog."


def _remember(name: str, context: click.Context, _: click.Parameter, value: Any) -> None:
    if value:
        context.meta[_META + name] = (
            (*context.meta.get(_META + name, ()), *value) if isinstance(value, tuple) else value
        )


def _said(name: str) -> Any:
    return click.get_current_context().meta.get(_META + name)


def _option(*names: str, remember: str, **settings: Any) -> Callable[[_Decorated], _Decorated]:
    return click.option(*names, expose_value=False, callback=partial(_remember, remember), **settings)


_COMMON = (
    _option("--store", remember="store", metavar="DIR", help="The store, or a desk that holds a presslog.toml."),
    _option("--config", remember="config", metavar="FILE", help="The presslog.toml to read."),
    _option("--set", remember="set", metavar="KEY=VALUE", multiple=True, help="Change a setting for this call."),
    _option("--color", remember="color", type=click.Choice(["auto", "always", "never"]), help="When to use colour."),
    _option("--no-pager", remember="no_pager", is_flag=True, help="Show a long answer without a pager."),
    _option("--no-pin", remember="no_pin", is_flag=True, help="Do not compare the log with what was seen of it."),
)
HELP = {"help_option_names": ["-h", "--help"]}


def common(function: _Decorated) -> _Decorated:
    """Add the options of every command to one."""
    for option in reversed(_COMMON):
        function = option(function)
    return function


def loaded() -> "Loaded":
    """The settings for this call, with their origins."""
    from presslog.config.load import load

    return load(os.environ, config=_said("config"), store=_said("store"), flags=_flags(_said("set") or ()))


def reading_settings() -> "Settings":
    """The settings for a call that reads the store, of whose log nothing is gone that was seen before.

    Raises:
        LogDiverged: the log is another one, or an older one.
    """
    from presslog.store.pins import pins_of

    settings = loaded().settings
    pins = None if _said("no_pin") else pins_of(os.environ)
    if pins:
        pins.check(settings.store_folder)
    return settings


def store_folder() -> Path:
    """The folder of the store for a call that reads it; LogDiverged as above."""
    return reading_settings().store_folder


def _flags(pairs: tuple[str, ...]) -> dict[str, str]:
    flags = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise click.BadParameter(f"{pair!r} has no value: write --set {key}=VALUE", param_hint="--set")
        flags[key.strip()] = value
    return flags


def has_colour() -> bool:
    """Whether stdout gets colour: as --color says, else NO_COLOR, else FORCE_COLOR, else on a terminal."""
    wish = _said("color") or "auto"
    if wish != "auto":
        return bool(wish == "always")
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (is_terminal() and os.environ.get("TERM") != "dumb")


def has_pager() -> bool:
    """Whether a long answer may go through the pager."""
    return not _said("no_pager")


def is_terminal() -> bool:
    """Whether a person looks at stdout."""
    return sys.stdout.isatty()


def use_store(folder: str | None) -> None:
    """Count a folder that a command got as an argument as its --store."""
    if folder:
        click.get_current_context().meta[_META + "store"] = folder
