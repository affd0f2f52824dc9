"""What agents are to be, or are, as data: each with its properties and its items, wherever that is read from.

`of_preview` reads what a preview would change from or to, `of_state` a stack's exported deployment,
`of_directory` an agent directory, `of_service` an agent as it lives.
"""
