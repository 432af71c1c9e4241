"""What a shell needs to complete commands and options."""

import click

from runstead_cli.session import Session, pass_session

WHERE = {
    "bash": 'eval "$(runstead completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(runstead completion zsh)" in ~/.zshrc',
    "fish": "runstead completion fish > ~/.config/fish/completions/runstead.fish",
}


@click.command(epilog="\b\n" + "\n".join(f"{shell}: {line}" for shell, line in WHERE.items()))
@click.argument("shell", type=click.Choice(list(WHERE)))
@pass_session
def command(session: Session, shell: str) -> None:
    """Print what makes SHELL complete the commands of runstead."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"{shell} is not known.")
    script = kind(
        click.get_current_context().find_root().command, {}, "runstead", "_RUNSTEAD_COMPLETE"
    ).source()
    session.output.result({"shell": shell, "script": script}, lambda: click.echo(script))
