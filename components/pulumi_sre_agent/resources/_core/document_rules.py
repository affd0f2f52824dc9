"""What an agent takes as a knowledge document's name (docs/reference/data-plane.md#knowledge)."""

from pulumi_sre_agent.api.collections.document_rules import check_document_name
from pulumi_sre_agent.schema.annotations import Rule

DOCUMENT_NAME = Rule(check_document_name)
