"""Load a prompt file and render it with data.

A prompt is `prompts/<name>/<version>.yaml`: YAML front matter between two `---` lines, then the messages. A message
starts with a line that holds its role in brackets (`[system]`, `[user]`, `[assistant]`); its text is a Jinja2
template. Roles and messages are taken from the file before anything is inserted, and an inserted value is never
rendered again, so a value can neither add a message nor run template code.
"""

from __future__ import annotations

import re
import traceback
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import yaml
from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

Role = Literal["system", "user", "assistant"]

ROOT = Path(__file__).parent
_ROLE_LINE = re.compile(r"^\[(system|user|assistant)\][ \t]*$")
_REQUIRED = ("name", "version", "purpose", "inputs", "output", "model", "changelog")


class PromptError(ValueError):
    """A prompt file or its inputs are wrong. The message names the file, the line if known, and the reason."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        self.path, self.line, self.reason = path, line, reason
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")


@dataclass(frozen=True, slots=True)
class Section:
    """One message of the file: its role, its template, the line its text starts on, and whether it has no variables."""

    role: Role
    template: Template = field(repr=False)
    line: int
    static: bool


@dataclass(frozen=True, slots=True)
class Prompt:
    """One version of a prompt. `output` describes the answer's form; `draft` versions are loaded only by number."""

    name: str
    version: int
    purpose: str
    inputs: Mapping[str, str]
    output: Any
    model: str
    changelog: str
    path: Path
    sections: tuple[Section, ...]
    parameters: Mapping[str, Any]
    draft: bool = False

    @property
    def reference(self) -> str:
        """How turns and log lines name it: `explain@2`."""
        return f"{self.name}@{self.version}"

    @property
    def static_messages(self) -> int:
        """How many leading messages never change: the prefix that an engine computes once and keeps."""
        for count, section in enumerate(self.sections):
            if not section.static:
                return count
        return len(self.sections)

    def render(self, **inputs: Any) -> tuple[tuple[Role, str], ...]:
        """The messages as (role, content), with the inputs inserted as plain data.

        Raises
        ------
        PromptError
            for an input that is missing or unknown, and for a value without an attribute that the template uses.
        """
        if missing := sorted(set(self.inputs) - set(inputs)):
            raise PromptError(self.path, None, f"missing input: {', '.join(missing)}")
        if unknown := sorted(set(inputs) - set(self.inputs)):
            raise PromptError(
                self.path, None, f"unknown input: {', '.join(unknown)} (declared: {', '.join(self.inputs)})"
            )
        return tuple((section.role, self._render(section, inputs)) for section in self.sections)

    def _render(self, section: Section, inputs: Mapping[str, Any]) -> str:
        try:
            return section.template.render(**inputs).strip()
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            lines = [
                frame.lineno for frame in traceback.extract_tb(error.__traceback__) if "template" in frame.filename
            ]
            line = section.line + (lines[-1] or 1) - 1 if lines else section.line
            raise PromptError(self.path, line, str(error)) from error


def clean(value: object, limit: int | None = None) -> object:
    """Data made safe for one line of a prompt; everything that is not a string passes unchanged.

    Line breaks and control characters become spaces, invisible formatting characters go, and `<|` is broken up because
    chat templates spell their control tokens with it. `limit` cuts the text after so many characters.
    """
    if not isinstance(value, str):
        return value
    kept = []
    for char in value:
        category = unicodedata.category(char)
        if category in {"Cc", "Zl", "Zp"}:
            kept.append(" ")
        elif category[0] != "C":
            kept.append(char)
    text = " ".join("".join(kept).split(" ")).replace("<|", "< |").replace("|>", "| >")
    return text if limit is None or len(text) <= limit else text[:limit].rstrip() + "…"


def _environment() -> SandboxedEnvironment:
    # `finalize` sees every inserted value, so no prompt can forget to clean one.
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, finalize=clean, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters["clean"] = clean
    return environment


def names(root: Path = ROOT) -> tuple[str, ...]:
    """The prompts that exist, in alphabetical order."""
    return tuple(sorted(folder.name for folder in root.iterdir() if folder.is_dir() and any(_files(folder))))


def versions(name: str, root: Path = ROOT) -> tuple[int, ...]:
    """The versions of a prompt, oldest first; empty when there is no such prompt."""
    return tuple(sorted(int(file.stem) for file in _files(root / name)))


