"""What Discord refuses in a request body: by its own OpenAPI file, and by limits that file leaves out."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

JSON = dict[str, Any]

CONTENT = 2_000  # characters of a message
EMBEDS = 6_000  # characters of all embeds of a message together
TEXT_DISPLAYS = 4_000  # characters of all text displays of a message together
COMPONENTS_V2 = 1 << 15

_IDS = {"attachments.id", "recipient_id", "message_id", "channel_id", "guild_id"}
_ROOT = "urn:discord"
_BESIDE = Path(__file__).parents[3] / "shared" / "data" / "discord-openapi.json"


def specification() -> "Specification | None":
    """Read Discord's OpenAPI file: INTERVIEW_DISCORD_OPENAPI, or the shared data beside the repository."""
    path = Path(os.environ.get("INTERVIEW_DISCORD_OPENAPI") or _BESIDE)
    return Specification(path) if path.is_file() else None


class Specification:
    """Discord's own description of its REST API."""

    def __init__(self, path: Path) -> None:
        self._document = json.loads(path.read_text(encoding="utf-8"))
        resource: Resource[Any] = Resource.from_contents(self._document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(_ROOT, resource)
        self._templates = [(template.strip("/").split("/"), template) for template in self._document["paths"]]
        self._validator = cache(self._make_validator)

    def request_fault(self, method: str, path: str, body: object) -> str | None:
        """Say what Discord's file has against this request, None where it has nothing."""
        template = self._template(path)
        operation = self._document["paths"].get(template, {}).get(method.lower())
        if operation is None:
            return f"{method} {path} is no operation of Discord's"
        if body is None:
            return None
        if "requestBody" not in operation:
            return f"{method} {template} takes no body"
        where = ("paths", template, method.lower(), "requestBody", "content", "application/json", "schema")
        return self._fault(where, _with_text_ids(body), f"{method} {template}")

    def response_fault(self, method: str, path: str, status: int, body: object) -> str | None:
        """Say how an answer of ours differs from what Discord's file promises."""
        template = self._template(path)
        answers = self._document["paths"].get(template, {}).get(method.lower(), {}).get("responses", {})
        if str(status) not in answers:
            return f"{method} {template} never answers {status}"
        if "content" not in answers[str(status)]:
            return None if body is None else f"{method} {template} answers {status} without a body"
        where = ("paths", template, method.lower(), "responses", str(status), "content")
        return self._fault((*where, "application/json", "schema"), body, f"answer {method} {template}")

    def _fault(self, where: tuple[str, ...], body: object, about: str) -> str | None:
        error = best_match(self._validator(where).iter_errors(body))
        return f"{about}: {error.json_path}: {error.message[:300]}" if error else None

    def _make_validator(self, where: tuple[str, ...]) -> Draft202012Validator:
        pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in where)
        # A pointer is part of a URI, where braces and the like are written in percent.
        quoted = pointer.replace("{", "%7B").replace("}", "%7D")
        return Draft202012Validator({"$ref": f"{_ROOT}#/{quoted}"}, registry=self._registry)

    def _template(self, path: str) -> str:
        parts = path.strip("/").split("/")
        fitting = [
            (sum(part == own for part, own in zip(parts, template, strict=True)), name)
            for template, name in self._templates
            if len(template) == len(parts)
            and all(own == part or own.startswith("{") for part, own in zip(parts, template, strict=True))
        ]
        return max(fitting)[1] if fitting else path


def _with_text_ids(body: object, name: str = "") -> object:
    """Allow ids as numbers, which Discord takes, discord.py sends, and Discord's file doesn't know."""
    if isinstance(body, dict):
        return {
            key: _with_text_ids(value, f"{name}.id" if key == "id" else key) for key, value in body.items()
        }
    if isinstance(body, list):
        return [_with_text_ids(value, name) for value in body]
    if isinstance(body, int) and name in _IDS:
        return str(body)
    return body


def message_faults(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield what Discord has against a message as it would stand after the request."""
    content, embeds = message.get("content") or "", message.get("embeds") or []
    components = list(walk(message.get("components") or []))
    if not (content or embeds or components or message.get("attachments") or message.get("poll")):
        yield "Cannot send an empty message"
    if len(content) > CONTENT:
        yield f"content has {len(content)} characters, at most {CONTENT} fit"
    if (size := sum(map(embed_size, embeds))) > EMBEDS:
        yield f"embeds have {size} characters together, at most {EMBEDS} fit"
    if (message.get("flags") or 0) & COMPONENTS_V2 and (content or embeds):
        yield "content and embeds can't stand beside components v2"
    shown = sum(len(component.get("content") or "") for component in components if component["type"] == 10)
    if shown > TEXT_DISPLAYS:
        yield f"text displays have {shown} characters together, at most {TEXT_DISPLAYS} fit"
    ids = [component["custom_id"] for component in components if component.get("custom_id")]
    if len(ids) != len(set(ids)):
        yield "Component custom id cannot be duplicated"


def embed_size(embed: Mapping[str, Any]) -> int:
    """Count what Discord counts of an embed: title, description, fields, footer and author."""
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [(embed.get("author") or {}).get("name")]
    for field in embed.get("fields") or []:
        texts += [field["name"], field["value"]]
    return sum(len(text) for text in texts if text)


def walk(components: Sequence[JSON]) -> Iterator[JSON]:
    """Yield all components of a message or modal, nested ones after what holds them."""
    for component in components:
        yield component
        inner = [*(component.get("components") or [])]
        inner += [component[key] for key in ("component", "accessory") if component.get(key)]
        yield from walk(inner)
