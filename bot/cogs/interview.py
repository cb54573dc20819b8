"""Mock interviews: a private thread, one question after the other, a scorecard at the end."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal
from weakref import WeakValueDictionary

import discord
from discord import app_commands
from discord.ext import commands

from bot import charts, markup, spoken, texts
from bot.client import Interaction, InterviewBot, person_key, place
from bot.components import Ack, Args, Button, Feature, Select, Told, action, buttons, every, form
from bot.errors import Refusal
from bot.interview import Step
from bot.messages import Message, answer_form, own_card, post, question_embed
from bot.models import Interview, InterviewChoice, Kind, Submission, Turn
from bot.options import LEVELS, offer_topics
from bot.scorecard import Scorecard
from bot.services import Services
from questions.models import Level

_SPOILER = re.compile(r"\|\|(.+?)\|\|", re.DOTALL)


class InterviewFeature(Feature):
    """`/interview` and the messages of its thread."""

    group = app_commands.Group(
        name="interview",
        description="Sit a mock interview in a private thread",
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
    )

    def __init__(self, bot: InterviewBot) -> None:
        super().__init__(bot)
        # One lock an interview, for as long as somebody holds or awaits it.
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._failures = 0  # of the grader, that answers were tried again after

    async def cog_load(self) -> None:
        """Go on with what the last run left, then watch the time."""
        await super().cog_load()
        self.bot.spawn(self._recover(), "going on with interviews")

    # ------------------------------------------------------------------ commands

    @group.command(name="start", description="Start a mock interview")
    @app_commands.describe(
        topics="Only these topics, with commas between them",
        level="Only questions of this level; without it they get harder and easier with your answers",
        minutes="How long it takes at most",
        questions="How many questions are asked",
    )
    @app_commands.choices(level=LEVELS)
    async def start(
        self,
        interaction: Interaction,
        topics: app_commands.Range[str, 1, 200] | None = None,
        level: app_commands.Choice[str] | None = None,
        minutes: app_commands.Range[int, 5, 180] = 30,
        questions: app_commands.Range[int, 1, 20] = 5,
    ) -> None:
        """Store the interview, open its thread, ask the first question there."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        person, guild, channel = place(interaction)
        _check_threads(interaction)
        wanted = tuple(topic.strip() for topic in (topics or "").split(",") if topic.strip())
        choice = InterviewChoice(wanted, Level(level.value) if level else None, minutes, questions)
        request = str(interaction.id)
        interview = await self.bot.db(
            lambda services: services.interviews.start(request, person, guild, channel, choice)
        )
        await self._open_thread(interaction, interview)

    @start.autocomplete("topics")
    async def topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Complete the last of the topics typed."""
        before, comma, last = typed.rpartition(",")
        found = await offer_topics(self.bot, interaction, last.strip())
        return [
            app_commands.Choice(
                name=f"{before}{comma}{choice.name}"[:100], value=f"{before}{comma}{choice.value}"[:100]
            )
            for choice in found
        ]

    @group.command(name="stop", description="End your mock interview now and see the scorecard")
    async def stop(self, interaction: Interaction) -> None:
        """End the person's interview here, or their only one."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        interview = await self._mine(interaction)
        person = interview.person
        await self.bot.db(lambda services: services.interviews.stop(interview.id, person))
        await self._tell(interview.id)
        await interaction.edit_original_response(content=texts.interview_ended(_channel(interview)))

    @group.command(name="resume", description="Go on with a paused mock interview")
    async def resume(self, interaction: Interaction) -> None:
        """Go on with the person's paused interview, in its thread or in a new one."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        interview = await self._mine(interaction)
        await self._resume(interview)
        if not await self._tell(interview.id):
            _check_threads(interaction)
            await self._open_thread(interaction, interview)
            return
        await interaction.edit_original_response(content=texts.interview_goes_on(_channel(interview)))

    @group.command(name="status", description="See your open and paused mock interviews")
    async def status(self, interaction: Interaction) -> None:
        """List the person's interviews that are not over."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        person = person_key(interaction.user)
        found = await self.bot.db(lambda services: services.interviews.mine(person))
        lines = [texts.interview_line(each, _channel(each)) for each in found[:20]]
        await interaction.edit_original_response(content="\n".join(lines) or texts.NO_INTERVIEW)

    # ------------------------------------------------------------------ in the thread

    @action("turn", ack=Ack.NONE)
    async def answer(self, interaction: Interaction, args: Args) -> None:
        """Open the form for an answer."""
        interview, turn = args.number(0), args.number(1)
        await interaction.response.send_modal(
            answer_form("turn", interaction.user.id, interview, turn, asked=interaction.message)
        )

    @form("turn")
    async def answered(self, interaction: Interaction, args: Args, values: Mapping[str, str]) -> None:
        """Store the answer, acknowledge, grade, go on."""
        number, turn = args.number(0), args.number(1)
        person, text, request = person_key(interaction.user), values["answer"], str(interaction.id)
        embed = interaction.message.embeds[0] if interaction.message and interaction.message.embeds else None
        found = await self.bot.stored_then_acknowledged(
            self.bot.db(lambda services: services.interviews.answer(request, turn, person, text)),
            lambda: interaction.response.edit_message(content=texts.NOTED, embed=embed, view=None),
        )
        await self._mark(found)
        await self._tell(number)

    @action("pass")
    async def skip(self, interaction: Interaction, args: Args) -> None:
        """Go on without an answer."""
        number, turn = args.number(0), args.number(1)
        person = person_key(interaction.user)
        await self.bot.db(lambda services: services.interviews.skip(turn, person))
        await interaction.edit_original_response(content=texts.PASSED, view=None)
        await self._tell(number)

    @action("pause")
    async def pause(self, interaction: Interaction, args: Args) -> None:
        """Stop the clock until the person comes back."""
        number = args.number(0)
        person = person_key(interaction.user)
        await self.bot.db(lambda services: services.interviews.pause(number, person))
        await interaction.edit_original_response(**_paused(number, interaction.user.id))

    @action("resume")
    async def go_on(self, interaction: Interaction, args: Args) -> None:
        """Go on after a pause."""
        number = args.number(0)
        interview = await self.bot.db(lambda services: services.interviews.get(number))
        await self._resume(interview)
        await interaction.edit_original_response(content=texts.GOING_ON, embed=None, view=None)
        await self._tell(number)

    @action("finish")
    async def finish(self, interaction: Interaction, args: Args) -> None:
        """End the interview and show the scorecard."""
        number = args.number(0)
        person = person_key(interaction.user)
        await self.bot.db(lambda services: services.interviews.stop(number, person))
        await interaction.edit_original_response(view=None)
        await self._tell(number)

    @action("icard", ack=Ack.REPLY)
    async def card(self, interaction: Interaction, args: Args) -> None:
        """Show the graded card of one question, privately."""
        number = args.number(-1)
        attempt, sections = await self.bot.db(
            lambda services: (
                (found := services.answers.attempt(number)),
                services.bank(found.guild).sections,
            )
        )
        if attempt.person != person_key(interaction.user):
            raise Told(texts.NOT_YOURS)
        await interaction.edit_original_response(**own_card(attempt, sections, interaction.user.id))

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Take a plain message in an interview's thread as the answer, where the server turned that on."""
        if not self.bot.message_content or message.author.bot or message.guild is None or not message.content:
            return
        person, channel = person_key(message.author), str(message.channel.id)
        guild = f"discord:{message.guild.id}"

        def find(services: Services) -> Turn | None:
            if not services.guilds.read(guild).message_content:
                return None
            interview = services.interviews.of(person, channel)
            return services.interviews.current(interview.id) if interview else None

        turn = await self.bot.db(find)
        if turn is None:
            return
        request, text = str(message.id), _SPOILER.sub(r"\1", message.content)
        try:
            found = await self.bot.db(
                lambda services: services.interviews.answer(request, turn.id, person, text)
            )
        except Refusal as refusal:
            await message.reply(texts.plain(str(refusal)))
            return
        await self._mark(found)
        await self._tell(turn.interview)

    # ------------------------------------------------------------------ time, restarts

    @every(seconds=1)
    async def watch(self) -> None:
        """Close turns whose time is over."""
        for step in await self.bot.db(lambda services: services.interviews.due()):
            self.bot.spawn(self._time_over(step), "closing a question")

    async def _time_over(self, step: Step) -> None:
        interview = step.interview
        channel = self.bot.get_partial_messageable(int(interview.channel))
        if step.closed:
            # So that nobody types an answer that can't be taken any more.
            with suppress(discord.NotFound, discord.Forbidden):
                await channel.get_partial_message(int(step.closed)).edit(content=texts.TIME_OVER, view=None)
        if not step.paused:
            await self._tell(interview.id)
            return
        owner = int(interview.person.removeprefix("discord:"))
        try:
            await channel.send(**_paused(interview.id, owner))
        except (discord.NotFound, discord.Forbidden) as error:
            self.bot.log_once("interview's thread", channel.id, error)

    @every(minutes=1)
    async def retry(self) -> None:
        """Mark the answers that the grader failed on, and go on."""
        if self._failures != self.bot.grader.failures:
            self._failures = self.bot.grader.failures
            await self._recover()

    async def _recover(self) -> None:
        await self.bot.mark_waiting(Kind.INTERVIEW, self._mark)
        for interview in await self.bot.db(lambda services: services.interviews.untold()):
            await self._tell(interview.id)

    # ------------------------------------------------------------------ inside

    async def _mark(self, found: Submission | Step) -> None:
        if isinstance(found, Submission):
            grade = await self.bot.grader.grade(found.question, found.text)
            await self.bot.db(lambda services: services.interviews.mark(found, grade))

    async def _resume(self, interview: Interview) -> None:
        number, person = interview.id, interview.person
        if interview.state == "paused":
            await self.bot.db(lambda services: services.interviews.resume(number, person))

    async def _mine(self, interaction: Interaction) -> Interview:
        person, _, channel = place(interaction)
        here, mine = await self.bot.db(
            lambda services: (services.interviews.of(person, channel), services.interviews.mine(person))
        )
        if here is None and len(mine) != 1:
            raise Told(texts.NO_INTERVIEW if not mine else texts.WHICH_INTERVIEW)
        return here or mine[0]

    async def _open_thread(self, interaction: Interaction, interview: Interview) -> None:
        number = interview.id
        channel = interaction.channel
        target = str(interaction.channel_id)
        if isinstance(channel, discord.TextChannel):
            name = markup.shorten(texts.thread_name(interaction.user.display_name), 90)
            try:
                thread = await channel.create_thread(
                    name=name, type=discord.ChannelType.private_thread, invitable=False
                )
                await thread.add_user(interaction.user)
            except discord.HTTPException:
                await self._lost(interview)
                raise
            target = str(thread.id)
        moved = await self.bot.db(lambda services: services.interviews.move(number, target))
        await self._resume(moved)
        await self._tell(number)
        await interaction.edit_original_response(content=texts.interview_started(_channel(moved)))

    async def _tell(self, number: int) -> bool:
        """Show what has not been shown of an interview; False where its thread is gone or closed to us."""
        async with self._locks.setdefault(number, asyncio.Lock()):
            interview, turn = await self.bot.db(
                lambda services: (services.interviews.get(number), services.interviews.current(number))
            )
            channel = self.bot.get_partial_messageable(int(interview.channel))
            try:
                if not await self._private(interview):
                    return await self._lost(interview)
                if turn is not None and turn.message is None:
                    sent = await channel.send(**self._turn(interview, turn), nonce=f"turn-{turn.id}")
                    text = str(sent.id)
                    await self.bot.db(lambda services: services.interviews.told(number, turn.id, text))
                elif interview.state == "done" and await self._untold(number):
                    card = await self.bot.db(lambda services: services.interviews.scorecard(number))
                    text = await self._scorecard(channel, card)
                    await self.bot.db(lambda services: services.interviews.told(number, None, text))
            except (discord.NotFound, discord.Forbidden) as error:
                self.bot.log_once("interview's thread", channel.id, error)
                return await self._lost(interview)
        return True

    async def _private(self, interview: Interview) -> bool:
        """Tell whether an interview has its thread; until then it is where everybody would read along."""
        if interview.guild is None:
            return True
        number = int(interview.channel)
        channel = self.bot.get_channel(number) or await self.bot.fetch_channel(number)
        return isinstance(channel, discord.Thread)

    async def _lost(self, interview: Interview) -> Literal[False]:
        """Stop the clock of an interview that has no thread, until it is resumed elsewhere."""
        if interview.state == "open":
            await self.bot.db(lambda services: services.interviews.pause(interview.id, interview.person))
        return False

    async def _untold(self, number: int) -> bool:
        found = await self.bot.db(lambda services: services.interviews.untold())
        return any(each.id == number for each in found)

    def _turn(self, interview: Interview, turn: Turn) -> Message:
        owner = interview.person.removeprefix("discord:")
        title = texts.FOLLOW_UP if turn.follow_up else f"Question {turn.number} of {turn.of}"
        embed = question_embed(turn.question, title, turn.text)
        until = f"Answer {discord.utils.format_dt(turn.deadline, 'R')}." if turn.deadline else None
        return {
            "content": until,
            "embed": embed,
            "view": buttons(
                Button(
                    "turn",
                    owner,
                    interview.id,
                    turn.id,
                    label=texts.ANSWER,
                    style=discord.ButtonStyle.primary,
                ),
                Button("pass", owner, interview.id, turn.id, label=texts.PASS),
                Button("pause", owner, interview.id, label=texts.PAUSE),
                Button("finish", owner, interview.id, label=texts.FINISH, style=discord.ButtonStyle.danger),
            ),
        }

    async def _scorecard(self, channel: discord.abc.Messageable, card: Scorecard) -> str:
        picture = await asyncio.to_thread(charts.scorecard, card)
        owner = card.interview.person.removeprefix("discord:")
        options = [
            (str(each.attempt), f"{place_}. {each.score} / 100 · {each.question.prompt}")
            for place_, each in enumerate(card.questions, 1)
            if each.attempt is not None
        ]
        view = (
            buttons(Select("icard", owner, options=options, placeholder=texts.SHOW_CARD)) if options else None
        )
        said, nonce = spoken.scorecard(card), f"score-{card.interview.id}"
        return await post(channel, texts.SCORECARD, said, nonce=nonce, view=view, picture=picture)


def _paused(number: int, owner: int) -> Message:
    return {
        "content": texts.PAUSED,
        "view": buttons(
            Button("resume", owner, number, label=texts.RESUME, style=discord.ButtonStyle.primary),
            Button("finish", owner, number, label=texts.FINISH, style=discord.ButtonStyle.danger),
        ),
    }


def _check_threads(interaction: Interaction) -> None:
    if interaction.guild_id is None:
        return
    if not isinstance(interaction.channel, discord.TextChannel):
        raise Told(texts.NO_THREADS_HERE)
    wanted = ("create_private_threads", "send_messages_in_threads", "embed_links", "attach_files")
    missing = [name for name in wanted if not getattr(interaction.app_permissions, name)]
    if missing:
        raise app_commands.BotMissingPermissions(missing)


def _channel(interview: Interview) -> str:
    return f"<#{interview.channel}>"


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(InterviewFeature(bot))
