"""What stands in on one machine: a local Azure, its azure-native provider, an engine, and their command."""
