"""Everything under `Microsoft.App/agents`, and role assignments, as Pulumi resources, one class per kind.

Each takes its arguments as keywords; the `<Kind>Args` type says what they mean, and a typo is a type error in
the editor and a sentence before anything is sent. An update changes in place where Azure can, a create never
overwrites (unless `adopt=True`), and a refresh brings in what somebody else changed.

Modules load when a name of theirs, as listed in `__init__.pyi`, is first used: neither a program nor the
provider's process pays for kinds that it has nothing of.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
