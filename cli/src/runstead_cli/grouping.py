"""A group of commands that is also a command itself: ``import URL`` beside ``import status``."""

from typing import Any

import click
from click.shell_completion import CompletionItem


class GroupWithDefault(click.Group):
    """What does not begin with one of its commands, or with the wish for help, is for ``default``."""

    def __init__(self, *args: Any, default: click.Command, **more: Any) -> None:
        super().__init__(*args, **more)
        self.default = default

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """That of the default command, under the group's own name, where it is meant."""
        if args and not self._is_for_the_group(args[0], parent):
            return self.default.make_context(info_name, args, parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways to call it."""
        formatter.write_usage(ctx.command_path, " ".join(self.default.collect_usage_pieces(ctx)))
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...", prefix="   or: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options of the default command, and the commands."""
        click.Command.format_options(self.default, ctx, formatter)
        self.format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Its commands, and the options of the default one."""
        items = super().shell_complete(ctx, incomplete)
        if not incomplete.startswith("-"):
            return items
        known = {item.value for item in items}
        return [
            *items,
            *(one for one in self.default.shell_complete(ctx, incomplete) if one.value not in known),
        ]

    def _is_for_the_group(self, word: str, parent: click.Context | None) -> bool:
        return word in self.commands or word in (parent.help_option_names if parent else ["--help"])
