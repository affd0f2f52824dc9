"""A fleet of one agent that has every component around it."""

import pulumi

import pulumi_sre_agent as sre

fleet = sre.Fleet(
    "fleet",
    {
        "location": "swedencentral",
        "shared_workspace": {},
        "shared_network": {"address_prefixes": {"swedencentral": "10.20.0.0/16"}},
        "defaults": {"tags": {"team": "platform"}},
        "agents": {
            "payments": {
                "location": "swedencentral",
                "targets": ["rg-shop"],
                "make_targets": True,
                "people": [
                    {
                        "principal_id": "00000000-0000-0000-0000-00000000a11c",
                        "role": "SRE Agent Standard User",
                    }
                ],
                "federated_credentials": {
                    "main": {"issuer": "https://issuer.example.com", "subject": "main"}
                },
                "settings": {"monthly_agent_unit_limit": 1000},
                "spend": {"budget": 50},
                "alerts": {"emails": {"team": "payments@example.com"}},
                "http_triggers": {"look": {"agent_prompt": "Look at {payload.id}.\n"}},
                "webhook_bridge": {"trigger": "look"},
                "diagnostic_settings": [{}],
                "lock": {"kind": "CanNotDelete"},
            }
        },
    },
)
pulumi.export("endpoints", fleet.endpoints)
