"""Where a request enters and its response leaves, and the routes that belong to neither plane."""
