"""The options --as-of and --at: the same question, asked of what was known then."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from presslog.store.past import Past

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])
_META = "presslog.past."


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is not None:
        context.meta[_META + str(parameter.name)] = value


def past(function: _Decorated) -> _Decorated:
    """Add --as-of and --at to a command; ``asked_past`` says what was given."""
    at = click.option(
        "--at",
        metavar="POSITION",
        type=click.IntRange(0),
        expose_value=False,
        callback=_remember,
        help="As the archive stood at this position of the log.",
    )
    as_of = click.option(
        "--as-of",
        metavar="TIME",
        expose_value=False,
        callback=_remember,
        help="As the archive stood then: 2h, yesterday, 2022-01-06, 2022-01-06T09:30Z.",
    )
    return as_of(at(function))


def asked_past() -> "Past | None":
    """What the command was asked to answer as of; None for now.

    A day means its end: what was known by then.
    """
    meta = click.get_current_context().meta
    as_of: str | None = meta.get(_META + "as_of")
    at: int | None = meta.get(_META + "at")
    if as_of is None and at is None:
        return None
    if as_of is not None and at is not None:
        raise click.UsageError("--as-of and --at say the same thing twice: give one of them")
    from presslog.store.past import Past

    if as_of is None:
        return Past(position=at or 0)
    from datetime import UTC, datetime

    from presslog.store.when import moment

    return Past(at=moment(as_of, datetime.now(UTC), is_end=True))
