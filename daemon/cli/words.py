"""Commands that take words to search for: what begins with a dash and is no option is a word to leave out."""

from collections.abc import Iterator

import click

MINUS = "\N{MINUS SIGN}"
"""Stands for the dash of such a word until the query is read, which takes it for the same."""


class Words(click.Command):
    """A command whose words may be excluded as ``presslog help query`` says: ``search rivers -sport -lang:de``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read options and words; a word after a dash stays a word."""
        return super().parse_args(ctx, list(self._told_apart(args, ctx)))

    def _told_apart(self, args: list[str], ctx: click.Context) -> Iterator[str]:
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                yield from (arg, *rest)
            elif len(arg) > 2 and arg[0] == "-" and arg[1] != "-" and not self._is_option(arg, ctx):
                yield MINUS + arg[1:]
            else:
                yield arg

    def _is_option(self, arg: str, ctx: click.Context) -> bool:
        """Whether short options stand behind a dash: flags, or one with a value that it takes."""
        for place, letter in enumerate(arg[1:], 2):
            option = next((each for each in self.get_params(ctx) if f"-{letter}" in each.opts), None)
            if not isinstance(option, click.Option):
                return False
            if not option.is_flag:
                return place == len(arg) or _takes(option, arg[place:], ctx)
        return True


def _takes(option: click.Option, value: str, ctx: click.Context) -> bool:
    try:
        option.type.convert(value, option, ctx)
    except click.UsageError:
        return False
    return True
