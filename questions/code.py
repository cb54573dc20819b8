"""What a block of code says: the statements its comments make and the commands it runs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from questions.safe_yaml import load_all
from questions.words import vocabulary

_SHELLS = frozenset(
    {"bash", "sh", "shell", "console", "zsh", "powershell", "terminal", "cmd", "shell-session"}
)
_DATA = frozenset({"yaml", "yml"})
_DIAGRAMS = frozenset({"mermaid", "plantuml", "dot", "graphviz", "ascii", "math", "latex"})
_SLASHES = vocabulary(
    "js javascript jsx ts typescript tsx java c cpp c++ cs csharp c# go golang rust rs swift kotlin kt "
    "scala php dart groovy json5 jsonc scss less css proto objective-c"
)
_DASHES = vocabulary("sql mysql postgresql plsql tsql lua haskell hs ada vhdl elm")

_NOISE = re.compile(
    r"\.\.\.|!/|syntax=|eslint|noqa|type:|pylint|region\b|todo\b|output\b|result\b|prints?\b|=>|->|[-=*#~_]{3,}|"
    r"(?:❌|✅|✗|✓|👎|👍)?\s*(?:bad|good|poor|wrong|right|correct|incorrect|example|before|after|usage)\W*$",
    re.IGNORECASE,
)
_PROGRAM_WITH_VERB = vocabulary(
    "docker docker-compose kubectl git npm yarn pip apt apt-get brew helm terraform systemctl aws gcloud "
    "az cargo go dotnet podman ip openssl ansible redis-cli make gh conda poetry pnpm minikube"
)
_NESTED_VERBS = vocabulary(
    "service network volume image container system compose swarm stack secret config node buildx scout "
    "plugin context manifest trust builder rollout remote stash"
)
_PROMPT = re.compile(r"^(?:\$|>|%|PS [^>]*>|[\w.-]+@[\w.-]+[^$#]*[$#])\s+")
_GENERIC_FLAGS = frozenset({"--name", "-it", "-ti", "-d", "--rm"})
_MOST_COMMANDS = 4
_MOST_FLAGS = 6
_MOST_VALUES = 100
_MOST_NODES = 2_000  # that are looked at for values: references make a short text stand for billions


@dataclass(frozen=True, slots=True)
class CodeStatement:
    """A statement in plain text; `terms` are its commands and flags; `commented`: an author worded it."""

    text: str
    terms: tuple[str, ...] = ()
    commented: bool = False


def code_statements(code: str, info: str = "") -> list[CodeStatement]:
    """Return what a code block says, in order. `info` is its fence's info string, such as "bash"."""
    language = info.split()[0].strip("{}.").casefold() if info.split() else ""
    if language in _DIAGRAMS:
        return []
    found: list[CodeStatement] = []
    for comments, lines in _passages(code, language):
        said = list(_comment_statements(comments))
        if len(said) == 2 and len(comments) == 2 and not lines and not comments[1].startswith(("- ", "* ")):
            said = [f"{said[0]}: {said[1]}"]
        if language in _SHELLS or (not language and _looks_like_shell(lines)):
            found += _with_commands(said, _commands(lines))
        elif language in _DATA:
            found += _with_data(said, _data_statements("\n".join(lines)))
        else:
            found += [CodeStatement(text, commented=True) for text in said]
    return found


_CALL = re.compile(r"(?<![\w.])((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)\s*\(")
_COMMON_CALLS = vocabulary(
    "if for while switch catch return function print println printf console.log log main len range super "
    "System.out.println require import def and or not in foo bar baz alert document.write"
)
_MOST_USED = 4
_LONGEST_LINE = 160


def code_usage(code: str, info: str = "") -> list[CodeStatement]:
    """Return what uncommented code that is a whole answer does: its line, its lines of text, its calls."""
    language = info.split()[0].strip("{}.").casefold() if info.split() else ""
    if language in _DIAGRAMS:
        return []
    lines = [line.strip() for line in code.split("\n") if any(c.isalnum() for c in line)]
    if not lines:
        return []
    whole = " ".join(lines)
    if len(whole) <= _LONGEST_LINE:
        return [CodeStatement(whole)]
    if not language and not re.search(r"[{};=<>]|\(\)", code):
        return [CodeStatement(line[:_LONGEST_LINE]) for line in lines[:_MOST_USED] if len(line.split()) > 1]
    calls = dict.fromkeys(name for name in _CALL.findall(code) if name not in _COMMON_CALLS)
    names = tuple(calls)[:_MOST_USED]
    return [CodeStatement(f"The code uses {', '.join(names)}", names)] if names else []


