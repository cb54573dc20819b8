"""The database's schema, as functions that are appended and never edited."""

from sqlite_utils import Database, Migrations

migrations = Migrations("interview-practice-bot")


@migrations()
def m001_practice(db: Database) -> None:
    """People, the questions they met, their answers with point results, sessions, and reviews."""
    for statement in (
        """CREATE TABLE people (
            id TEXT PRIMARY KEY,             -- text with its origin: 'terminal', 'discord:1234'
            created_at TEXT NOT NULL
        )""",
        """CREATE TABLE questions (
            id TEXT PRIMARY KEY,
            corpus TEXT NOT NULL,
            topic TEXT NOT NULL,
            hash TEXT NOT NULL,              -- of prompt, reference and key points, to see that it changed
            points TEXT NOT NULL             -- JSON list of the key points as last asked
        )""",
        """CREATE TABLE sessions (
            id INTEGER PRIMARY KEY,
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            corpus TEXT NOT NULL,
            choice TEXT NOT NULL,            -- JSON: topic, level, count, seed
            shuffle INTEGER NOT NULL,        -- seeds the order of new questions
            asked TEXT NOT NULL,             -- JSON list of question ids, in order
            current TEXT,
            draft TEXT NOT NULL DEFAULT '',
            started_at TEXT NOT NULL,
            ended_at TEXT
        )""",
        """CREATE TABLE attempts (
            id INTEGER PRIMARY KEY,
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            question TEXT NOT NULL REFERENCES questions(id),
            session INTEGER REFERENCES sessions(id) ON DELETE SET NULL,
            question_hash TEXT NOT NULL,
            answer TEXT,                     -- NULL once its retention is over
            score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
            sure INTEGER NOT NULL,
            gate TEXT,
            model TEXT NOT NULL,
            at TEXT NOT NULL
        )""",
        """CREATE TABLE point_results (
            attempt INTEGER NOT NULL REFERENCES attempts(id) ON DELETE CASCADE,
            point TEXT NOT NULL,
            verdict TEXT NOT NULL,
            probabilities TEXT NOT NULL,     -- JSON: verdict -> probability
            evidence TEXT NOT NULL,          -- JSON list of [start, end] in the answer
            sure INTEGER NOT NULL,
            PRIMARY KEY (attempt, point)
        ) WITHOUT ROWID""",
        """CREATE TABLE reviews (
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            question TEXT NOT NULL REFERENCES questions(id),
            card TEXT NOT NULL,              -- FSRS card as JSON
            due TEXT NOT NULL,
            PRIMARY KEY (person, question)
        ) WITHOUT ROWID""",
        "CREATE INDEX attempts_of_person ON attempts(person, question, id)",
        "CREATE INDEX attempts_of_session ON attempts(session)",
        "CREATE INDEX sessions_open ON sessions(person) WHERE ended_at IS NULL",
    ):
        db.execute(statement)
