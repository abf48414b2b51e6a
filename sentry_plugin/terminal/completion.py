"""Completion of words on a command line, for shells, from the generated files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sentry_plugin.steps import schema, step

if TYPE_CHECKING:
    from sentry_plugin.strictjson import JSON

SHELLS = {
    "bash": r"""_sentry_plugin() {
  local -a words
  read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
  [[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=("")
  local word=${words[-1]}
  mapfile -t COMPREPLY < <("${words[0]}" complete "${words[@]:1}")
  [[ $word == *=* ]] && COMPREPLY=("${COMPREPLY[@]#"${word%%=*}="}") # bash splits words at "="
  [[ ${COMPREPLY[*]} == *= ]] && compopt -o nospace
}
complete -F _sentry_plugin sentry-plugin sentry_plugin
""",
    "zsh": r"""#compdef sentry-plugin sentry_plugin
_sentry_plugin() {
  local -a found
  found=("${(@f)$("$words[1]" complete "${(@)words[2,CURRENT]}")}")
  compadd -S '' -a found
}
compdef _sentry_plugin sentry-plugin sentry_plugin
""",
    "fish": r"""function __sentry_plugin
  set -l words (commandline -opc) (commandline -ct | string collect -a)
  $words[1] complete $words[2..]
end
complete -c sentry-plugin -c sentry_plugin -f -a '(__sentry_plugin)'
""",
}
"""A script for each shell, which calls this program."""

_OF_KIND = {"call": ("action",), "sample": ("action", "trigger", "task"), "watch": ("trigger",)}


def candidates(words: Sequence[str], commands: Iterable[str]) -> list[str]:
    """List the completions of the last of *words*, which follow the program's name."""
    before, word = words[:-1], words[-1] if words else ""
    if not before:
        found: Iterable[str] = commands
    elif before == ["completion"]:
        found = SHELLS
    elif before[0] in _OF_KIND and len(before) == 1:
        index = step.index()
        found = [name for kind in _OF_KIND[before[0]] for name in index[f"{kind}s"]]
    elif before[0] in {"call", "watch"}:
        found = _of_step(before[1], before[2:], word)
    else:
        found = ()
    return [each for each in found if each.startswith(word)]


def _of_step(name: str, before: Sequence[str], word: str) -> list[str]:
    index = step.index()
    if not any(name in index[kind] for kind in ("actions", "triggers")):
        return []
    properties: JSON = schema.load(name, "input").get("properties", {})
    field, equals, _ = word.partition("=")
    if equals:
        return [f"{field}={value}" for value in _values(properties.get(field, {}))]
    given = {each.partition("=")[0] for each in before}
    return [
        f"{each}="
        for each, about in properties.items()
        if each not in given or about.get("type") == "array"
    ]


def _values(about: JSON) -> list[str]:
    if about.get("type") == "boolean":
        return ["true", "false"]
    return [str(each) for each in about.get("enum", ())]
