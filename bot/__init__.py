"""Practising: sessions, attempts and progress, in a terminal or in Discord."""
