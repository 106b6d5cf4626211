"""The `alliance` command: each of its words is a file of its own, read only when it is wanted."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import typer

#: Where each word is, in the order in which the help lists them. A Typer is a word with words after it.
COMMANDS = {
    "up": "cli.up:up",
    "bot": "cli.run_bot:run_bot",
    "worker": "cli.run_worker:run_worker",
    "clock": "cli.run_clock:run_clock",
    "sandbox": "cli.run_sandbox:run_sandbox",
    "migrate": "cli.migrate:migrate",
    "import": "cli.import_records:import_app",
    "due": "cli.due:due",
    "forecast": "cli.forecast:forecast",
    "explain": "cli.explain:explain",
    "preview": "cli.preview:preview",
    "gates": "cli.gates:gates",
    "procedure": "cli.procedure:procedure",
    "language": "cli.language:language",
    "simulate": "cli.simulate:simulate_clock",
    "policy": "cli.policy_diff:policy_app",
    "outbox": "cli.outbox:outbox",
    "report": "cli.report:report",
    "paper": "cli.paper:paper",
    "program": "cli.program:program",
    "export": "cli.export:export",
    "people": "cli.people:people",
    "calendar": "cli.calendar:calendar",
    "settings": "cli.settings:settings_app",
    "closures": "cli.closures:closures_app",
    "check": "cli.check_now:check_now",
    "audit": "cli.audit:audit_app",
    "retention": "cli.retention:retention_app",
    "backup": "cli.backup:backup",
    "restore": "cli.backup:restore",
    "docs": "cli.write_docs:write_docs",
    "doctor": "cli.doctor:doctor",
    "manifest": "cli.manifest:manifest",
    "metrics": "cli.metrics:metrics",
}

HELP = "Run the OSHA Alliance Program from Slack: records, duties, reminders."


def build(word: str | None = None) -> typer.Typer:
    """Return the command with all its words, or with one alone: reading them all takes a second."""
    app = typer.Typer(name="alliance", help=HELP, no_args_is_help=True, add_completion=False)
    # A callback keeps a command with one word from becoming that word.
    app.callback()(lambda: None)
    for name in COMMANDS if word not in COMMANDS else [word]:
        module, _, attribute = COMMANDS[name].partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code: 0 done, 1 the answer is no, 2 bad usage."""
    app = build(next((word for word in arguments if not word.startswith("-")), None))
    try:
        return int(typer.main.get_command(app).main(list(arguments), "alliance", standalone_mode=False) or 0)
    except Exception as error:
        from cli.say_error import judge  # noqa: PLC0415  # reading it takes a while, and all is well mostly

        answer = judge(error)
        if answer is None:
            raise
        sentence, code = answer
        if sentence:
            sys.stderr.write(f"{sentence}\n")
        return code


def main() -> None:
    """Run the command that was typed."""
    try:
        code = run(sys.argv[1:])
    except (KeyboardInterrupt, BrokenPipeError):
        # Nobody listens any more, or somebody pressed Ctrl-C: no more words.
        sys.stderr.close()
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
