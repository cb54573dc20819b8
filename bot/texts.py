"""What the bot says on Discord in its own voice: English, in one place.

Names and descriptions of commands go through `app_commands.Translator` as they are. What the core says
(grades, cards, rankings) is in `wording` and `spoken`.
"""

from collections.abc import Iterable, Mapping, Sequence

from bot.guilds import GuildSettings
from bot.markup import shorten
from bot.models import Interview, Sealed
from bot.wording import escape
from grader.measured import Measured

OUTDATED = "This belongs to an earlier version of me. Start again with the command, please."
RESTARTING = "I am just restarting. Try again in half a minute, please; nothing is lost."
NOT_YOURS = "That belongs to somebody else. Start your own with `/practice`."
FORBIDDEN = (
    "Discord doesn't let me do that here. I need to see this channel, send messages, embed links,"
    " attach files and create private threads; a manager can give me that in the channel's settings."
)
TROUBLE = "Discord has trouble just now. What you sent is kept; try again in a minute, please."
GONE = "The message, thread or channel that this belongs to is gone. Start again with the command, please."
NOT_HERE = "That works on a server only."
GIVEN_BACK = "your-text.txt"
NOT_STORED = "That answer did not reach me. Press *Try again* or start with `/practice`, please."

ANSWER = "Answer"
HINT = "Hint"
SKIP = "Skip"
REPORT = "Report"
MODEL = "Model answer"
NEXT = "Next"
AGAIN = "Try again"
APPEAL = "I covered this"
SHARE = "Share"
MORE = "Rest of the card"
BACK = "◀ Back"
ON = "On ▶"
SHOW_MARK = "Show my mark"
SUMMARY = "Summary"
TITLES = {"model": "Model answer", "card": "Your answer"}
GRADING = "⏳ Your answer is stored and being graded."

ANSWER_TITLE = "Your answer"
ANSWER_LABEL = "In your own words"
ANSWER_DESCRIPTION = "Whole sentences, in any order. Code is fine."

REPORT_TITLE = "Report this question"
REPORT_LABEL = "What is wrong with it?"
REPORT_DESCRIPTION = "A wrong model answer, an unclear question, a typo …"
REPORTED = "Thank you. The people who keep the questions will see it."


MANAGERS_ONLY = "That is for people who manage this server, or have the role set by `/setup roles`."
REVIEWERS_ONLY = "That is for this server's reviewers (the role set by `/setup roles`)."

REVIEW = "Due for review"
MISSED = "Missed lately"
NOTHING_DUE = "Nothing is due and nothing was missed. Get new questions with `/practice`."
PICK_QUESTION = "Answer one of them now"
QUESTION_GONE = "That question is no longer in the bank. Ask for `/review` again, please."

DAILY = "Question of the day"
DAILY_RESULT = "Yesterday's question"
DO_SHARE = "My answer may be shown"
DONT_SHARE = "Don't show my answer"
SHARED = "Your answer may be among the best ones that are shown when time is up."
NOT_SHARED = "Nobody else will see your answer."
NOT_IN_DAILY = "You did not answer that question."

NOTED = "Your answer is noted; marks come at the end."
PASSED = "Passed."
TIME_OVER = "Time is over for this question."
PASS = "Pass"
PAUSE = "Pause"
PAUSED = "The clock is stopped. Go on whenever you like, today or another day."
RESUME = "Go on"
GOING_ON = "Here we go on."
FINISH = "Finish"
FOLLOW_UP = "Follow-up"
SCORECARD = "Scorecard"
SHOW_CARD = "See how an answer was marked"
NO_INTERVIEW = "You have no mock interview that is not over. Start one with `/interview start`."
WHICH_INTERVIEW = "You have more than one mock interview. Use this command in the thread of the one you mean."
NO_THREADS_HERE = "A mock interview needs a text channel, where I can open a thread, or a direct message."

