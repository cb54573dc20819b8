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


@migrations()
def m002_servers(db: Database) -> None:
    """Servers, answers waiting for their marks, interviews, contests, leaderboards, appeals."""
    for statement in (
        "ALTER TABLE people ADD COLUMN alias TEXT",
        "ALTER TABLE people ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE people ADD COLUMN time_factor REAL DEFAULT 1",  # NULL: no time limits
        "ALTER TABLE people ADD COLUMN retention_days INTEGER",
        "CREATE UNIQUE INDEX people_alias ON people(alias COLLATE NOCASE) WHERE alias IS NOT NULL",
        "ALTER TABLE sessions ADD COLUMN place TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE attempts ADD COLUMN guild TEXT",
        "ALTER TABLE attempts ADD COLUMN ranked INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE attempts ADD COLUMN raised_from INTEGER",
        "CREATE INDEX attempts_of_guild ON attempts(guild, at)",
        "CREATE INDEX attempts_ranked ON attempts(person, at) WHERE ranked",
        """CREATE TABLE guilds (
            id TEXT PRIMARY KEY,             -- text with its origin: 'discord:1234'
            settings TEXT NOT NULL DEFAULT '{}',
            created_at TEXT NOT NULL,
            removed_at TEXT
        )""",
        """CREATE TABLE submissions (
            id INTEGER PRIMARY KEY,
            request TEXT NOT NULL UNIQUE,
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            guild TEXT,
            kind TEXT NOT NULL,
            place INTEGER,                   -- the session, turn, contest or daily that it answers
            question TEXT NOT NULL REFERENCES questions(id),
            answer TEXT,                     -- NULL once it is in `attempts`, or its retention is over
            at TEXT NOT NULL,
            reply TEXT,                      -- where the front end shows the mark
            attempt INTEGER REFERENCES attempts(id) ON DELETE SET NULL
        )""",
        "CREATE INDEX submissions_waiting ON submissions(kind) WHERE attempt IS NULL AND answer IS NOT NULL",
        "CREATE INDEX submissions_of_person ON submissions(person, at)",
        "CREATE INDEX submissions_attempt ON submissions(attempt)",
        """CREATE TABLE interviews (
            id INTEGER PRIMARY KEY,
            request TEXT NOT NULL UNIQUE,
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            guild TEXT,
            channel TEXT NOT NULL,
            choice TEXT NOT NULL,            -- JSON: topics, level, minutes, questions
            shuffle INTEGER NOT NULL,
            factor REAL,                     -- personal time factor at the start, NULL: no limits
            state TEXT NOT NULL,             -- open, paused, done
            started_at TEXT NOT NULL,
            ends_at TEXT,
            seconds_left REAL,               -- of the whole, while paused
            ended_at TEXT,
            message TEXT                     -- of the scorecard, once it was shown
        )""",
        "CREATE INDEX interviews_running ON interviews(person) WHERE ended_at IS NULL",
        """CREATE TABLE turns (
            id INTEGER PRIMARY KEY,
            interview INTEGER NOT NULL REFERENCES interviews(id) ON DELETE CASCADE,
            number INTEGER NOT NULL,         -- of the question, from 1; a follow-up bears its question's
            question TEXT NOT NULL REFERENCES questions(id),
            follow_up INTEGER NOT NULL,
            said TEXT NOT NULL,              -- what was asked
            asked_at TEXT NOT NULL,
            deadline TEXT,
            seconds_left REAL,               -- while paused
            answered_at TEXT,                -- or skipped, or expired
            expired INTEGER NOT NULL DEFAULT 0,
            attempt INTEGER REFERENCES attempts(id) ON DELETE SET NULL,
            score INTEGER,                   -- of the first answer; of both after a follow-up
            message TEXT,
            UNIQUE (interview, number, follow_up)
        )""",
        "CREATE INDEX turns_attempt ON turns(attempt)",
        """CREATE TABLE contests (
            id INTEGER PRIMARY KEY,
            request TEXT NOT NULL UNIQUE,
            guild TEXT,
            channel TEXT NOT NULL,
            host TEXT REFERENCES people(id) ON DELETE SET NULL,
            choice TEXT NOT NULL,            -- JSON: topic, rounds, seconds, level
            shuffle INTEGER NOT NULL,
            state TEXT NOT NULL,
            round INTEGER NOT NULL DEFAULT 0,
            next_at TEXT NOT NULL,           -- when it goes on by itself
            stopping INTEGER NOT NULL DEFAULT 0,
            created_at TEXT NOT NULL,
            ended_at TEXT,
            message TEXT
        )""",
        "CREATE UNIQUE INDEX contests_here ON contests(channel) WHERE ended_at IS NULL",
        """CREATE TABLE contest_people (
            contest INTEGER NOT NULL REFERENCES contests(id) ON DELETE CASCADE,
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            joined_at TEXT NOT NULL,
            PRIMARY KEY (contest, person)
        ) WITHOUT ROWID""",
        "CREATE INDEX contest_people_person ON contest_people(person)",
        """CREATE TABLE rounds (
            contest INTEGER NOT NULL REFERENCES contests(id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            question TEXT NOT NULL REFERENCES questions(id),
            opened_at TEXT NOT NULL,
            deadline TEXT NOT NULL,
            message TEXT,
            card TEXT,                       -- message of the round's card
            PRIMARY KEY (contest, number)
        ) WITHOUT ROWID""",
        """CREATE TABLE entries (
            contest INTEGER NOT NULL,
            round INTEGER NOT NULL,
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            submission INTEGER NOT NULL REFERENCES submissions(id) ON DELETE CASCADE,
            at TEXT NOT NULL,
            changed INTEGER NOT NULL DEFAULT 0,
            score INTEGER,
            points INTEGER,
            PRIMARY KEY (contest, round, person),
            FOREIGN KEY (contest, round) REFERENCES rounds(contest, number) ON DELETE CASCADE
        ) WITHOUT ROWID""",
        "CREATE INDEX entries_person ON entries(person)",
        "CREATE INDEX entries_submission ON entries(submission)",
        """CREATE TABLE dailies (
            id INTEGER PRIMARY KEY,
            guild TEXT NOT NULL REFERENCES guilds(id) ON DELETE CASCADE,
            channel TEXT NOT NULL,
            question TEXT NOT NULL REFERENCES questions(id),
            day TEXT NOT NULL,               -- the server's local date
            state TEXT NOT NULL,             -- asking, open, marking, result, done
            opened_at TEXT NOT NULL,
            closes_at TEXT NOT NULL,
            message TEXT,
            result TEXT,                     -- message of the result
            UNIQUE (guild, day)
        )""",
        "CREATE INDEX dailies_running ON dailies(state) WHERE state != 'done'",
        """CREATE TABLE daily_entries (
            daily INTEGER NOT NULL REFERENCES dailies(id) ON DELETE CASCADE,
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            submission INTEGER NOT NULL REFERENCES submissions(id) ON DELETE CASCADE,
            changed INTEGER NOT NULL DEFAULT 0,
            shared INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (daily, person)
        ) WITHOUT ROWID""",
        "CREATE INDEX daily_entries_person ON daily_entries(person)",
        "CREATE INDEX daily_entries_submission ON daily_entries(submission)",
        """CREATE TABLE appeals (
            id INTEGER PRIMARY KEY,
            request TEXT NOT NULL UNIQUE,
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            guild TEXT,
            attempt INTEGER NOT NULL REFERENCES attempts(id) ON DELETE CASCADE,
            point TEXT NOT NULL,
            words TEXT NOT NULL,             -- of the answer, that say it
            state TEXT NOT NULL,             -- open, upheld, declined
            at TEXT NOT NULL,
            decided_by TEXT REFERENCES people(id) ON DELETE SET NULL,
            decided_at TEXT,
            message TEXT,
            UNIQUE (attempt, point)
        )""",
        "CREATE INDEX appeals_open ON appeals(guild, id) WHERE state = 'open'",
        "CREATE INDEX appeals_person ON appeals(person)",
        """CREATE TABLE wordings (
            appeal INTEGER PRIMARY KEY REFERENCES appeals(id) ON DELETE CASCADE,
            guild TEXT NOT NULL,
            question TEXT NOT NULL REFERENCES questions(id),
            point TEXT NOT NULL,
            words TEXT NOT NULL              -- in lower case, without punctuation
        )""",
        "CREATE INDEX wordings_of_question ON wordings(question, guild)",
        """CREATE TABLE reports (
            id INTEGER PRIMARY KEY,
            request TEXT NOT NULL UNIQUE,
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            guild TEXT,
            question TEXT NOT NULL REFERENCES questions(id),
            text TEXT NOT NULL,
            at TEXT NOT NULL,
            resolved_by TEXT REFERENCES people(id) ON DELETE SET NULL,
            resolved_at TEXT
        )""",
        "CREATE INDEX reports_open ON reports(guild) WHERE resolved_at IS NULL",
        """CREATE TABLE standings (
            scope TEXT NOT NULL,             -- a server, '' for everywhere
            period TEXT NOT NULL,            -- 'day 2026-11-24', 'all'
            topic TEXT NOT NULL,             -- '' for all topics
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            points INTEGER NOT NULL,         -- sum of the best
            answers INTEGER NOT NULL,        -- all that count
            total INTEGER NOT NULL,          -- sum of their marks
            PRIMARY KEY (scope, period, topic, person)
        ) WITHOUT ROWID""",
        "CREATE INDEX standings_top ON standings(scope, period, topic, points)",
        "CREATE INDEX standings_person ON standings(person)",
        """CREATE TABLE seasons (
            guild TEXT NOT NULL REFERENCES guilds(id) ON DELETE CASCADE,
            period TEXT NOT NULL,
            closed_at TEXT NOT NULL,
            told INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (guild, period)
        ) WITHOUT ROWID""",
        """CREATE TABLE season_rows (
            guild TEXT NOT NULL,
            period TEXT NOT NULL,
            person TEXT NOT NULL REFERENCES people(id) ON DELETE CASCADE,
            place INTEGER NOT NULL,
            points INTEGER NOT NULL,
            answers INTEGER NOT NULL,
            PRIMARY KEY (guild, period, person),
            FOREIGN KEY (guild, period) REFERENCES seasons(guild, period) ON DELETE CASCADE
        ) WITHOUT ROWID""",
        "CREATE INDEX season_rows_person ON season_rows(person)",
        """CREATE TABLE corpora (
            guild TEXT NOT NULL REFERENCES guilds(id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            content BLOB NOT NULL,
            person TEXT REFERENCES people(id) ON DELETE SET NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (guild, name)
        ) WITHOUT ROWID""",
    ):
        db.execute(statement)


@migrations()
def m003_forgotten(db: Database) -> None:
    """Who had themselves deleted, so that a backup that is restored doesn't bring them back."""
    db.execute(
        """CREATE TABLE forgotten (
            digest TEXT PRIMARY KEY,         -- of the person's id
            at TEXT NOT NULL
        ) WITHOUT ROWID"""
    )


@migrations()
def m004_kept_texts(db: Database) -> None:
    """Find the answer texts that were kept long enough without looking at every answer."""
    for table in ("attempts", "submissions"):
        db.execute(f"CREATE INDEX {table}_with_text ON {table}(at) WHERE answer IS NOT NULL")
