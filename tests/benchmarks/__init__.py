"""Figures of speed and size, measured on the machine they run on."""
