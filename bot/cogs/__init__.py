"""The features of the bot on Discord, one file each."""
