"""Azure on one machine: both planes of Azure SRE Agent, and the few neighbours that a deployment needs.

Run it with `python -m sre_agent_local.azure --data DIR`; `GET /` explains the rest. A module per Azure
provider: the functions in it answer requests, raise `AzureError` when Azure would refuse, and are listed as
`ROUTES` at its foot. `store` keeps everything in one SQLite file, `app` renders answers and errors,
`middleware` logs requests and injects faults, `server` binds the port.
"""
