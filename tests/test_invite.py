import base64
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from bot import cli, invite

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
APPLICATION = 868071853032357978


def token(first: object) -> str:
    return base64.b64encode(str(first).encode()).decode().rstrip("=") + ".YPqU6Q.signature"


def asked(address: str) -> dict[str, list[str]]:
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "discord.com", "/oauth2/authorize")
    return parse_qs(parts.query)


def test_the_invitation_asks_for_what_the_features_need_and_no_more() -> None:
    found = asked(invite.invitation(APPLICATION))
    assert found["client_id"] == [str(APPLICATION)]
    assert found["scope"] == ["bot applications.commands"]
    granted = discord.Permissions(int(found["permissions"][0]))
    assert all(getattr(granted, name) for name in invite.PERMISSIONS)
    assert granted.value.bit_count() == len(invite.PERMISSIONS)


def test_the_champions_role_needs_one_permission_more() -> None:
    plain, champion = invite.permissions(), invite.permissions(champion=True)
    assert champion > plain
    assert champion.manage_roles
    assert not plain.manage_roles


def test_the_readme_names_the_same_permissions() -> None:
    step = re.search(r"^3\. Invite it.*?(?=^4\.)", README, re.MULTILINE | re.DOTALL)
    assert step
    words = " ".join(step[0].split())
    # Discord's own names: those of discord.py, but for the plural of this one.
    names = {name: name.replace("_", " ").title() for name in invite.PERMISSIONS}
    names["view_channel"] = "View Channels"
    assert ", ".join(names.values()) in words
    assert "Manage Roles" in words


@pytest.mark.parametrize("number", [APPLICATION, 123456789012345678, 1456074443980800000])
def test_the_application_is_read_from_its_token(number: int) -> None:
    assert invite.application_of(token(number)) == number


@pytest.mark.parametrize(
    "wrong", ["", "...", "secret", token("a word"), token("12"), "ä.b.c", token("9" * 40)]
)
def test_a_token_that_holds_no_id_is_explained_and_not_repeated(wrong: str) -> None:
    with pytest.raises(invite.InviteError, match="--application-id") as refused:
        invite.application_of(wrong)
    assert not wrong.strip(".") or wrong not in str(refused.value)


def test_the_command_prints_the_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISCORD_TOKEN", token(APPLICATION))
    with pytest.raises(SystemExit) as stopped:
        cli.main(["invite"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.strip() == invite.invitation(APPLICATION)
    with pytest.raises(SystemExit) as stopped:
        cli.main(["invite", "--champion-role", "--application-id", "123456789012345678"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.strip() == invite.invitation(123456789012345678, champion=True)


@pytest.mark.parametrize("number", ["0", "4", "-5", "99999999999999999999999"])
def test_what_is_no_id_is_refused(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["invite", "--application-id", number])
    assert stopped.value.code == 1
    assert "General Information" in capsys.readouterr().err
