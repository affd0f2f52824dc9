"""Bodies as they come in: never more of them in memory than a limit, and read to their end all the same.

A connection that is closed with some of a body unread loses its answer, too.
"""

from starlette.requests import Request

from sre_agent_local.azure.errors import AzureError, BadRequest
from sre_agent_local.azure.http.json_values import Json, NotJson, read_json

LARGEST = 32 * 1024 * 1024
"""Bytes of a body that is not a form: a file of 16 MB in base64 has room in it."""
LARGEST_OF_STRANGERS = 1024 * 1024
"""Bytes of such a body from whoever shows no token."""


class RequestTooLarge(AzureError):
    """413: more than this server takes."""

    status = 413
    code = "RequestTooLarge"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The request is larger than {most // 1024 // 1024} MB, which is the most that is taken."
        )


async def read(request: Request, most: int, refusal: AzureError | None = None) -> bytes:
    """Return a body. Raises the refusal for more than `most` bytes, by default RequestTooLarge."""
    content = bytearray()
    is_too_large = False
    async for piece in request.stream():
        is_too_large = is_too_large or len(content) + len(piece) > most
        if not is_too_large:
            content += piece
    if is_too_large:
        raise refusal or RequestTooLarge(most)
    return bytes(content)


async def skip(request: Request) -> None:
    """Read a body that nobody wants."""
    async for _ in request.stream():
        pass


async def read_object(request: Request) -> Json:
    """Return a body that is a JSON object. Raises BadRequest."""
    try:
        body = read_json(await read(request, LARGEST))
    except NotJson as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body
