"""Collections under an agent: get, put, delete and list of each kind, through either plane."""
