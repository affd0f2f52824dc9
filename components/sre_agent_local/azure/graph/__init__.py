"""Microsoft Graph, as far as tools look up who somebody is."""
