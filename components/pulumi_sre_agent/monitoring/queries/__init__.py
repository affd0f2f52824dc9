"""Queries over what an agent writes to its Application Insights, one to a file.

`incidents` and `generations` define a function each, which the others call: `query` puts them in front.
"""

from importlib import resources


def query(*names: str) -> str:
    """Return the queries of these names as one, in this order."""
    folder = resources.files(__name__)
    return "\n".join(folder.joinpath(f"{name}.kql").read_text("utf-8") for name in names)