CONTEST = "Contest"
ALL_TOPICS = "all topics"
JOIN = "Join"
HOW_TO_JOIN = "Press *Join* to take part, and once more to leave."
BEGIN = "Begin now"
MY_RESULT = "My result"
FINAL = "Final ranking"
NO_CONTEST = "No contest runs in this channel. Start one with `/contest start`."
CONTEST_STOPPED = "The contest is over; what was played is ranked."
CONTEST_CANCELLED = "Nobody joined, so that there is no contest this time."
HOST_ONLY = "Only the contest's host or a manager can do that."
NOT_IN_ROUND = "You gave no answer in that round."

LEADERBOARD = "Leaderboard"
IMPROVEMENT = "Most improved"
SEASON_OVER = "The season is over"
PROGRESS = "Your progress"
NO_ANSWERS = "No answers yet. Start with `/practice`."

FACTORS: Mapping[str, str] = {
    "1": "as everybody",
    "1.5": "half as much again",
    "2": "twice as much",
    "none": "no limit",
}

EXPORTED = "Everything that is kept of you:"
FORGET = "Delete everything"
KEEP = "Keep it"
FORGET_ASKED = (
    "All of it will be deleted at once and for good: answers, marks, places on leaderboards. Backups made"
    " before hold it until newer ones take their place; if one has to be used, you are deleted again. For"
    " that I note for 400 days, by a code for your account, that you asked for it."
)
FORGOTTEN = "This was deleted:"
KEPT = "Nothing was deleted."

APPEAL_POINT = "Which point did you cover?"
APPEAL_WORDS = "Which of your words say it?"
APPEAL_WORDS_DESCRIPTION = "Copied from your answer; leave it empty for the whole answer"
APPEALED = "Thank you. This server's reviewers will look at it, and you will hear of it."
APPEAL_TITLE = "Appeal"
ASKED_BY = "Asked by"
ALL_COVERED = "All points of that answer are covered."
UPHOLD = "Covered: correct the mark"
DECLINE = "Leave the mark"
NO_APPEALS = "No appeal and no report waits for a decision."
PICK_APPEAL = "Decide an appeal"
PICK_REPORT = "Look at a report"
DECIDED = "That was decided meanwhile."
REPORT_HEAD = "Report on a question"
RESOLVE = "Done"

TOPICS = "Topics"
FILES = "This server's question files"
NO_CORPUS = "This server has no question file of that name; `/bank list` shows them."
REPORT_OF_DOCTOR = "What is in the file"
MORE_PROBLEMS = "There is more; the command 'interview bank check' shows all of it."
TAKE = "Add it"
LEAVE = "Don't add it"
LEFT = "Nothing was added."

CLEARABLE: Mapping[str, str] = {
    "staff_channel": "channel for appeals and reports",
    "contest_channel": "channel for a season's end",
    "daily_channel": "channel for the daily question",
    "daily_at": "time of the daily question",
    "daily_topic": "topic of the daily question",
    "manager_role": "managers' role",
    "reviewer_role": "reviewers' role",
    "champion_role": "champion's role",
    "retention_days": "how long texts are kept",
}
SETUP = "How I am set up here"
NO_CONTENT_INTENT = (
    "Plain messages are not read yet: whoever runs me has to set INTERVIEW_DISCORD_MESSAGE_CONTENT=true."
)

HELP = "Practise technical interviews"
HELP_INTRO = (
    "I ask a question, you answer in your own words, and I tell you point by point what you covered, with the"
    " words that earned it. Begin with `/practice`. What you write is only shown to you unless you share it."
)
ABOUT = "About me"


def plain(text: str) -> str:
    """Say an error's text as it is, in one line."""
    return escape(shorten(text, 900))


def too_fast(seconds: float) -> str:
    """Ask for patience."""
    return f"One thing after the other, please: try again in {seconds:.0f} s."


def needs(permissions: Iterable[str]) -> str:
    """Say who may do that."""
    return f"For that you need the permission {_names(permissions)}; ask somebody who manages this server."


