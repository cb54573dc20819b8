"""What whoever runs the bot wants to know: whether writing works, and how much of what there is."""

from bot.store.connection import Connection

_OPEN = {
    "practice": "SELECT count(*) FROM sessions WHERE ended_at IS NULL",
    "interview": "SELECT count(*) FROM interviews WHERE ended_at IS NULL",
    "contest": "SELECT count(*) FROM contests WHERE ended_at IS NULL",
    "daily": "SELECT count(*) FROM dailies WHERE state != 'done'",
}
_STATES = ("open", "upheld", "declined")


class Vitals:
    """A sign of life, and counts over everybody and all servers."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def touch(self) -> None:
        """Write what changes nothing; raises StoreError where the file can't be written."""
        with self._db.writing():
            # Not used otherwise: applied migrations have a table.
            version = self._db.tuples("PRAGMA user_version")[0][0]
            self._db.run(f"PRAGMA user_version = {version}")

    def open_sessions(self) -> dict[str, int]:
        """Count what is not over, by kind."""
        return {kind: int(self._db.tuples(sql)[0][0]) for kind, sql in _OPEN.items()}

    def appeals(self) -> dict[str, int]:
        """Count the appeals by state."""
        found = dict(self._db.tuples("SELECT state, count(*) FROM appeals GROUP BY state"))
        return {state: int(found.get(state, 0)) for state in _STATES}
