"""Contests: everyone answers the same question, sealed until time is up; then a ranking and the room."""

import asyncio
import logging
from collections.abc import Callable, Mapping

import discord
from discord import app_commands

from bot import spoken, texts, wording
from bot.client import Interaction, InterviewBot, person_key, place
from bot.components import Ack, Args, Button, Feature, Told, action, buttons, every, form
from bot.contest import Contest, ContestChoice, ContestStep, Round
from bot.messages import COLOUR, Message, answer_form, own_card, post, question_embed
from bot.options import LEVELS, offer_topics
from bot.services import Services
from questions.models import Level

log = logging.getLogger(__name__)

PAUSE = 5  # seconds after a failure before a step is tried again
LISTED = 30  # people named on the message to join


class ContestFeature(Feature):
    """`/contest`, its buttons, and the clock that drives every contest."""

    group = app_commands.Group(
        name="contest",
        description="Compete: the same question for all, sealed answers, a ranking",
        guild_only=True,
    )

    def __init__(self, bot: InterviewBot) -> None:
        super().__init__(bot)
        self._busy: set[int] = set()

    # ------------------------------------------------------------------ commands

    @group.command(name="start", description="Start a contest in this channel")
    @app_commands.describe(
        topic="Only topics that contain this",
        rounds="How many questions are asked",
        seconds="How long each one is open",
        level="Only questions of this level",
    )
    @app_commands.choices(level=LEVELS)
    async def start(
        self,
        interaction: Interaction,
        topic: app_commands.Range[str, 1, 100] | None = None,
        rounds: app_commands.Range[int, 1, 20] = 5,
        seconds: app_commands.Range[int, 30, 900] = 120,
        level: app_commands.Choice[str] | None = None,
    ) -> None:
        """Store the contest and post the message to join."""
        person, guild, channel = place(interaction)
        _check_channel(interaction)
        choice = ContestChoice(topic, rounds, seconds, Level(level.value) if level else None)
        request = str(interaction.id)
        # Not deferred: what stands in the channel for everybody must not become a refusal for one.
        contest = await self.bot.db(
            lambda services: services.contests.start(request, guild, channel, person, choice)
        )
        await interaction.response.send_message(**_joining(contest, self.bot.namer(guild)))

    @start.autocomplete("topic")
    async def topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Offer the topics that contain what was typed."""
        return await offer_topics(self.bot, interaction, typed)

    @group.command(name="stop", description="End the contest in this channel; what was played is ranked")
    async def stop(self, interaction: Interaction) -> None:
        """Close the open round and rank."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        channel = str(interaction.channel_id)
        contest = await self.bot.db(lambda services: services.contests.here(channel))
        if contest is None:
            raise Told(texts.NO_CONTEST)
        _check_host(interaction, contest)
        await self.bot.db(lambda services: services.contests.stop(contest.id))
        await self.drive()
        await interaction.edit_original_response(content=texts.CONTEST_STOPPED)

    # ------------------------------------------------------------------ buttons

    @action("join", ack=Ack.NONE)
    async def join(self, interaction: Interaction, args: Args) -> None:
        """Join, or leave where one has joined."""
        number, person = args.number(0), person_key(interaction.user)

        def work(services: Services) -> Contest:
            joined = person in services.contests.get(number).people
            contests = services.contests
            return contests.leave(number, person) if joined else contests.join(number, person)

        contest = await self.bot.db(work)
        await interaction.response.edit_message(**_joining(contest, self.bot.namer(contest.guild)))

    @action("begin")
    async def begin(self, interaction: Interaction, args: Args) -> None:
        """Begin before the time to join is over."""
        number = args.number(0)
        _check_host(interaction, await self.bot.db(lambda services: services.contests.get(number)))
        await self.bot.db(lambda services: services.contests.begin(number))
        await self.drive()

    @action("sealed", ack=Ack.NONE)
    async def answer(self, interaction: Interaction, args: Args) -> None:
        """Open the form for a sealed answer."""
        number, turn = args.number(0), args.number(1)
        await interaction.response.send_modal(
            answer_form("sealed", interaction.user.id, number, turn, asked=interaction.message)
        )

    @form("sealed")
    async def answered(self, interaction: Interaction, args: Args, values: Mapping[str, str]) -> None:
        """Store the sealed answer and acknowledge it."""
        number, turn = args.number(0), args.number(1)
        person, text, request = person_key(interaction.user), values["answer"], str(interaction.id)
        sealed = await self.bot.stored_then_acknowledged(
            self.bot.db(lambda services: services.contests.answer(request, number, turn, person, text)),
            lambda: interaction.response.defer(ephemeral=True, thinking=True),
        )
        if sealed.all_in:
            await self.drive()
        await interaction.followup.send(texts.sealed(sealed), ephemeral=True)

    @action("mine", ack=Ack.REPLY)
    async def own(self, interaction: Interaction, args: Args) -> None:
        """Show the person's own card of a round, privately."""
        number, turn, person = args.number(0), args.number(1), person_key(interaction.user)
        result, sections = await self.bot.db(
            lambda services: (
                services.contests.own(number, turn, person),
                services.bank(services.contests.get(number).guild).sections,
            )
        )
        if result is None:
            raise Told(texts.NOT_IN_ROUND)
        message = own_card(result.attempt, sections, interaction.user.id)
        await interaction.edit_original_response(**message)

    # ------------------------------------------------------------------ the clock

    @every(seconds=1)
    async def watch(self) -> None:
        """Do what is due."""
        await self.drive()

    async def drive(self) -> None:
        """Begin whatever is due, each contest on its own."""
        if self.bot.stopping:
            return
        for step in await self.bot.db(lambda services: services.contests.due()):
            number = step.contest.id
            if number not in self._busy:
                self._busy.add(number)
                self.bot.spawn(self._play(step), f"contest {number}")

    async def _play(self, step: ContestStep) -> None:
        number = step.contest.id
        try:
            await self._do(step)
        except Exception:
            # The step is due again; not at once, because what failed is likely to fail again.
            await asyncio.sleep(PAUSE)
            raise
        finally:
            self._busy.discard(number)
        await self.drive()

    async def _do(self, step: ContestStep) -> None:
        """Do what a step needs; where the channel is gone or closed to us, the contest ends."""
        contest, round_ = step.contest, step.round
        if step.action == "mark" and round_ is not None:
            marks = await self.bot.grade(step.submissions)
            await self.bot.db(lambda services: services.contests.mark(contest.id, round_.number, marks))
            return
        channel = self.bot.get_partial_messageable(int(contest.channel))
        try:
            text = await self._post(channel, step)
            await self.bot.db(lambda services: services.contests.told(step, text))
            await self._flag(step)
        except (discord.NotFound, discord.Forbidden) as error:
            self.bot.log_once("contest's channel", channel.id, error)
            await self.bot.db(lambda services: services.contests.abandon(contest.id))
            if contest.host:
                await self.bot.tell(contest.host, texts.contest_lost(contest.channel))

    async def _flag(self, step: ContestStep) -> None:
        """Tell those whose answers are nearly identical, and the host, and nobody else."""
        if step.card is None:
            return
        name = self.bot.namer(step.contest.guild)
        for person, text in spoken.alike(step.card, name).items():
            await self.bot.tell(person, text)
        found = spoken.alike_for_host(step.card, name)
        if found and step.contest.host:
            await self.bot.tell(step.contest.host, found)

    async def _post(self, channel: discord.abc.Messageable, step: ContestStep) -> str:
        """Post what a step has to say, once however often it is tried; return the message's id."""
        contest, round_, name = step.contest, step.round, self.bot.namer(step.contest.guild)
        if step.card is not None:
            number = step.card.round.number
            view = buttons(Button("mine", "", contest.id, number, label=texts.MY_RESULT))
            said = spoken.round_card(step.card, name)
            return await post(channel, f"Round {number}", said, nonce=step.nonce, view=view)
        if step.action == "final":
            said, gold = spoken.final(step.table, name), discord.Colour.gold()
            return await post(channel, texts.FINAL, said, nonce=step.nonce, colour=gold)
        if step.action == "ask" and round_ is not None:
            sent = await channel.send(**self._question(contest, round_), nonce=step.nonce)
        else:
            sent = await channel.send(texts.CONTEST_CANCELLED, nonce=step.nonce)
        return str(sent.id)

    def _question(self, contest: Contest, round_: Round) -> Message:
        args = (contest.id, round_.number)
        return {
            "content": f"Answers are sealed until {discord.utils.format_dt(round_.deadline, 'R')}.",
            "embed": question_embed(round_.question, f"Round {round_.number} of {contest.choice.rounds}"),
            "view": buttons(
                Button("sealed", "", *args, label=texts.ANSWER, style=discord.ButtonStyle.primary)
            ),
        }


