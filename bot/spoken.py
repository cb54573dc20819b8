"""What people read of interviews, contests, leaderboards and their own data, as Markdown.

`name` turns a person into what is shown for them; whatever it returns is taken as it is. All that people
or a corpus wrote is escaped.
"""

from collections.abc import Callable, Mapping, Sequence

from bot.appeals import Appeal, QuestionReport
from bot.contest import Place, RoundCard
from bot.daily import DailyResult
from bot.leaderboard import Board, Gain, Improvement, Period, Row, Scope, Season
from bot.models import Personal
from bot.privacy import Holdings
from bot.room import RoomMap
from bot.scorecard import Judgement, QuestionScore, Scorecard
from bot.wording import SYMBOLS, WORDS, escape, visible

Name = Callable[[str], str]

JUDGEMENTS = {
    Judgement.NOT_ENOUGH: "too few answers for a judgement",
    Judgement.NO_HIRE: "no hire",
    Judgement.LEAN_NO: "lean no",
    Judgement.LEAN_YES: "lean yes",
    Judgement.HIRE: "hire",
}
PERIODS = {
    Period.DAY: "today",
    Period.WEEK: "this week",
    Period.MONTH: "this month",
    Period.SEASON: "this season",
    Period.ALL: "of all time",
}
SHOWN_POINTS = 5  # of a room map, in each of its lists
MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}


def scorecard(card: Scorecard) -> str:
    """Sum up an interview: judgement, topics, questions with the time used, strengths, what to learn."""
    lines = [
        f"**{JUDGEMENTS[card.judgement].capitalize()}** · mean {card.mean:.0f} / 100 over"
        f" {_count(len(card.questions), 'question')}"
    ]
    if card.unsure:
        lines.append(f"{_count(card.unsure, 'mark')} of these I am not sure about; read the model answers.")
    if len(card.topics) > 1:
        lines += ["", "**By topic**", ""]
        lines += [f"- {escape(topic.topic)}: {topic.mean:.0f} / 100" for topic in card.topics]
    if card.questions:
        lines += ["", "**By question**", ""]
        lines += [_question(number, score) for number, score in enumerate(card.questions, 1)]
    if card.strengths:
        lines += ["", "**Strengths**", "", *(f"- {escape(text)}" for text in card.strengths)]
    if card.learn:
        lines += ["", "**To learn**", ""]
        for weak in card.learn:
            read = f" (read: {escape(weak.section.title)})" if weak.section else ""
            lines.append(f"- {SYMBOLS[weak.verdict]} {WORDS[weak.verdict]}: {escape(weak.point.text)}{read}")
    return "\n".join([*lines, "", f"-# {card.rule}"])


def round_card(card: RoundCard, name: Name) -> str:
    """Show a contest's round: its ranking and the map of the room."""
    lines = []
    for place in card.places:
        seconds = f", {place.seconds:.0f} s" if place.seconds is not None else ""
        lines.append(
            f"{_medal(place.place)} {name(place.person)}: **{place.points}** points"
            f" ({place.score} / 100{seconds})"
        )
    if not card.places:
        return "Nobody answered this round."
    lines += ["", room(card.room)]
    return "\n".join(lines)


def alike(card: RoundCard, name: Name) -> Mapping[str, str]:
    """Map each person whose answer is nearly identical to another's to what they alone are told."""
    others: dict[str, list[str]] = {}
    for one, other in card.alike:
        others.setdefault(one, []).append(name(other))
        others.setdefault(other, []).append(name(one))
    return {
        person: f"Your answer in round {card.round.number} is nearly identical to that of"
        f" {', '.join(names)}. Both of you and the host are told; nobody loses points for it."
        for person, names in others.items()
    }


def alike_for_host(card: RoundCard, name: Name) -> str | None:
    """Tell the host whose answers in a round are nearly identical, None where nobody's are."""
    if not card.alike:
        return None
    pairs = (f"- {name(one)} and {name(other)}" for one, other in card.alike)
    return "\n".join(
        [f"Nearly identical answers in round {card.round.number}; the points stand:", "", *pairs]
    )


def final(table: Sequence[Place], name: Name) -> str:
    """Show a contest's final table."""
    if not table:
        return "Nobody took part."
    return "\n".join(
        f"{_medal(place.place)} {name(place.person)}: **{place.points}** points" for place in table
    )


def room(found: RoomMap) -> str:
    """Tell what the room said, what nobody mentioned, and where two opposite views were held."""
    people = found.people
    lines = [
        f"- {count.said} of {people} said: {escape(count.point.text)}" for count in found.said[:SHOWN_POINTS]
    ]
    lines += [f"- Nobody mentioned: {escape(point.text)}" for point in found.nobody[:SHOWN_POINTS]]
    lines += [
        f"- Two opposite views ({count.said} to {count.contradicted}) on: {escape(count.point.text)}"
        for count in found.opposite[:SHOWN_POINTS]
    ]
    return "\n".join(["**The room**", "", *lines]) if lines else "The room had nothing to say."


