"""What each actor of an agent may do, and whether it asks first (docs/reference/product.md#tool-calls)."""