def _joining(contest: Contest, name: Callable[[str], str]) -> Message:
    choice = contest.choice
    topic = wording.escape(choice.topic) if choice.topic else texts.ALL_TOPICS
    host = name(contest.host) if contest.host else "—"
    lines = [
        f"{topic} · {texts.count(choice.rounds, 'round')} of {choice.seconds} s · host {host}",
        f"Begins {discord.utils.format_dt(contest.joins_until, 'R')}.",
        "",
        texts.HOW_TO_JOIN,
        texts.joined([name(person) for person in contest.people[:LISTED]], len(contest.people)),
    ]
    return {
        "content": None,
        "embed": discord.Embed(title=texts.CONTEST, description="\n".join(lines), colour=COLOUR),
        "view": buttons(
            Button("join", "", contest.id, label=texts.JOIN, style=discord.ButtonStyle.success),
            Button("begin", "", contest.id, label=texts.BEGIN),
        )
        if contest.state == "joining"
        else None,
    }


def _check_host(interaction: Interaction, contest: Contest) -> None:
    manages = interaction.permissions.manage_guild
    if contest.host != person_key(interaction.user) and not manages:
        raise Told(texts.HOST_ONLY)


def _check_channel(interaction: Interaction) -> None:
    in_thread = isinstance(interaction.channel, discord.Thread)
    wanted = ("view_channel", "send_messages_in_threads" if in_thread else "send_messages", "embed_links")
    missing = [name for name in wanted if not getattr(interaction.app_permissions, name)]
    if missing:
        raise app_commands.BotMissingPermissions(missing)


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(ContestFeature(bot))
