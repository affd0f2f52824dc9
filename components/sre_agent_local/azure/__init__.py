"""Azure on one machine: both planes of Azure SRE Agent, and the few neighbours that a deployment needs.

Run it with `python -m sre_agent_local.azure --data DIR`; `GET /` explains the rest. The way of a request:

    server/         `process` binds the port, `middleware` logs and injects faults, `app` reads a request and
                    leads it to a plane; its response, or the `AzureError` that was raised, leaves there
    control_plane/  Azure Resource Manager: `dispatch` checks token, type and api-version, and calls a handler
    graph/          who there is: the directory, and look-ups as Microsoft Graph answers them
    data_plane/     an agent's own API: `dispatch` finds the agent and checks the token, and calls a handler
    agent_items/    what lies below an agent, whichever plane writes it
    state/          what is kept in one SQLite file, and what runs, fails and is set
    http/           what all of them are made of: requests, responses, routes, checks of bodies

To add a route, write a function that takes the plane's request and returns a `Response`, in the module of its
subject in `control_plane/` or `data_plane/`, and list it in `ROUTES` at the module's foot. A kind that both
planes know in the same envelope is a row of `kinds`.
"""
