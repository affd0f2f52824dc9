"""Which of two media types a request's `Accept` header prefers (RFC 9110, section 12.5.1)."""


def prefers(accept: str, wanted: str, other: str) -> bool:
    """Say whether a caller would rather have `wanted` than `other`; without a header, all are alike."""
    ranges = [_parse(part) for part in accept.split(",") if part.strip()]
    return _quality(ranges, wanted) > _quality(ranges, other)


def _parse(part: str) -> tuple[str, float]:
    media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = next((value[2:] for value in parameters if value.startswith("q=")), "1")
    try:
        return media_range, float(weight)
    except ValueError:
        return media_range, 0.0


def _quality(ranges: list[tuple[str, float]], media_type: str) -> float:
    """Return the weight of the most specific range that a type falls in."""
    for media_range in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if weights := [weight for name, weight in ranges if name == media_range]:
            return max(weights)
    return 0.0
