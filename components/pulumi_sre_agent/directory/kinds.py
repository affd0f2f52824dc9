"""The directory's side of each kind: where its items lie and how their files differ from the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pulumi_sre_agent.api import kinds
from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.resources._fields import Local, Node, tree
from pulumi_sre_agent.resources.common_prompt import CommonPromptArgs
from pulumi_sre_agent.resources.connector import ConnectorArgs
from pulumi_sre_agent.resources.repo import RepoArgs
from pulumi_sre_agent.resources.skill import SkillArgs
from pulumi_sre_agent.resources.tool import ToolArgs

Aliases = Mapping[tuple[str, ...], Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How the texts of a document are substituted."""

    variables: bool = False
    """Whether `${VAR}` is resolved; in prose it would be somebody's shell example."""
    prose: frozenset[str] = frozenset({"description"})
    """Members whose `{{…}}` may be no prompt of ours."""
    contents: frozenset[str] = frozenset()
    """Members that a bare file name may stand for."""


@dataclass(frozen=True, kw_only=True)
class Row(Dialect):
    """How one kind is written in a directory."""

    kind: Kind
    args: type
    """The arguments of its resource class."""
    folder: str
    """Below `config/` and `automations/`; empty: the items stand in connectors.json."""
    types: tuple[str, ...]
    """What may stand as `type` or `kind` around an item."""
    server_set: frozenset[str] = frozenset()
    """Members that exports contain and Azure sets; dropped."""
    aliases: Aliases = field(default_factory=dict)
    """Other spellings of members, by the way to the object that holds them."""
    optional: str = ""
    """Where prompts leave this member empty, the item is not meant to be there."""

    @property
    def nodes(self) -> Mapping[str, Node]:
        """What a file may say: the arguments but for those that say where the item goes."""
        return {name: node for name, node in tree(self.args).items() if not node.has(Local)}


CONNECTOR = Row(
    kind=kinds.CONNECTOR,
    args=ConnectorArgs,
    folder="",
    types=("AgentConnector", "KnowledgeItem"),
    variables=True,
    server_set=frozenset({"provisioningState", "deploymentError", "source"}),
)

ROWS: tuple[Row, ...] = (
    Row(
        kind=kinds.TOOL,
        args=ToolArgs,
        folder="tools",
        types=("ExtendedAgentTool", "Tool"),
        variables=True,
        prose=frozenset({"description", "query", "template", "functionCode"}),
        contents=frozenset({"query", "functionCode"}),
    ),
    Row(
        kind=kinds.SKILL,
        args=SkillArgs,
        folder="skills",
        types=("Skill",),
        prose=frozenset({"description", "skillContent", "skillMdContent", "content"}),
        contents=frozenset({"skillContent", "skillMdContent", "content"}),
        server_set=frozenset({"sourcePluginInstallation"}),
        aliases={
            (): {"skillMdContent": "skillContent"},
            ("additionalFiles",): {"name": "filePath", "path": "filePath"},
        },
    ),
    Row(
        kind=kinds.COMMON_PROMPT,
        args=CommonPromptArgs,
        folder="common-prompts",
        types=("CommonPrompt",),
        prose=frozenset({"description", "prompt", "content"}),
        contents=frozenset({"prompt", "content"}),
        aliases={(): {"content": "prompt"}},
    ),
    Row(
        kind=kinds.REPO,
        args=RepoArgs,
        folder="repos",
        types=("CodeRepo",),
        variables=True,
        server_set=frozenset({"cloneStatus", "latestCommit", "errorMessage"}),
        optional="url",
    ),
)
"""The kinds that have a folder, in the order in which an agent takes them."""
