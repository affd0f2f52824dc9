from .client import Client as Client
from .client import connect as connect
from .errors import AccessDenied as AccessDenied
from .errors import ApiError as ApiError
from .errors import ConfigError as ConfigError
from .errors import Conflict as Conflict
from .errors import NotFound as NotFound
from .errors import OperationFailed as OperationFailed
from .errors import SreAgentError as SreAgentError
from .errors import Unavailable as Unavailable
from .kinds import KINDS as KINDS
from .kinds import Kind as Kind
from .kinds import Plane as Plane
from .settings import Settings as Settings

__all__: list[str]
