"""Backups that the running bot makes by itself."""

import asyncio
import logging
import math
import threading

from bot.backup import Backup, Backups
from bot.client import InterviewBot
from bot.components import Feature, every
from bot.store.upkeep import Interrupted

log = logging.getLogger(__name__)


class BackupFeature(Feature):
    """A backup whenever the last one is old enough; how long ago the bot started has no part in it."""

    def __init__(self, bot: InterviewBot) -> None:
        super().__init__(bot)
        self._stopped = threading.Event()

    @every(minutes=15)
    async def back_up(self) -> None:
        """Make the backup that is due, in a thread of its own: answers are stored meanwhile."""
        backups = self.bot.backups
        if backups is None or backups.every is None:
            self.bot.metrics.backup.set(math.nan)
            return
        try:
            made = await asyncio.to_thread(self._make, backups)
        finally:
            last = await asyncio.to_thread(backups.last)
            self.bot.metrics.backup.set(last.at.timestamp() if last else 0)
        if made:
            log.info("backup made: %s, %s bytes", made.path, made.size)

    async def cog_unload(self) -> None:
        """Give up a backup that is being made; the next start makes it."""
        self._stopped.set()
        await super().cog_unload()

    def _make(self, backups: Backups) -> Backup | None:
        if not backups.due():
            return None
        try:
            return backups.make(stopped=self._stopped.is_set)
        except Interrupted:
            return None


async def setup(bot: InterviewBot) -> None:
    """Add the feature to the bot."""
    await bot.add_cog(BackupFeature(bot))
