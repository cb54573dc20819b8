"""The address that invites the bot to a server, with the least permissions that its features need."""

import base64
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from questions.errors import InterviewError

if TYPE_CHECKING:
    import discord

PERMISSIONS: Mapping[str, str] = {
    "view_channel": "see the channels it works in",
    "send_messages": "post contests, daily questions, a season's end, appeals for reviewers",
    "send_messages_in_threads": "ask in an interview's thread",
    "create_private_threads": "open a thread for each mock interview",
    "embed_links": "show questions and cards as embeds",
    "attach_files": "show scorecards and progress as pictures",
    "read_message_history": "reply to an answer that came as a plain message",
}
"""discord.py's name of each permission -> what it is for."""

CHAMPION = "manage_roles"
"""Only for the champion's role of `/setup roles`."""


class InviteError(InterviewError):
    """No invitation can be made. The text says what is missing and where to find it."""


def permissions(*, champion: bool = False) -> "discord.Permissions":
    """Return the least permissions for all features, with `champion` also that for the champion's role."""
    import discord

    names = [*PERMISSIONS, CHAMPION] if champion else PERMISSIONS
    return discord.Permissions(**dict.fromkeys(names, True))


def invitation(application: int, *, champion: bool = False) -> str:
    """Return the address of Discord's page that adds the bot to a server; raises InviteError for no id."""
    import discord

    if not 10**14 <= application < 2**63:  # Discord's first ids had 15 digits
        raise InviteError(
            f"--application-id: {application} is no application's id; copy it from the page 'General"
            " Information' at https://discord.com/developers/applications"
        )
    scopes = ("bot", "applications.commands")
    return discord.utils.oauth_url(application, permissions=permissions(champion=champion), scopes=scopes)


def application_of(token: str) -> int:
    """Read the bot's id out of its token, without asking Discord; raises InviteError where it holds none.

    The part before the first dot is the id of the bot's user in base64; that is its application's, too, but
    for the oldest ones (before autumn 2016). Discord documents neither; libraries have long relied on both.
    """
    first = token.partition(".")[0]
    try:
        padded = first + "=" * (-len(first) % 4)
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except ValueError:  # not base64, or not ASCII
        text = ""
    if not re.fullmatch(r"[0-9]{15,20}", text):
        raise InviteError(
            "DISCORD_TOKEN: doesn't begin with an application's id as tokens do; copy it again, or give"
            " --application-id from the page 'General Information' at"
            " https://discord.com/developers/applications"
        )
    return int(text)
