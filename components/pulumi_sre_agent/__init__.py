"""Azure SRE Agents with Pulumi.

`sre.Agent` is an agent with everything around it, `sre.Fleet` many of them; the classes of `sre.resources`
are single Azure resources.
The public names stand in `__init__.pyi` beside this file, which editors read and which says here what to load
when a name is first used: importing the package costs next to nothing.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
