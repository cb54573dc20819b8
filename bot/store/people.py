"""People's own settings, servers' settings, and all that belongs to one person."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.models import Personal
from bot.store.connection import Connection, instant, text

AT_ONCE = 1_000  # texts deleted in one transaction, which takes some hundredths of a second


class PeopleRows:
    """People and what hangs on them by foreign keys."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def read(self, person: str) -> Personal:
        """Read a person's settings; the defaults for a person not known."""
        row = self._db.row(
            "SELECT time_factor, alias, hidden, retention_days FROM people WHERE id = ?", [person]
        )
        if row is None:
            return Personal()
        return Personal(row["time_factor"], row["alias"], bool(row["hidden"]), row["retention_days"])

    def save(self, person: str, found: Personal) -> None:
        """Store a known person's settings."""
        self._db.run(
            "UPDATE people SET time_factor = ?, alias = ?, hidden = ?, retention_days = ? WHERE id = ?",
            [found.time_factor, found.alias, found.hidden, found.retention_days, person],
        )

    def bears(self, alias: str) -> str | None:
        """Find who bears an alias, in whatever case."""
        row = self._db.row("SELECT id FROM people WHERE alias = ? COLLATE NOCASE", [alias])
        return row["id"] if row else None

    def guilds(self, person: str) -> list[str]:
        """List the servers in which the person answered."""
        rows = self._db.tuples(
            "SELECT DISTINCT guild FROM attempts WHERE person = ? AND guild IS NOT NULL", [person]
        )
        return [guild for (guild,) in rows]

    def retentions(self) -> list[tuple[str, int]]:
        """List the people who set how many days their texts are kept."""
        return self._db.tuples("SELECT id, retention_days FROM people WHERE retention_days IS NOT NULL")

    def owned(self, person: str) -> Mapping[str, list[dict[str, Any]]]:
        """Return all rows that go when the person is deleted, by table; found by the foreign keys."""
        found = {}
        for table, where in self._closure():
            rows = self._db.rows(f"SELECT * FROM {table} WHERE {where}", {"person": person})
            if rows:
                found[table] = rows
        return found

    def forget(self, person: str, at: datetime) -> None:
        """Delete a person with all that hangs on them; a digest of the id is all that stays."""
        self._db.run("DELETE FROM people WHERE id = ?", [person])
        self._note_forgotten(_digest(person), instant(at))

    def forget_again(self, gone: Iterable[tuple[str, str]]) -> int:
        """Delete whom another state of this database has forgotten (digest, when), and return how many.

        Who is noted as forgotten here as late is left: they began anew.
        """
        with self._db.writing():
            known = dict(self._db.tuples("SELECT digest, at FROM forgotten"))
            missed = {digest: at for digest, at in gone if known.get(digest, "") < at}
            people = [person for (person,) in self._db.tuples("SELECT id FROM people")]
            found = [person for person in people if _digest(person) in missed]
            for person in found:
                self._db.run("DELETE FROM people WHERE id = ?", [person])
            for digest, at in missed.items():
                self._note_forgotten(digest, at)
        return len(found)

    def _note_forgotten(self, digest: str, at: str) -> None:
        self._db.run(
            "INSERT INTO forgotten (digest, at) VALUES (?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET at = excluded.at",
            [digest, at],
        )

    def drop_forgotten(self, before: datetime) -> None:
        """Forget also that people had themselves deleted, where that is so long ago."""
        self._db.run("DELETE FROM forgotten WHERE at < ?", [instant(before)])

    def empty_log(self) -> None:
        """Write the log file's content into the database and cut it to nothing."""
        self._db.tuples("PRAGMA wal_checkpoint(TRUNCATE)")

    def _closure(self) -> Iterator[tuple[str, str]]:
        tables = [name for (name,) in self._db.tuples("SELECT name FROM sqlite_master WHERE type = 'table'")]
        keys = {table: self._cascading(table) for table in tables}
        conditions = {"people": "id = :person"}
        pending = ["people"]
        while pending:
            parent = pending.pop(0)
            yield parent, conditions[parent]
            for table in tables:
                for to, column, target in keys[table]:
                    if to == parent and table not in conditions:
                        inner = f"SELECT {target} FROM {parent} WHERE {conditions[parent]}"
                        conditions[table] = f"{column} IN ({inner})"
                        pending.append(table)

    def _cascading(self, table: str) -> list[tuple[str, str, str]]:
        rows = self._db.rows(f"PRAGMA foreign_key_list({table})")
        return [(row["table"], row["from"], row["to"]) for row in rows if row["on_delete"] == "CASCADE"]


class GuildRows:
    """Servers, their settings as JSON, and their corpora."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def settings(self, guild: str) -> str | None:
        """Read a server's settings; None for a server not known."""
        row = self._db.row("SELECT settings FROM guilds WHERE id = ?", [guild])
        return row["settings"] if row else None

    def add(self, guild: str, at: datetime) -> None:
        """Make a server known, or known again after it removed the program."""
        self._db.run(
            "INSERT INTO guilds (id, created_at) VALUES (?, ?)"
            " ON CONFLICT (id) DO UPDATE SET removed_at = NULL",
            [guild, text(at)],
        )

    def save(self, guild: str, settings: str) -> None:
        """Store a known server's settings."""
        self._db.run("UPDATE guilds SET settings = ? WHERE id = ?", [settings, guild])

    def removed(self, guild: str, at: datetime) -> None:
        """Note that the server removed the program."""
        self._db.run("UPDATE guilds SET removed_at = ? WHERE id = ?", [text(at), guild])

    def all(self) -> list[tuple[str, str]]:
        """List the servers that have the program, with their settings."""
        return self._db.tuples("SELECT id, settings FROM guilds WHERE removed_at IS NULL ORDER BY id")

    def corpora(self, guild: str) -> list[dict[str, Any]]:
        """List a server's corpora with their content, by name."""
        return self._db.rows("SELECT * FROM corpora WHERE guild = ? ORDER BY name", [guild])

    def save_corpus(self, guild: str, name: str, content: bytes, person: str, at: datetime) -> None:
        """Store a corpus, in the place of one of the same name."""
        self._db.run(
            "INSERT INTO corpora (guild, name, content, person, at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (guild, name) DO UPDATE SET content = excluded.content,"
            " person = excluded.person, at = excluded.at",
            [guild, name, content, person, text(at)],
        )

    def delete_corpus(self, guild: str, name: str) -> bool:
        """Delete a corpus; say whether there was one."""
        return self._db.run("DELETE FROM corpora WHERE guild = ? AND name = ?", [guild, name]) > 0

    def expire(self, before: datetime, *, guild: str | None = None, person: str | None = None) -> int:
        """Delete answer texts given before a time, of a server or person or all; return how many.

        At most AT_ONCE of each kind, so that nobody waits long for it: there are no more only after 0.
        """
        values = {"before": text(before), "guild": guild, "person": person, "limit": AT_ONCE}
        where = "at < :before"
        where += " AND guild = :guild" if guild else ""
        where += " AND person = :person" if person else ""
        return sum(
            self._db.run(
                f"UPDATE {table} SET {emptied} WHERE id IN"
                f" (SELECT id FROM {table} WHERE {where} AND {kept} LIMIT :limit)",
                values,
            )
            for table, emptied, kept in (
                ("attempts", "answer = NULL", "answer IS NOT NULL"),
                ("submissions", "answer = NULL", "answer IS NOT NULL"),
                ("appeals", "words = ''", "words != '' AND state != 'open'"),
            )
        )


def _digest(person: str) -> str:
    return hashlib.blake2b(person.encode(), digest_size=16).hexdigest()