def latest(name: str, root: Path = ROOT) -> int:
    """The newest version that is no draft."""
    for version in reversed(versions(name, root)):
        if not load_file(root / name / f"{version}.yaml").draft:
            return version
    raise PromptError(root / name, None, f"no prompt {name!r}; there are: {', '.join(names(root)) or 'none'}")


def parse_reference(reference: str) -> tuple[str, int | None]:
    """Split `explain@2` into name and version; without a version it is None, the latest."""
    name, _, version = reference.partition("@")
    digits = version.removeprefix("v")
    if not name or (version and not digits.isdecimal()):
        raise ValueError(f"{reference!r} is no prompt reference; write a name, or a name and a version as in explain@2")
    return name, int(digits) if digits else None


def load(name: str, version: int | None = None, root: Path = ROOT) -> Prompt:
    """A prompt by name and version; the latest version that is no draft when none is given.

    Raises
    ------
    PromptError
        when there is no such file, or something in it is wrong.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
        raise PromptError(root / name, None, "a prompt's name holds lower-case letters, digits, - and _ only")
    path = root / name / f"{latest(name, root) if version is None else version}.yaml"
    if not path.is_file():
        known = ", ".join(str(number) for number in versions(name, root)) or "none"
        raise PromptError(path, None, f"no such version of {name!r}; there are: {known}")
    prompt = load_file(path)
    if (prompt.name, str(prompt.version)) != (name, path.stem):
        raise PromptError(path, None, f"its front matter says {prompt.reference}, its path says {name}@{path.stem}")
    return prompt


@cache
def load_file(path: Path) -> Prompt:
    """The prompt in this file, checked: front matter complete, templates valid, every variable declared."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(path, None, f"cannot be read: {error}") from error
    if lines[0].strip() != "---" or "---" not in (line.rstrip() for line in lines[1:]):
        raise PromptError(path, 1, "a prompt starts with front matter between two lines of ---")
    end = next(number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---")
    head = _front_matter(path, "\n".join(lines[1:end]))
    inputs = cast(dict[str, str], head["inputs"] or {})
    return Prompt(
        name=str(head["name"]),
        version=int(head["version"]),
        purpose=str(head["purpose"]),
        inputs=inputs,
        output=head["output"],
        model=str(head["model"]),
        changelog=str(head["changelog"]),
        path=path,
        sections=tuple(_sections(path, lines, end + 1, frozenset(inputs))),
        parameters=head.get("parameters") or {},
        draft=bool(head.get("draft", False)),
    )


def _front_matter(path: Path, text: str) -> dict[str, Any]:
    try:
        head = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise PromptError(path, mark.line + 2 if mark else 1, f"front matter is not YAML: {error}") from error
    if not isinstance(head, dict):
        raise PromptError(path, 1, "front matter must be a mapping")
    if missing := [key for key in _REQUIRED if key not in head]:
        raise PromptError(path, 1, f"front matter lacks: {', '.join(missing)}")
    if not isinstance(head["version"], int):
        raise PromptError(path, 1, f"version must be a whole number, not {head['version']!r}")
    if not isinstance(head["inputs"] or {}, dict):
        raise PromptError(path, 1, "inputs must map each name to what it is")
    return head


def _sections(path: Path, lines: list[str], start: int, inputs: frozenset[str]) -> Iterator[Section]:
    marks = [number for number in range(start, len(lines)) if _ROLE_LINE.match(lines[number])]
    if not marks:
        raise PromptError(path, start + 1, "no message; one starts with a line [system], [user] or [assistant]")
    if any(line.strip() for line in lines[start : marks[0]]):
        raise PromptError(path, start + 1, "text before the first [role] line")
    for mark, following in zip(marks, [*marks[1:], len(lines)], strict=True):
        role = cast(Role, lines[mark].strip().strip("[]"))
        yield _section(path, role, "\n".join(lines[mark + 1 : following]), mark + 2, inputs)


def _section(path: Path, role: Role, text: str, line: int, inputs: frozenset[str]) -> Section:
    environment = _environment()
    try:
        tree = environment.parse(text)
        template = environment.from_string(text)
    except TemplateSyntaxError as error:
        raise PromptError(path, line + error.lineno - 1, f"template error: {error.message}") from error
    used = find_undeclared_variables(tree)
    if unknown := used - inputs:
        name = min(unknown)
        found = next((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), 1)
        raise PromptError(path, line + found - 1, f"unknown variable {name!r}; inputs are: {', '.join(sorted(inputs))}")
    return Section(role, template, line, static=not used)


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.glob("*.yaml") if file.stem.isdecimal()]
