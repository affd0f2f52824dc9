"""Azure over HTTP: credentials, transport, control plane and data plane. Knows nothing of Pulumi.

Names, as listed in `__init__.pyi`, load when they are first used: a program that only declares resources
needs the registry of kinds alone.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
