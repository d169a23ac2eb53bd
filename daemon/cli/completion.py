"""presslog completion: the script that makes a shell complete our commands."""

import sys

import click

from .options import HELP


@click.command(context_settings=HELP)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion of your shell.

    A script that completes commands and options.

    \b
    Examples:
      presslog completion bash >> ~/.bashrc
      presslog completion fish > ~/.config/fish/completions/presslog.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click has no completion for {shell}: choose bash, zsh or fish")
    root = context.find_root().command
    sys.stdout.write(kind(root, {}, "presslog", "_PRESSLOG_COMPLETE").source() + "\n")