def i_need(permissions: Iterable[str]) -> str:
    """Say what the bot lacks."""
    return f"For that I need the permission {_names(permissions)} here; a manager can give it to me."


def shared_by(name: str) -> str:
    """Say whose shared answer this is, in plain text."""
    return shorten(f"Answered by {name}", 250)


def unexpected(reference: str) -> str:
    """Own up to an error of ours."""
    return (
        f"Something went wrong on my side; what you sent before is kept. Try again, and if it happens again,"
        f" tell a manager the reference `{reference}`."
    )


def no_storage(reference: str) -> str:
    """Say that nothing can be stored, as on a full disk."""
    return (
        "I can't store anything just now. What I confirmed as stored is kept; what you just sent may not be,"
        f" so keep your text and try again in a few minutes. Whoever runs me finds it under `{reference}`."
    )


def ungraded(reference: str) -> str:
    """Say that the grader failed."""
    return (
        "I can't grade your answer just now. It is stored, and nothing of it is lost: I try again within a"
        f" minute, and *{SHOW_MARK}* does at once where you see it. Whoever runs me finds it under"
        f" `{reference}`."
    )


def count(number: int, noun: str) -> str:
    """Put a number before a noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _names(permissions: Iterable[str]) -> str:
    return " and ".join(f"*{name.replace('_', ' ').title()}*" for name in permissions)


def thread_name(name: str) -> str:
    """Name an interview's thread."""
    return f"Interview of {name}"


def interview_started(channel: str) -> str:
    """Say where the interview is."""
    return f"Your mock interview has begun in {channel}."


def interview_goes_on(channel: str) -> str:
    """Say where the interview goes on."""
    return f"Your mock interview goes on in {channel}."


def interview_ended(channel: str) -> str:
    """Say where the scorecard is."""
    return f"Your mock interview is over; the scorecard is in {channel}."


def interview_line(interview: Interview, channel: str) -> str:
    """Say how one interview stands."""
    of = interview.choice.questions
    return f"- {channel}: {interview.state}, {interview.answered} of {of} questions answered"


def sealed(sealed: Sealed) -> str:
    """Confirm a sealed answer."""
    words = "Your answer took the place of the first one" if sealed.changed else "Your answer is sealed"
    after = " You can change it once." if sealed.can_change else ""
    return f"{words}; its mark comes when the round is over.{after}"


def joined(names: Sequence[str], people: int) -> str:
    """Say who takes part."""
    if not names:
        return "Nobody has joined yet."
    more = f" and {people - len(names)} more" if people > len(names) else ""
    return f"{people} {'takes' if people == 1 else 'take'} part: {', '.join(names)}{more}"


def contest_lost(channel: str) -> str:
    """Tell the host why their contest ended."""
    return (
        f"Your contest in <#{channel}> ended: the channel is gone, or I may not write there any more."
        " A manager can allow me to view the channel, send messages and embed links."
    )


def channel_lost(what: str, channel: int) -> str:
    """Tell a server's owner that a channel can't be used any more."""
    return (
        f"I can't post to <#{channel}> (the {what}): it is gone, or I may not view it, send messages or embed"
        " links there. Choose another one with `/setup channels`, or give me the permissions."
    )


def daily_asked(channel: str) -> str:
    """Say where the daily question was asked."""
    return f"Today's question is asked in {channel}."


def daily_until(time: str) -> str:
    """Say until when answers are sealed."""
    return f"Answers are sealed until {time}; then come the marks and the best ones that may be shown."


def daily_sealed(sealed: Sealed) -> str:
    """Confirm an answer to the daily question."""
    words = "Your answer took the place of the first one" if sealed.changed else "Your answer is sealed"
    return f"{words}. Others see it only if it may be shown and is among the best."


def waiting(appeals: int, reports: int) -> str:
    """Count what waits for reviewers."""
    return f"Open appeals: {appeals}. Open reports: {reports}."


