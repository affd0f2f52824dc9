def test_smoke(azure):
    agent = azure.agent()
    print(azure.arm("GET", agent).json())
    r = azure.data(
        "PUT",
        agent,
        "/api/v2/extendedAgent/skills/triage",
        {
            "name": "triage",
            "type": "Skill",
            "tags": [],
            "properties": {"description": "x", "skillContent": "y" * 60},
        },
    )
    print(r.status_code, r.json())
    print(azure.data("GET", agent, "/api/v2/extendedAgent/skills").json())
    print(azure.arm("GET", agent + "/skills").json())
    c = azure.arm(
        "PUT",
        agent + "/connectors/kusto",
        {
            "properties": {
                "dataConnectorType": "Mcp",
                "dataSource": "x",
                "extendedProperties": {"type": "http", "endpoint": "https://e", "bearerToken": "sec"},
            }
        },
    )
    print(c.status_code, c.json(), c.headers)
    azure.settle(c)
    print(azure.arm("GET", agent + "/DataConnectors/kusto").json())
    print(
        azure.data(
            "PUT",
            agent,
            "/api/v2/repos/r",
            {"properties": {"url": "https://github.com/a/b", "type": "GitHub"}},
        ).json()
    )
    print(azure.arm("DELETE", azure.group(), api_version="2024-03-01").headers)
    print(azure.requests()[-3:])
