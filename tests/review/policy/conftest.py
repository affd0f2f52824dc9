"""The policy SDK, for the tests of the pack."""

from support.policy_resources import policy_sdk

__all__ = ["policy_sdk"]
