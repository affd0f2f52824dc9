"""Origins and ids."""

import pytest

from pulumi_sre_agent.api import ConfigError
from pulumi_sre_agent.api.http.urls import origin_of, with_api_version, with_query


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Management.Azure.com/x?y#z", "https://management.azure.com"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("https://a@b.azuresre.ai", None),
        ("https://a:99999", None),
        ("//host/path", None),
        ("mailto:someone", None),
        ("https:///path", None),
    ],
)
def test_an_origin_has_one_spelling(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin


def test_a_query_belongs_to_a_plain_path() -> None:
    assert with_query("/a", {"b": "c d"}) == "/a?b=c+d"
    assert with_query("/a", {}) == "/a"
    for path in ("/a?b=c", "/a#b"):
        with pytest.raises(ConfigError, match="is not a path to a resource"):
            with_query(path, {"d": "e"})


def test_a_link_keeps_the_api_version_that_it_has() -> None:
    assert with_api_version("/a", "v1") == "/a?api-version=v1"
    assert with_api_version("/a?t=1", "v1") == "/a?t=1&api-version=v1"
    assert with_api_version("/a?API-Version=v0", "v1") == "/a?API-Version=v0"
