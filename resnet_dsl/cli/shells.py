"""Completion in bash, zsh and fish: like click's own, for values that contain `=` and words that may go on."""

import os

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

_BASH = r"""%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        [[ $value ]] && COMPREPLY+=("$value")
        [[ $value == *= ]] && compopt -o nospace
        [[ $type == path ]] && compopt -o filenames
    done < <(COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORD="$2" %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH = r"""%(complete_func)s() {
    local value help
    local -a finished unfinished response
    response=("${(@f)$(
        COMP_LINE="${words[1,CURRENT]}" %(complete_var)s=zsh_complete ${(Q)~words[1]} 2>/dev/null
    )}")
    for value help in "${response[@]}"; do
        [[ $value == \~* ]] && value=${~value}
        if [[ $value == *[=/] ]]; then
            unfinished+=("${value//:/\\:}:$help")
        elif [[ $value ]]; then
            finished+=("${value//:/\\:}:$help")
        fi
    done
    (( $#unfinished )) && _describe -V '' unfinished -U -S ''
    (( $#finished )) && _describe -V '' finished -U
}
compdef %(complete_func)s %(prog_name)s
"""

_FISH = r"""function %(complete_func)s
    set -l command (commandline -opc)[1]
    COMP_LINE=(commandline -cp) %(complete_var)s=fish_complete $command 2>/dev/null
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class _Complete(ShellComplete):
    """Takes the line up to the cursor, and completes `--option=value` as the one word that it is."""

    def get_completion_args(self) -> tuple[list[str], str]:
        if "COMP_LINE" not in os.environ:  # another script asks, such as click's own
            try:
                return super().get_completion_args()
            except (KeyError, ValueError):
                return [], ""
        *args, last = split_arg_string(f"{os.environ['COMP_LINE']}x")  # so that there is a last word, if an empty one
        return args[1:], last[:-1]

    def get_completions(self, args: list[str], incomplete: str) -> "list[CompletionItem[str]]":
        option, equals, value = incomplete.partition("=")
        if not (equals and option.startswith("-")):
            return super().get_completions(args, incomplete)
        items = super().get_completions([*args, option], value)
        return [CompletionItem(f"{option}={item.value}", item.type, item.help) for item in items]


class _Bash(_Complete, BashComplete):
    """Answers with what follows the last `=` or `:`, where bash breaks words, unless they are quoted."""

    source_template = _BASH

    def get_completions(self, args: list[str], incomplete: str) -> "list[CompletionItem[str]]":
        word = os.environ.get("COMP_WORD", incomplete)
        before = incomplete.removesuffix(word) if incomplete.endswith(word) else ""
        items = super().get_completions(args, incomplete)
        return [CompletionItem(item.value.removeprefix(before), item.type) for item in items]


class _Zsh(_Complete, ZshComplete):
    source_template = _ZSH

    def format_completion(self, item: "CompletionItem[str]") -> str:
        return f"{item.value}\n{item.help or ''}"


class _Fish(_Complete, FishComplete):
    source_template = _FISH

    def format_completion(self, item: "CompletionItem[str]") -> str:
        return f"{item.value}\t{item.help or ''}"


def register_shells() -> None:
    """Make them known to click, which uses them if the environment variable `_RESNET_DSL_COMPLETE` asks for it."""
    for shell in (_Bash, _Zsh, _Fish):
        add_completion_class(shell)
