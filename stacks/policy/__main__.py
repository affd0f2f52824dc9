"""The policy pack in use: every rule that looks at what is there. `config.json` says how strictly each holds.

See docs/how-to/policies.md.
"""

from pulumi_policy import PolicyPack

from pulumi_sre_agent.review.policy.pack import policies

PolicyPack("sre-agents", policies())