def board(found: Board, name: Name) -> str:
    """Show a leaderboard with the asking person's own row."""
    topic = f" on {escape(found.topic)}" if found.topic else ""
    where = "everywhere" if found.scope is Scope.EVERYWHERE else "on this server"
    lines = [
        f"**The best {PERIODS[found.period]}**{topic}, {where}: the sum of the {found.best_of} best"
        " answers, each question once"
    ]
    lines.append("")
    lines += [_row(row, found.scope, name, own=row == found.own) for row in found.rows]
    if not found.rows:
        lines.append("Nobody is ranked yet: answer a question with /practice.")
    if found.own and found.own not in found.rows:
        lines += ["…", _row(found.own, found.scope, name, own=True)]
        if found.hidden:
            why = (
                "set an alias with /privacy alias to be listed everywhere"
                if found.scope is Scope.EVERYWHERE
                else "you chose not to be listed"
            )
            lines.append(f"-# Only you see your row: {why}.")
    return "\n".join(lines)


def improvement(found: Improvement, name: Name) -> str:
    """Show who gained most over their own last month."""
    lines = ["**Most improved over last month** (mean mark, five questions or more in each month)", ""]
    lines += [_gain(row, name) for row in found.rows]
    if not found.rows:
        lines.append("Nobody has answered enough questions in both months yet.")
    if found.own and found.own not in found.rows:
        lines += ["…", _gain(found.own, name)]
    return "\n".join(lines)


def season(found: Season, name: Name) -> str:
    """Show the table of a closed season."""
    title = found.key.removeprefix("season ")
    lines = [f"**The season that began in {title} is over**", ""]
    lines += [_row(row, Scope.SERVER, name) for row in found.rows]
    return "\n".join(lines)


def daily_result(found: DailyResult, name: Name) -> str:
    """Show how the question of the day went: the room, and the best answers that people shared."""
    if found.mean is None:
        return "Nobody answered this question."
    lines = [
        f"**{_count(found.answers, 'answer')}**, {found.mean:.0f} / 100 on average",
        "",
        room(found.room),
    ]
    for shared in found.best:
        lines += ["", f"**{name(shared.person)}** · {shared.score} / 100", ""]
        lines += [f"> {escape(line)}" for line in visible(shared.text).split("\n")]
    return "\n".join(lines)


def appeal(found: Appeal) -> str:
    """Show reviewers what an appeal is about: question, point, answer, verdict."""
    answer = visible(found.attempt.text) or "(its text is no longer kept)"
    lines = [
        f"**Question**: {escape(found.attempt.question.prompt)}",
        "",
        f"**Key point**: {escape(found.point.text)}",
        "",
        f"**Verdict**: {WORDS[found.verdict]} · mark {found.attempt.grade.score} / 100",
    ]
    if found.words:
        lines += ["", f"**The words that are said to make it**: “{escape(found.words)}”"]
    return "\n".join([*lines, "", "**Answer**", "", *(f"> {escape(line)}" for line in answer.split("\n"))])


def report(found: QuestionReport) -> str:
    """Show reviewers what a person finds wrong with a question."""
    return f"**Question**: {escape(found.question.prompt)}\n\n> {escape(found.text)}"


def holdings(found: Holdings) -> str:
    """List what is kept, or was deleted, of a person."""
    if not found.total:
        return "Nothing."
    return "\n".join(f"- {count} {name}" for name, count in found.counts.items())


def personal(found: Personal, keep_days: int | None = None) -> str:
    """List a person's own settings; texts are kept for `keep_days` at most, None for no limit."""
    factor = "none" if found.time_factor is None else f"{found.time_factor:g}"
    if found.retention_days is None:
        kept = f"as the server sets{f', at most {keep_days} days' if keep_days else ''}"
    else:
        kept = f"{min(found.retention_days, keep_days or found.retention_days)} days"
    return "\n".join(
        [
            f"- Time factor in interviews: {factor}",
            f"- Alias: {escape(found.alias) if found.alias else 'none'}",
            f"- Leaderboards: {'you are not listed' if found.hidden else 'you are listed'}",
            f"- Answer texts are kept: {kept}",
        ]
    )


def _question(number: int, score: QuestionScore) -> str:
    used = _clock(score.seconds) + (f" of {_clock(score.allowed)}" if score.allowed else "")
    if score.score is None:
        mark = "not answered"
    else:
        raised = f", raised from {score.first}" if score.first != score.score else ""
        mark = f"**{score.score} / 100**{raised}{'' if score.sure else ', not sure'}"
    return f"{number}. {mark} · {used} · {escape(score.question.prompt)}"


def _row(row: Row, scope: str, name: Name, *, own: bool = False) -> str:
    shown = escape(row.name) if row.name else "You" if scope == Scope.EVERYWHERE else name(row.person)
    mark = "**" if own else ""
    answers = _count(row.answers, "question")
    return f"{_medal(row.place)} {mark}{shown}{mark}: {row.points} points, {answers}"


def _gain(row: Gain, name: Name) -> str:
    shown = escape(row.name) if row.name else name(row.person)
    return f"{_medal(row.place)} {shown}: {row.gain:+.0f} (from {row.before:.0f} to {row.mean:.0f})"


def _medal(place: int) -> str:
    return MEDALS.get(place, f"{place}\\.")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes else f"{rest} s"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
