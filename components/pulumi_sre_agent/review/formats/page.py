"""A page of HTML that loads nothing."""

STYLE = """
:root { color-scheme: light dark; --line: #8886; --added: #2da44e33; --removed: #cf222e33; --page: #fff; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
body { background: var(--page); }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid var(--line); padding: .5rem .75rem .5rem 0; }
td, th { text-align: left; vertical-align: top; }
td:first-child { white-space: nowrap; }
@media (max-width: 40rem) {
  .findings thead { display: none; }
  .findings tr, .findings td { display: block; border: 0; padding: .1rem 0; }
  .findings tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
}
code { font-size: .9em; overflow-wrap: anywhere; }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); white-space: pre-wrap; }
ins { background: var(--added); text-decoration: none; }
del { background: var(--removed); }
.picture { overflow-x: auto; margin: .75rem 0; }
.picture svg { display: block; margin: 0 auto; }
@media (min-width: 70rem) {
  .picture { width: 94vw; position: relative; left: calc(50% - 47vw); }
  .picture svg { max-width: 100%; height: auto; }
}
"""


def page(title: str, content: str, style: str = STYLE) -> str:
    """Return a page of HTML, all of it escaped, that loads nothing."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n{content}</body>\n</html>\n"
    )
