"""Samples of how an agent reaches other systems."""

from .sample import Sample

CONNECTORS: dict[str, Sample] = {
    "Connector": Sample(
        {
            "name": "dynatrace",
            "data_connector_type": "Mcp",
            "test_connection": True,
            "data_source": "placeholder",
            "identity": "system",
            "extended_properties": {
                "type": "http",
                "endpoint": "https://example.net/mcp",
                "authType": "BearerToken",
                "bearerToken": "s3cret-bearer",
                "toolsVisibleToMetaAgent": ["*"],
                "healthPings": 3,
            },
        },
        {
            "data_source": "elsewhere",
            "identity": "",
            "extended_properties": {
                "type": "http",
                "endpoint": "https://example.org/mcp",
                "authType": "BearerToken",
                "bearerToken": "s3cret-bearer",
                "toolsVisibleToMetaAgent": ["*"],
                "healthPings": 3,
            },
        },
        hidden={"test_connection": False},
        operations=True,
    ),
}
