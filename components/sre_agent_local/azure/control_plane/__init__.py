"""Azure Resource Manager: a module per provider, and `plane`, which leads requests to them."""
