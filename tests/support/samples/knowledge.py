"""Samples of what an agent knows."""

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

from pulumi_sre_agent.api.kinds import Kind
from support.azure import LocalAzure

from .sample import Json, Sample

MEMORY = "/api/v1/agentmemory"
WORKSPACE = "/api/v1/WorkspaceMemory"
MEMORIES = f"{WORKSPACE}/synthesized-knowledge"
FOLDERS = Path(__file__).parent
HASHES = {
    name: hashlib.sha256((FOLDERS / "runbooks" / name).read_bytes()).hexdigest()
    for name in ("limits.csv", "queues.md")
}
INSTRUCTIONS = "/api/v2/agent/customInstructions"


def form(files: dict[str, bytes], **fields: str) -> tuple[bytes, dict[str, str]]:
    """Make a multipart body and its headers, as any client would."""
    parts = [
        (f'name="files"; filename="{name}"\r\nContent-Type: text/plain', content)
        for name, content in files.items()
    ]
    parts += [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    body = b"".join(
        f"--frontier\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    )
    return body + b"--frontier--\r\n", {"Content-Type": "multipart/form-data; boundary=frontier"}


def upload(cloud: LocalAzure, agent_id: str, **files: bytes) -> None:
    """Somebody uploads files; `__` in a name stands for the dot."""
    body, headers = form({name.replace("__", "."): content for name, content in files.items()})
    assert cloud.data("POST", agent_id, f"{MEMORY}/upload", body, headers=headers).is_success


def listed(cloud: LocalAzure, agent_id: str) -> dict[str, Json]:
    files = cloud.data("GET", agent_id, f"{MEMORY}/files").json()["files"]
    return {entry["name"]: entry for entry in files}


def write_document(cloud: LocalAzure, _kind: Kind, inputs: Json) -> None:
    """Upload a document of the content, or of the size, that the inputs say."""
    content = inputs["content"].encode().ljust(int(inputs["size"]))[: int(inputs["size"])]
    upload(cloud, inputs["agent_id"], **{inputs["name"]: content})
    cloud.poll(lambda: listed(cloud, inputs["agent_id"])[inputs["name"]]["isIndexed"])


def has_document(cloud: LocalAzure, _kind: Kind, inputs: Json) -> bool:
    return inputs["name"] in listed(cloud, inputs["agent_id"])


def write_folder(cloud: LocalAzure, _kind: Kind, inputs: Json) -> None:
    """Upload documents of the sizes that the inputs say."""
    for name, document in inputs["documents"].items():
        content = Path(inputs["path"], name).read_bytes().ljust(int(document["size"]))
        upload(cloud, inputs["agent_id"], **{name: content[: int(document["size"])]})
    cloud.poll(lambda: all(entry["isIndexed"] for entry in listed(cloud, inputs["agent_id"]).values()))


def has_folder(cloud: LocalAzure, _kind: Kind, inputs: Json) -> bool:
    return bool(inputs["documents"].keys() & listed(cloud, inputs["agent_id"]).keys())


def archive(files: dict[str, str]) -> bytes:
    """Make a gzip-compressed tar as `tar -czf - .` does."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb") as squeezed,
        tarfile.open(fileobj=squeezed, mode="w") as made,
    ):
        folder = tarfile.TarInfo("./")
        folder.type = tarfile.DIRTYPE
        made.addfile(folder)
        for path, text in files.items():
            member = tarfile.TarInfo(f"./{path}")
            member.size = len(text.encode())
            made.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


def archived(content: bytes) -> dict[str, str]:
    """Return the files of an archive that the service sent."""
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as found:
        return {
            member.name.removeprefix("./"): file.read().decode()
            for member in found
            if (file := found.extractfile(member))
        }


def archive_path(inputs: Json) -> str:
    return f"{WORKSPACE}/repo-instructions?repo={inputs['repo']}" if "repo" in inputs else MEMORIES


def write_archive(cloud: LocalAzure, _kind: Kind, inputs: Json) -> None:
    body, headers = archive(inputs["files"]), {"Content-Type": "application/gzip"}
    answer = cloud.data("POST", inputs["agent_id"], archive_path(inputs), body, headers=headers)
    assert answer.is_success, answer.text


def has_archive(cloud: LocalAzure, _kind: Kind, inputs: Json) -> bool:
    return cloud.data("GET", inputs["agent_id"], archive_path(inputs)).is_success


def write_instructions(cloud: LocalAzure, _kind: Kind, inputs: Json) -> None:
    body = {"instructions": inputs["instructions"]}
    assert cloud.data("PUT", inputs["agent_id"], INSTRUCTIONS, body).is_success


def has_instructions(cloud: LocalAzure, _kind: Kind, inputs: Json) -> bool:
    return bool(cloud.data("GET", inputs["agent_id"], INSTRUCTIONS).json()["instructions"])


KNOWLEDGE: dict[str, Sample] = {
    "KnowledgeDocument": Sample(
        {"name": "runbook.md", "content": "# When payments fail\n\nLook at the queue first.\n"},
        {},
        hidden={"content": "# When payments fail\n\nLook at the database.\n"},
        follows={"size": 3},
        keyed=lambda fresh: f"{fresh}.md",
        write=write_document,
        is_there=has_document,
        method="POST",
        path="/agentmemory/upload$",
        nameless=True,
        operations=True,
        refuses=False,
    ),
    "KnowledgeFolder": Sample(
        {"name": "runbooks", "path": str(FOLDERS / "runbooks")},
        {},
        hidden={"path": str(FOLDERS / "more_runbooks")},
        follows={
            "documents": {
                "limits.csv": {"content_hash": HASHES["limits.csv"], "size": 3},
                "queues.md": {"content_hash": HASHES["queues.md"], "size": 9},
            }
        },
        keyed=None,
        write=write_folder,
        is_there=has_folder,
        method="POST",
        path="/agentmemory/upload$",
        operations=True,
        refuses=False,
    ),
    "KnowledgeItem": Sample(
        {
            "name": "queues",
            "display_name": "Queues",
            "description": "How queues are watched.",
            "content": "# Queues\n\nWatch their length.\n",
            "file_name": "queues.md",
            "content_type": "text/markdown",
        },
        {
            "display_name": "All queues",
            "description": "How all queues are watched.",
            "content": "# Queues\n\nWatch their age.\n",
            "file_name": "queues.txt",
            "content_type": "text/plain",
        },
        replaces={"type": "KnowledgeText"},
    ),
    "SynthesizedKnowledge": Sample(
        {"files": {"overview.md": "# Payments\n", "topics/queues.md": "# Queues\n"}},
        {"files": {"overview.md": "# Payments and refunds\n", "topics/queues.md": "# Queues\n"}},
        keyed=None,
        write=write_archive,
        is_there=has_archive,
        method="POST",
        path="/synthesized-knowledge$",
    ),
    "RepoInstructions": Sample(
        {"repo": "contoso/payments", "files": {"AGENTS.md": "# Build\n", "docs/tests.md": "# Tests\n"}},
        {"files": {"AGENTS.md": "# Build and run\n"}},
        keyed=lambda fresh: f"contoso/{fresh}",
        write=write_archive,
        is_there=has_archive,
        method="POST",
        path="/repo-instructions$",
        nameless=True,
    ),
    "CustomInstructions": Sample(
        {"instructions": "Be brief.\nSay what you know.\n"},
        {"instructions": "Be thorough.\n"},
        keyed=None,
        write=write_instructions,
        is_there=has_instructions,
        path="/customInstructions$",
    ),
}
