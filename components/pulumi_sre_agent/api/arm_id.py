"""ARM ids: what one says, and how one is made."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote

from pulumi_sre_agent.api.errors import ConfigError


def form(resource_type: str) -> str:
    """Return how the ids of a type such as `Microsoft.App/agents` look."""
    namespace, *types = resource_type.split("/")
    names = "".join(f"/{each}/<name>" for each in types)
    return f"/subscriptions/<subscription>/resourceGroups/<group>/providers/{namespace}{names}"


@dataclass(frozen=True, eq=False)
class ArmId:
    """The id of something in Azure; one that differs only in the case of letters is equal to it.

    It can be made of any text: what that does not say is empty. `parse` refuses what is no id.
    """

    text: str

    @classmethod
    def parse(cls, text: str, resource_type: str) -> Self:
        """Read the id of a resource of a type. Raises `ConfigError` for anything else."""
        arm_id = cls(text)
        if not arm_id.is_a(resource_type):
            raise ConfigError(
                f"{text!r} is not an id of {resource_type}, which looks like {form(resource_type)}."
            )
        return arm_id

    @classmethod
    def scope(cls, subscription_id: str, resource_group: str = "") -> Self:
        """Return the id of a subscription, or of a resource group in it."""
        group = f"/resourceGroups/{resource_group}" if resource_group else ""
        return cls(f"/subscriptions/{subscription_id}{group}")

    def child(self, segment: str, name: str) -> Self:
        """Return the id of something below this; a slash in its name is written as in an address."""
        return type(self)(f"{self}/{segment}/{name.replace('%', '%25').replace('/', '%2F')}")

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ArmId) and self.text.lower() == other.text.lower()

    def __hash__(self) -> int:
        return hash(self.text.lower())

    @property
    def subscription_id(self) -> str:
        return self._after("subscriptions", 0)

    @property
    def resource_group(self) -> str:
        return self._after("resourcegroups", 2)

    @property
    def name(self) -> str:
        """The last segment."""
        return unquote(self._segments[-1]) if self._segments else ""

    @property
    def type(self) -> str:
        """Its type, such as `Microsoft.App/agents`; empty for what no provider has."""
        keywords = [segment.lower() for segment in self._segments]
        if "providers" not in keywords:
            return ""
        last = len(keywords) - 1 - keywords[::-1].index("providers")
        namespace, *path = self._segments[last + 1 :]
        return "/".join([namespace, *path[::2]])

    @property
    def short_name(self) -> str:
        """The id as people say it: `agents/a/skills/s in resource group g`."""
        segments = self._segments
        keywords = [segment.lower() for segment in segments]
        if "providers" not in keywords:
            return "/".join(segments)
        resource = "/".join(segments[keywords.index("providers") + 2 :]) or "/".join(segments)
        return resource + (f" in resource group {self.resource_group}" if self.resource_group else "")

    @property
    def parent(self) -> Self:
        """What this is a child of."""
        return type(self)(self.text.rsplit("/", 2)[0])

    def is_a(self, resource_type: str) -> bool:
        """Tell whether it is the id of a resource of a type."""
        pattern = re.sub(r"<\w+>", r"[^/\\s]+", re.escape(form(resource_type)))
        return re.fullmatch(pattern, self.text, re.IGNORECASE) is not None

    @property
    def _segments(self) -> list[str]:
        return [segment for segment in self.text.split("/") if segment]

    def _after(self, keyword: str, position: int) -> str:
        """Return the segment behind a keyword that stands at a position."""
        keyword_there, *value = [*self._segments[position : position + 2], ""]
        return value[0] if keyword_there.lower() == keyword else ""
