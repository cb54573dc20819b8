"""A loopback peer that speaks Discord's REST and gateway v10, and runs the bot as its own process."""