def decided(reviewer: str, upheld: bool, before: int, after: int) -> str:
    """Say how an appeal was decided, to reviewers."""
    what = f"upheld it: {before} → {after}" if upheld else "declined it"
    return f"{reviewer} {what}."


def resolved_by(reviewer: str) -> str:
    """Say who put a report away."""
    return f"{reviewer} took care of it."


def your_appeal(upheld: bool, before: int, after: int, point: str) -> str:
    """Tell a person how their appeal was decided."""
    about = f"“{escape(shorten(point, 300))}”"
    if upheld:
        return f"Your appeal was upheld: {about} counts as covered, your mark is now {after}, not {before}."
    return f"Your appeal was declined: {about} doesn't count as covered; your mark stays {before}."


def corpus_line(name: str, questions: int, licence: str | None, day: str) -> str:
    """Say what a question file holds."""
    terms = f", licence {escape(shorten(licence, 100))}" if licence else ""
    return f"- {escape(name)}: {count(questions, 'question')}{terms}, added {day}"


def bank_size(questions: int, topics: int) -> str:
    """Count all questions asked on a server."""
    asked = f"{count(questions, 'question')} on {count(topics, 'topic')}"
    return f"Asked here: {asked}, those I came with included."


def taken(name: str, questions: int) -> str:
    """Say that a file was added."""
    return f"{escape(name)} is added: {count(questions, 'question')}."


def removed(name: str) -> str:
    """Say that a file was removed."""
    return f"{escape(name)} is removed. Marks given for its questions stay."


def too_large(name: str, limit: int) -> str:
    """Refuse a file for its size."""
    return f"{escape(name)} is larger than {limit // 1_000_000} MB; split it into files by topic"


def settings(found: GuildSettings, keep_days: int | None = None) -> list[str]:
    """List a server's settings, one line each; texts are kept for `keep_days` at most, None for no limit."""
    none = "—"

    def channel(number: str | None) -> str:
        return f"<#{number}>" if number else none

    def role(number: str | None) -> str:
        return f"<@&{number}>" if number else none

    days = min(filter(None, (found.retention_days, keep_days)), default=None)
    daily = f"{found.daily_at}, {channel(found.daily_channel)}" if found.daily_at else none
    topic = f", {escape(shorten(found.daily_topic, 100))}" if found.daily_topic else ""
    return [
        f"**Time zone** {escape(found.time_zone)}",
        f"**Appeals and reports** {channel(found.staff_channel)}",
        f"**Season's end** {channel(found.contest_channel)}",
        f"**Daily question** {daily}{topic}",
        f"**Managers** {role(found.manager_role)} **Reviewers** {role(found.reviewer_role)}"
        f" **Champion** {role(found.champion_role)}",
        f"**Answers an hour and person** {found.answers_per_hour}",
        f"**Texts are kept** {f'{days} days' if days else 'until deleted'}",
        f"**A season takes** {found.season_months} months",
        f"**Plain messages as answers** {'yes' if found.message_content else 'no'}",
    ]


def about(version: str, questions: int, topics: int, model: str, found: Measured | None) -> str:
    """Say what the bot is, and how far its marks can be trusted."""
    bank = f"{count(questions, 'question')} on {count(topics, 'topic')}"
    agreement = (
        f"On {found.answers} marked answers to {count(found.questions, 'question')} that it was not made"
        f" with, its marks have a correlation of {found.pearson:.2f} and a weighted kappa of"
        f" {found.kappa:.2f} with the given ones, and differ by {found.mae:.0f} marks on average."
        if found
        else "How far its marks agree with people's was not measured."
    )
    return (
        f"Version {version}, {bank}. I work without any paid service; what you write stays on the machine I"
        f" run on.\n\n**Grader** {escape(model)}. The same answer always gets the same mark, and where I am"
        f" not sure I say so. {agreement}"
    )
