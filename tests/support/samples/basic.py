"""Samples of the kinds that the first release knew."""

from .sample import LONG, Sample

BASIC: dict[str, Sample] = {
    "Tool": Sample(
        {
            "name": "slow-queries",
            "type": "KustoTool",
            "description": "Finds slow queries.",
            "parameters": [
                {"name": "since", "type": "string", "description": "How far back.", "required": True},
                {"name": "limit", "type": "int"},
            ],
            "tool_mode": "Auto",
            "connector": "my-kusto",
            "database": "telemetry",
            "query": "Queries\n| where Duration > 1s",
            "timeout_seconds": 30,
            "additional_properties": {"retention": {"days": 7}},
        },
        {
            "description": "Finds the slowest queries.",
            "parameters": [{"name": "since", "type": "timespan"}],
            "tool_mode": "Manual",
            "connector": "other-kusto",
            "database": "archive",
            "query": "Queries | take 1",
            "timeout_seconds": 60,
            "additional_properties": {"retention": {"days": 8}},
        },
    ),
    "Skill": Sample(
        {
            "name": "triage",
            "description": "Use it first.",
            "skill_content": LONG,
            "tools": ["RunAzCliReadCommands", "SearchMemory"],
            "additional_files": [
                {"file_path": "a.md", "content": "# A\n"},
                {"file_path": "b/c.sh", "content": "echo c\n"},
            ],
        },
        {
            "description": "Use it last.",
            "skill_content": LONG[::-1],
            "tools": ["SearchMemory"],
            "additional_files": [{"file_path": "a.md", "content": "# B\n"}],
        },
    ),
    "CommonPrompt": Sample(
        {"name": "safety-rules", "prompt": "Never delete anything.\n"}, {"prompt": "Ask before you delete.\n"}
    ),
    "Repo": Sample(
        {
            "name": "my-repo",
            "url": "https://github.com/contoso/payments",
            "type": "GitHub",
            "description": "The payments service.",
            "branch": "main",
            "auth_connector_name": "github",
        },
        {
            "url": "https://github.com/contoso/ledger",
            "type": "AzureDevOps",
            "description": "The ledger.",
            "branch": "release",
            "auth_connector_name": "other",
        },
        operations=True,
    ),
}
