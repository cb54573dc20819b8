"""Which migrations a database has seen, and whether this version of the program may use it."""

from dataclasses import dataclass

from sqlite_utils import Database

from bot.migrations import migrations


@dataclass(frozen=True, slots=True)
class Schema:
    """Migrations by name: `applied` with when (text, UTC), `pending`, and `newer` that aren't known here.

    `foreign` says that there are tables, but none of ours.
    """

    applied: tuple[tuple[str, str], ...]
    pending: tuple[str, ...]
    newer: tuple[str, ...]
    foreign: bool

    def refusal(self, backup: str = "FILE") -> str | None:
        """Say why this program can't use such a database, and what to do; None where it can.

        `backup` is one that it can use.
        """
        if self.newer:
            from importlib.metadata import version

            return (
                f"was written by a newer version of this program: its schema is {self.newer[-1]}, and version"
                f" {version('interview-practice-bot')} knows schemas up to {known()[-1]}; update the program"
                f" (in a clone: git pull), or go back to a backup made before: interview restore {backup}"
            )
        if self.foreign:
            return "is the database of another program; set INTERVIEW_DATABASE to another file"
        return None


def known() -> list[str]:
    """List the migrations that this program knows, oldest first."""
    return [migration.name for migration in migrations.pending(Database(memory=True))]


def read_schema(db: Database) -> Schema:
    """Read what a database has seen; nothing is written."""
    applied = tuple((each.name, each.applied_at) for each in migrations.applied(db))
    names = [name for name, _ in applied]
    ours = known()
    return Schema(
        applied,
        tuple(name for name in ours if name not in names),
        tuple(name for name in names if name not in ours),
        foreign=not applied and bool(set(db.table_names()) - {migrations.migrations_table}),
    )


def apply_pending(db: Database) -> None:
    """Apply the pending migrations, all or none.

    The lock comes first: of two programs starting at once, one waits and then finds all done.
    """
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(db)
        db.conn.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
