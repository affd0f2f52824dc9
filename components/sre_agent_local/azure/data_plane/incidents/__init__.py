"""Incidents: which response plan takes one, and the thread that it gets.

Nothing fires by itself here: `/_local/incidents` does. `incident` is what comes from a platform, `alerts`
makes one of an alert rule, `plans` says which plan takes it, `handling` leads it there, `incident_threads`
opens, reopens or joins a thread.

See docs/reference/product.md#incidents, docs/reference/run-time.md#incidents.
"""
