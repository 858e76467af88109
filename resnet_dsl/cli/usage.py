"""Faults of the command line: what click finds wrong with it, as diagnostics."""

import os
import re
from collections.abc import Iterable

import click

from ..diagnostics.diagnostic import Diagnostic, EnvironmentFault
from ..diagnostics.similar import did_you_mean, similar
from ..language.checks.wording import quoted
from ..language.document.bundled import bundled_specs

_PROGRAM = "resnet-dsl"
_EXTRA = re.compile(r"Got unexpected extra (arguments?) \((.*)\)", re.DOTALL)
_FOUND = re.compile(r"(?P<quote>'?)(?P<value>.*)(?P=quote) is not (?:one of|in the range|a valid) .*", re.DOTALL)
"""Messages of click whose facts are not attributes of the exception."""


def usage_fault(message: str, *helps: str) -> EnvironmentFault:
    """The error for a wrong command line."""
    return EnvironmentFault(Diagnostic(code="RD514", message=message, helps=helps))


def unknown_command(name: str, commands: Iterable[str]) -> EnvironmentFault:
    """The error for a command that does not exist, which may be a spec without a command."""
    helps = did_you_mean(name, commands, "command") or (f"`{_PROGRAM} --help` lists the commands",)
    if name in bundled_specs() or os.path.exists(name):  # noqa: PTH110  # pathlib refuses names that are too long
        helps = (f"give a command before the spec, such as `{_PROGRAM} validate {name}`",)
    return usage_fault(f"unknown command `{name}`", *helps)


def fault_of(error: click.ClickException, command: click.Command, context: click.Context) -> EnvironmentFault:
    """The error for what click found wrong with the arguments of a command, in the words of diagnostics."""
    program = _PROGRAM if isinstance(command, click.Group) else f"{_PROGRAM} {command.name}"
    form = f"write `{' '.join([program, *command.collect_usage_pieces(context)])}`"
    match error:
        case click.NoSuchOption():
            options = [option for each in command.get_params(context) for option in each.opts]
            nearest = similar(error.option_name, options)
            instead = f"an option with a similar name exists: `{nearest}`"
            return usage_fault(
                f"unknown option `{error.option_name}`", instead if nearest else f"`{program} --help` lists the options"
            )
        case click.BadOptionUsage():
            (option,) = (each for each in command.get_params(context) if error.option_name in each.opts)
            if isinstance(option, click.Option) and option.is_flag:
                return usage_fault(f"`{error.option_name}` takes no value")
            value = option.make_metavar(context)
            return usage_fault(f"`{error.option_name}` needs a value", f"write `{error.option_name} {value}`")
        case click.MissingParameter(param=click.Option() as option):
            return usage_fault(f"missing option {_name(option)}", f"add `{option.opts[-1]} {option.metavar}`")
        case click.MissingParameter(param=click.Argument() as argument):
            return usage_fault(f"missing argument {_name(argument)}", form)
        case click.BadParameter(param=click.Parameter() as parameter):
            return _wrong_value(parameter, error.message)
        case _ if (extra := _EXTRA.fullmatch(error.message)) is not None:
            return usage_fault(f"unexpected {extra[1]} `{extra[2]}`", form)
        case _:
            return usage_fault(_in_our_words(error.format_message()))


def _wrong_value(parameter: click.Parameter, message: str) -> EnvironmentFault:
    """The error for a value that its type does not allow."""
    found = _FOUND.fullmatch(message)
    ending = f", found `{found['value']}`" if found is not None else ""
    match parameter.type:
        case click.Choice(choices=choices):
            wanted = quoted([*map(str, choices)], "or")
            helps = did_you_mean(found["value"], [*map(str, choices)], "value") if found is not None else ()
            return usage_fault(f"{_name(parameter)} must be {wanted}{ending}", *helps)
        case click.IntRange(min=int() as low, max=int() as high):
            return usage_fault(f"{_name(parameter)} must be an integer from {low:,} to {high:,}{ending}")
        case _:
            return usage_fault(f"invalid value for {_name(parameter)}: {_in_our_words(message)}")


def _name(parameter: click.Parameter) -> str:
    """The long name of an option, or what the help of its command calls an argument."""
    name = parameter.opts[-1] if isinstance(parameter, click.Option) else parameter.human_readable_name
    return "the argument" if name.startswith("[") else f"`{name}`"


def _in_our_words(message: str) -> str:
    """A message of click in lower case, without a full stop, and with names in backquotes."""
    quoted_names = re.sub(r"(?<!\w)'([^']*)'(?!\w)", r"`\1`", message.removesuffix("."))
    return quoted_names[:1].lower() + quoted_names[1:]