def _passages(code: str, language: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield comments with the lines of code that they stand before, or end."""
    mark = "//" if language in _SLASHES else "--" if language in _DASHES else "#"
    comments: list[str] = []
    lines: list[str] = []
    for line in code.split("\n"):
        stripped = line.strip()
        comment = _comment(stripped, mark)
        code_part, _, trailing = line.partition(f"  {mark}")
        if language in _DATA and lines:
            # YAML is only data as a whole: neither a comment nor a blank line inside cuts it.
            lines.append(line)
        elif comment is not None:
            if lines:
                yield comments, lines
                comments, lines = [], []
            comments.append(comment)
        elif stripped and trailing.strip():
            if comments or lines:
                yield comments, lines
            yield [trailing.strip(f"{mark[0]} ")], [code_part]
            comments, lines = [], []
        elif stripped:
            lines.append(line)
        elif comments and not lines and language not in _DATA:
            yield comments, lines
            comments = []
    if comments or lines:
        yield comments, lines


def _comment(line: str, mark: str) -> str | None:
    if line.startswith(mark) and not line.startswith(("#include", "#define", "#!")):
        return line.lstrip(mark[0]).strip()
    if mark == "//" and line.startswith(("/*", "* ", "*/")):
        return line.strip("/* ")
    if line.startswith("<!--"):
        return line.removeprefix("<!--").removesuffix("-->").strip()
    return None


def _comment_statements(comments: list[str]) -> Iterator[str]:
    """Yield the statements of neighbouring comment lines: a `- item` keeps the line above as its label."""
    label = ""
    held = ""
    items = [comment for comment in comments if comment.startswith(("- ", "* "))]
    for comment in comments:
        if not comment or _NOISE.match(comment):
            continue
        if comment.startswith(("- ", "* ")):
            yield f"{label}: {comment[2:].strip()}" if label else comment[2:].strip()
        elif items:
            label = comment.rstrip(":. ")
        elif held and comment[0].islower():
            held = f"{held} {comment}"
        else:
            if held:
                yield held
            held = comment.rstrip(":. ")
    if held:
        yield held


def _looks_like_shell(lines: list[str]) -> bool:
    return bool(lines) and all(
        (_PROMPT.sub("", line.strip()).split() or [""])[0] in _PROGRAM_WITH_VERB for line in lines
    )


def _commands(lines: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return (command, flags) of each command line, continued lines joined: ("docker run", ("--rm",))."""
    joined = "\n".join(lines).replace("\\\n", " ").split("\n")
    found = []
    for line in joined:
        tokens = _PROMPT.sub("", line.strip()).split()
        while tokens and ("=" in tokens[0] or tokens[0] in ("sudo", "time", "exec", "env")):
            tokens = tokens[1:]
        # Upper case is a Dockerfile's instruction, or SQL.
        if not tokens or tokens[0].isupper() or not re.fullmatch(r"[A-Za-z][\w.+-]*", tokens[0]):
            continue
        name = _command_name(tokens)
        if "|" in tokens:
            after = tokens[tokens.index("|") + 1 :]
            if name.split()[0] in ("echo", "cat", "printf") and after:
                tokens = after
                name = _command_name(after)
        found.append((name, tuple(_flags(tokens))))
    return found


def _command_name(tokens: list[str]) -> str:
    name = [tokens[0]]
    for token in tokens[1:3]:
        if tokens[0] not in _PROGRAM_WITH_VERB or not re.fullmatch(r"[a-z][a-z-]*", token):
            break
        if len(name) == 2 and name[1] not in _NESTED_VERBS:
            break
        name.append(token)
    return " ".join(name)


def _flags(tokens: list[str]) -> Iterator[str]:
    for index, token in enumerate(tokens):
        if token in ("|", "&&", ";"):
            return
        if not token.startswith("-") or len(token) < 2:
            # What follows the container's name is a command of its own.
            before = tokens[index - 1]
            is_value = before.startswith("-") and "=" not in before
            if index > 1 and tokens[1] in ("exec", "run") and not is_value:
                return
            continue
        value = tokens[index + 1] if index + 1 < len(tokens) else ""
        if (
            token.startswith("--")
            and "=" not in token
            and re.fullmatch(r"[\w.:/%]+", value)
            and len(value) <= 12
        ):
            yield f"{token} {value}"
        else:
            yield token


def _with_commands(said: list[str], commands: list[tuple[str, tuple[str, ...]]]) -> list[CodeStatement]:
    """Join what comments say with the commands below; commands without a comment speak for themselves."""
    names = tuple(dict.fromkeys(name for name, _ in commands if name not in ("echo", "cd", "export")))
    if not names:
        return [CodeStatement(text, commented=True) for text in said]
    if len(names) == 1:
        # A flag's value is an example, and a name or a terminal is beside the point.
        own = dict.fromkeys(_bare(flag) for name, own in commands if name == names[0] for flag in own)
        flags = [flag for flag in own if flag not in _GENERIC_FLAGS]
        shown = " ".join([names[0], *flags[:_MOST_FLAGS]])
    else:
        flags = []
        shown = ", ".join(names[:_MOST_COMMANDS])
    terms = (
        *names[:_MOST_COMMANDS],
        *(flag for flag in flags if flag.startswith("--")),
    )
    if said:
        earlier = [CodeStatement(text, commented=True) for text in said[:-1]]
        return [*earlier, CodeStatement(f"{said[-1]} ({shown})", tuple(dict.fromkeys(terms)), commented=True)]
    return [
        CodeStatement(" ".join([name, *own[:_MOST_FLAGS]]), (name,))
        for name, own in commands
        if own or " " in name
    ]


def _bare(flag: str) -> str:
    return flag.split(" ")[0].split("=")[0]


def _with_data(said: list[str], data: list[str]) -> list[CodeStatement]:
    if not said:
        return [CodeStatement(text) for text in data]
    first = f"{said[-1]}: {data[0]}" if data else said[-1]
    earlier = [CodeStatement(text, commented=True) for text in said[:-1]]
    return [*earlier, CodeStatement(first, commented=True), *(CodeStatement(text) for text in data[1:])]


# Keys whose values say nothing about the matter.
_SILENT_KEYS = frozenset(
    {"apiVersion", "kind", "metadata", "version", "name", "type", "image", "scaleTargetRef"}
)


def _data_statements(source: str) -> list[str]:
    """Return what a YAML configuration sets up: its services, or its kind, and their settings."""
    import yaml

    try:
        documents = load_all(source)
    except yaml.YAMLError:
        return []
    found: list[str] = []
    for data in documents:
        if not isinstance(data, dict):
            continue
        services = data.get("services")
        if isinstance(services, dict):
            found.append("services " + ", ".join(map(str, services)))
            found += [s for name, body in services.items() if (s := _settings(str(name), body))]
        elif isinstance(data.get("kind"), str):
            found += [s for s in [_settings(data["kind"], data.get("spec"))] if s]
    return found


def _settings(name: str, body: Any) -> str:
    found = islice(_leaves(body, "", iter(range(_MOST_NODES))), _MOST_VALUES)
    leaves = list(dict.fromkeys(found))[:_MOST_FLAGS]
    return f"{name} with {', '.join(leaves)}" if leaves else ""


def _leaves(node: Any, name: str, left: Iterator[int]) -> Iterator[str]:
    """Yield what a node's values say, until `left` nodes have been looked at."""
    if next(left, None) is None:
        return
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "name" and isinstance(value, str) and name:
                yield f"{name} {value}"
            elif isinstance(value, dict) and set(value) == {"condition"}:
                yield f"{name} {key} ({value['condition']})"
            elif key not in _SILENT_KEYS:
                yield from _leaves(value, str(key), left)
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, name, left)
    elif isinstance(node, str | int | float | date) and len(str(node)) <= 40:
        yield f"{name} {str(node).lower() if isinstance(node, bool) else node}"
