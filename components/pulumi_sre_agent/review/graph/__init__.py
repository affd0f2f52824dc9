"""A stack as a picture: what starts an agent, who handles it with what, and where all that lies.

`build` makes a graph of an inventory, `diff` one of a preview's both sides; `layout` gives it places, and
`mermaid`, `svg` and `html` write it down.
"""
