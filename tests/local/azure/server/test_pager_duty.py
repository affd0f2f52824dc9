"""PagerDuty as the local Azure stands in for it."""

from support.azure import LocalAzure


def who(azure: LocalAzure, authorization: str = "") -> tuple[int, str]:
    """Ask whose a key is; return the status and what is said."""
    answer = azure.http.get("/users/me", headers={"Authorization": authorization})
    return answer.status_code, answer.text


def test_a_key_is_a_users_unless_it_is_an_accounts(azure: LocalAzure) -> None:
    azure.switch(pagerDutyGeneralKeys=["general"])

    assert who(azure, "Token token=mine")[0] == 200
    status, said = who(azure, "Token token=general")
    assert status == 400
    assert "account-level access token" in said


def test_without_a_key_nobody_is_known(azure: LocalAzure) -> None:
    for authorization in ("", "Bearer mine", "Token token="):
        assert who(azure, authorization)[0] == 401
