"""Samples of what an agent does by itself, and of what may stop it."""

from .sample import Sample

EXTENSIONS: dict[str, Sample] = {
    "PluginConfig": Sample(
        {
            "name": "runbooks",
            "properties": {"folder": "runbooks", "depth": 3, "apiKey": "s3cret-key", "tags": ["b", "a"]},
        },
        {"properties": {"folder": "playbooks", "depth": 3, "apiKey": "s3cret-key", "tags": ["b", "a"]}},
    ),
}
