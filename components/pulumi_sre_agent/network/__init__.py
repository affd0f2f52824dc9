"""How agents reach out: networks, subnets, and who may make them."""
