"""What crosses the wire: requests and responses, JSON values, forms, routes, checks of bodies."""
