"""An agent's repositories as they are; declaring them is a kind of resource.

See docs/reference/data-plane.md#repositories.
"""

from collections.abc import Iterator

from pydantic import AliasChoices, Field

from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.http.models import Body


class Repo(Body):
    name: str
    url: str | None = None
    type: str | None = None
    """`GitHub` or `AzureDevOps`."""
    branch: str | None = None
    clone_status: str | None = Field(default=None, validation_alias=AliasChoices("cloneStatus", "status"))
    """`NotStarted`, `Cloning`, `Ready` or `Failed`."""
    latest_commit: str | None = None
    error_message: str | None = None


class Repos:
    """The repositories of one agent. Errors are those of the data plane."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def list(self) -> Iterator[Repo]:
        for name, spec in self._collection.list().items():
            yield Repo.read({**spec, "name": name})

    def get(self, name: str) -> Repo:
        """Return one. Raises `NotFound`."""
        return Repo.read({**self._collection.get(name), "name": name})

    def wait_until_cloned(self, name: str) -> Repo:
        """Wait for a clone, which takes minutes. Raises `OperationFailed` with the service's reason."""
        return Repo.read(
            {**self._collection.wait_until_ready(name, self._collection.get(name)), "name": name}
        )

    def test(self, name: str) -> None:
        """Have the service reach for a repository. Raises `OperationFailed` with its reason."""
        self._collection.test(name)
